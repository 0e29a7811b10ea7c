//! Hearing a room again: a wish, until a connection has told it to the server.
//!
//! One at a time, so that nothing piles up. A connection that is lost before the server answered leaves the wish
//! here, and the next one tells it again: asking twice for the same changes nothing.
//!
//! Start at [`Replays::ask`].

use chat::{Handle, Seq};
use parking_lot::Mutex;
use std::fmt;
use tokio::sync::{Notify, oneshot};

/// Why a room is not heard again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// You are not in this room, or there is none.
    #[error("you are not a member of this room")]
    NotAMember,
    /// The server refused it otherwise; the name of SUBACK's reason code.
    #[error("the server refuses: {0}")]
    Refused(String),
    /// The client was closed first.
    #[error("the client was closed")]
    Closed,
}

/// What somebody wishes to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) room: Handle,
    /// Everything behind this entry.
    pub(crate) since: Seq,
    /// But only so many of the newest.
    pub(crate) newest: Option<u64>,
}

type Asker = oneshot::Sender<Result<(), ReplayError>>;

#[derive(Default)]
pub(crate) struct Replays {
    turn: tokio::sync::Mutex<()>,
    asked: Mutex<Option<(Wish, Asker)>>,
    more: Notify,
}

impl Replays {
    /// Waits until the server has taken the wish, or refused it.
    pub(crate) async fn ask(&self, wish: Wish) -> Result<(), ReplayError> {
        let _turn = self.turn.lock().await;
        let (asker, answer) = oneshot::channel();
        *self.asked.lock() = Some((wish, asker));
        self.more.notify_one();
        answer.await.unwrap_or(Err(ReplayError::Closed))
    }

    /// The next wish that somebody still waits for. It stays until it is [`Replays::answered`].
    pub(crate) async fn next(&self) -> Wish {
        loop {
            let more = self.more.notified();
            {
                let mut asked = self.asked.lock();
                asked.take_if(|(_, asker)| asker.is_closed());
                if let Some((wish, _)) = &*asked {
                    return wish.clone();
                }
            }
            more.await;
        }
    }

    /// The server answered this one.
    pub(crate) fn answered(&self, wish: &Wish, answer: Result<(), ReplayError>) {
        let asked = self.asked.lock().take_if(|(asked, _)| asked == wish);
        if let Some((_, asker)) = asked {
            // Who asked may have gone.
            asker.send(answer).ok();
        }
    }
}

impl fmt::Debug for Replays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replays").field("asked", &self.asked.lock().is_some()).finish_non_exhaustive()
    }
}
