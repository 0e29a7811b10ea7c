//! What was said and not yet acknowledged.
//!
//! A publish stays here, with the bytes it was first sent with, until its PUBACK came: each connection sends all of
//! it again, oldest first, and the draft inside makes that one message. How much may wait is limited by number and
//! by bytes.
//!
//! Where there is a file, the [`keeper`] writes it down, and nothing is sent before it is on the disk. What an
//! earlier run of the program left there waits here like everything else; its answer is for nobody in particular,
//! so it is [`Unclaimed`], and leaves the file when the program took it.
//!
//! Start at [`Outbox::put`].

pub(crate) mod keeper; // from here to the file

pub(crate) mod journal; // the file

mod record; // its bytes

use crate::answer::{Refused, SayError};
use bytes::Bytes;
use chat::Draft;
use parking_lot::Mutex;
use rumqttc::PubAck;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::sync::{Notify, oneshot, watch};

/// Bytes that one waiting publish weighs beside its topic and payload.
const WEIGHT: usize = 64;

/// What is published, byte for byte the same each time.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) topic: Arc<str>,
    /// The draft inside, where it is a message.
    pub(crate) draft: Option<Draft>,
    pub(crate) payload: Bytes,
}

impl Outgoing {
    /// At most so many bytes as a packet: fixed header, packet id and lengths have 12 at most.
    pub(crate) fn packet_len(&self) -> usize {
        12 + self.topic.len() + self.payload.len()
    }

    fn weight(&self) -> usize {
        WEIGHT + self.topic.len() + self.payload.len()
    }
}

/// The place in the outbox: the order in which it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn(pub(crate) u64);

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}

/// A PUBACK, or why there is none.
pub(crate) type Answer = Result<PubAck, SayError>;

/// An answer that nobody waits for: the message is from an earlier run of the program.
pub(crate) struct Unclaimed {
    pub(crate) turn: Turn,
    pub(crate) draft: Draft,
    pub(crate) topic: Arc<str>,
    pub(crate) answer: Answer,
}

struct Waiting {
    outgoing: Outgoing,
    /// None for what an earlier run left.
    asker: Option<oneshot::Sender<Answer>>,
}

pub(crate) struct Outbox {
    limits: Limits,
    has_file: bool,
    inner: Mutex<Inner>,
    /// Something may be sent.
    more: Notify,
    /// Something is not in the file yet, or there will be nothing more.
    changed: Notify,
    /// Everything before this turn is in the file, or given up.
    kept: watch::Sender<Turn>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    waiting: BTreeMap<Turn, Waiting>,
    weight: usize,
    /// Answered, but the program has not taken the answer yet: they stay in the file.
    untaken: BTreeMap<Turn, Outgoing>,
    /// What the file doesn't know yet; always empty without one.
    changes: Vec<Change>,
    /// Why the file could not be written the last time.
    failure: Option<String>,
    is_closed: bool,
}

/// What the file must learn.
#[derive(Clone)]
pub(crate) enum Change {
    Put(Turn, Outgoing),
    Settled(Turn),
}

impl Outbox {
    /// An empty one, in memory.
    pub(crate) fn new(limits: Limits) -> Outbox {
        let kept = watch::Sender::new(Turn(u64::MAX));
        Outbox {
            limits,
            has_file: false,
            inner: Mutex::default(),
            more: Notify::new(),
            changed: Notify::new(),
            kept,
        }
    }

    /// One with a file, which holds this already. There may be more than the limits allow to add to.
    pub(crate) fn restored(limits: Limits, left: Vec<(Turn, Outgoing)>) -> Outbox {
        let next = left.last().map_or(0, |(turn, _)| turn.0 + 1);
        let weight = left.iter().map(|(_, outgoing)| outgoing.weight()).sum();
        let waiting = left.into_iter().map(|(turn, outgoing)| (turn, Waiting { outgoing, asker: None }));
        let inner = Inner { next, waiting: waiting.collect(), weight, ..Inner::default() };
        let kept = watch::Sender::new(Turn(next));
        Outbox { has_file: true, inner: Mutex::new(inner), kept, ..Outbox::new(limits) }
    }

    /// Puts something in; gives where the PUBACK, or what came instead, will be.
    pub(crate) fn put(&self, outgoing: Outgoing) -> Result<oneshot::Receiver<Answer>, SayError> {
        let mut inner = self.inner.lock();
        let weight = outgoing.weight();
        if inner.is_closed {
            return Err(SayError::Closed);
        }
        if weight > self.limits.bytes {
            let why = format!("it would have {weight} bytes and the outbox takes {}", self.limits.bytes);
            return Err(Refused::TooLarge(why).into());
        }
        if inner.waiting.len() >= self.limits.count || inner.weight + weight > self.limits.bytes {
            return Err(SayError::OutboxFull);
        }
        let (asker, answer) = oneshot::channel();
        let turn = Turn(inner.next);
        inner.next += 1;
        inner.weight += weight;
        if self.has_file {
            inner.changes.push(Change::Put(turn, outgoing.clone()));
        }
        inner.waiting.insert(turn, Waiting { outgoing, asker: Some(asker) });
        drop(inner);
        if self.has_file {
            self.changed.notify_one()
        } else {
            self.more.notify_one()
        }
        Ok(answer)
    }

    /// What may be sent and waits behind this one, oldest first.
    pub(crate) fn behind(&self, last: Option<Turn>) -> Vec<(Turn, Outgoing)> {
        let from = last.map_or(Turn(0), |last| Turn(last.0 + 1));
        let to = (*self.kept.borrow()).max(from);
        let inner = self.inner.lock();
        let waiting = inner.waiting.range(from..to);
        waiting.map(|(turn, waiting)| (*turn, waiting.outgoing.clone())).collect()
    }

    /// Returns when something more may be sent.
    pub(crate) async fn more(&self) {
        self.more.notified().await;
    }

    /// The PUBACK came, or it can't be sent. Gives back the answer where nobody waits for it.
    pub(crate) fn settle(&self, turn: Turn, answer: Answer) -> Option<Unclaimed> {
        let mut inner = self.inner.lock();
        let Waiting { outgoing, asker } = inner.waiting.remove(&turn)?;
        inner.weight -= outgoing.weight();
        if let (None, Some(draft)) = (&asker, outgoing.draft) {
            let topic = outgoing.topic.clone();
            inner.untaken.insert(turn, outgoing);
            return Some(Unclaimed { turn, draft, topic, answer });
        }
        self.forget(&mut inner, turn);
        drop(inner);
        if let Some(asker) = asker {
            // Who asked may have gone; the message was sent nevertheless.
            asker.send(answer).ok();
        }
        None
    }

    /// The program has the answer.
    pub(crate) fn taken(&self, turn: Turn) {
        let mut inner = self.inner.lock();
        if inner.untaken.remove(&turn).is_some() {
            self.forget(&mut inner, turn);
        }
    }

    fn forget(&self, inner: &mut Inner, turn: Turn) {
        if self.has_file {
            inner.changes.push(Change::Settled(turn));
            self.changed.notify_one();
        }
    }

    /// Nothing is sent any more; whoever waits is told. What is in the file stays there.
    pub(crate) fn close(&self) {
        let askers: Vec<_> = {
            let mut inner = self.inner.lock();
            inner.is_closed = true;
            inner.waiting.values_mut().filter_map(|waiting| waiting.asker.take()).collect()
        };
        for asker in askers {
            asker.send(Err(SayError::Closed)).ok();
        }
        self.changed.notify_one();
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("waiting", &self.inner.lock().waiting.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
