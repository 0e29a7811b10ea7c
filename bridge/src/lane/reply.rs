//! Who waits for a command, and what they are told.

use crate::refuse;
use crate::session::Session;
use broker::application::Outcome;
use broker::outbound::Answer;
use bytes::Bytes;
use chat::{Handle, Refusal, Seq, Timestamp};
use mqtt::packet::Qos;
use std::fmt;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What was said is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its place in the room.
    pub seq: Seq,
    /// When it was taken.
    pub at: Timestamp,
    /// Whether it had been there before.
    pub duplicate: bool,
}

/// Why something was not said.
#[derive(Debug, thiserror::Error)]
pub enum SayError {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// We could not; it may work later.
    #[error("the message could not be stored in time; nothing is lost by saying it again")]
    NotNow,
    /// We broke.
    #[error(transparent)]
    Broken(#[from] store::Error),
}

/// Who waits.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A client that published.
    Client(Said),
    /// Somebody in this program.
    Caller(oneshot::Sender<Result<Receipt, SayError>>),
    /// Nobody: a will.
    Nobody,
}

/// A publish under way: what an answer to it names.
pub(crate) struct Said {
    pub(crate) session: Arc<Session>,
    pub(crate) answer: Answer,
    pub(crate) qos: Qos,
    pub(crate) topic: String,
    pub(crate) packet: Option<u16>,
    /// Beside the payload, as the client wrote it.
    pub(crate) draft: Option<String>,
    /// Looked at again only if it is refused.
    pub(crate) payload: Bytes,
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Said")
            .field("topic", &self.topic)
            .field("packet", &self.packet)
            .finish_non_exhaustive()
    }
}

impl Reply {
    /// It is in the log of `room`.
    pub(crate) fn stored(self, receipt: Receipt, room: &Handle) {
        match self {
            Reply::Client(said) => said.answer.give(Outcome {
                user_properties: topics::payload::receipt::properties(
                    receipt.seq,
                    room,
                    receipt.at,
                    receipt.duplicate,
                ),
                ..Outcome::success()
            }),
            // A caller that no longer waits has its reasons.
            Reply::Caller(caller) => drop(caller.send(Ok(receipt))),
            Reply::Nobody => {}
        }
    }

    /// It was done, and there is no receipt for such a thing.
    pub(crate) fn done(self) {
        match self {
            Reply::Client(said) => said.answer.give(Outcome::success()),
            Reply::Caller(_) | Reply::Nobody => {}
        }
    }

    /// It will never succeed as sent.
    pub(crate) fn refused(self, refusal: &Refusal) {
        match self {
            Reply::Client(said) => refuse::tell(said, refusal),
            Reply::Caller(caller) => drop(caller.send(Err(SayError::Refused(refusal.clone())))),
            Reply::Nobody => tracing::debug!(code = refusal.code(), "a will was refused: {refusal}"),
        }
    }

    /// It may succeed later: no acknowledgement, so that the client sends again.
    pub(crate) fn not_now(self) {
        match self {
            Reply::Client(said) => said.answer.give_up(),
            Reply::Caller(caller) => drop(caller.send(Err(SayError::NotNow))),
            Reply::Nobody => tracing::warn!("a will could not be stored in time and is lost"),
        }
    }
}
