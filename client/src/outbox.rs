//! What was said and not yet acknowledged.
//!
//! A publish stays here, with the bytes it was first sent with, until its PUBACK came: each connection sends all of
//! it again, oldest first, and the draft inside makes that one message. It is held in memory, up to a limit.

use crate::answer::{Refused, SayError};
use bytes::Bytes;
use parking_lot::Mutex;
use rumqttc::PubAck;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;
use tokio::sync::{Notify, oneshot};

/// What is published, byte for byte the same each time.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) topic: Arc<str>,
    pub(crate) payload: Bytes,
}

impl Outgoing {
    /// At most so many bytes as a packet: fixed header, packet id and lengths have 12 at most.
    pub(crate) fn packet_len(&self) -> usize {
        12 + self.topic.len() + self.payload.len()
    }
}

/// The place in the outbox: the order in which it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn(u64);

/// Where the PUBACK, or what came instead, will be.
pub(crate) type Answer = oneshot::Receiver<Result<PubAck, SayError>>;

struct Waiting {
    outgoing: Outgoing,
    answer: oneshot::Sender<Result<PubAck, SayError>>,
}

pub(crate) struct Outbox {
    limit: usize,
    inner: Mutex<Inner>,
    more: Notify,
}

#[derive(Default)]
struct Inner {
    next: u64,
    waiting: BTreeMap<Turn, Waiting>,
    is_closed: bool,
}

impl Outbox {
    pub(crate) fn new(limit: usize) -> Outbox {
        Outbox { limit, inner: Mutex::default(), more: Notify::new() }
    }

    /// Puts something in.
    pub(crate) fn put(&self, outgoing: Outgoing) -> Result<Answer, SayError> {
        let mut inner = self.inner.lock();
        if inner.is_closed {
            return Err(SayError::Closed);
        }
        if inner.waiting.len() >= self.limit {
            return Err(SayError::OutboxFull);
        }
        let (answer, answered) = oneshot::channel();
        let turn = Turn(inner.next);
        inner.next += 1;
        inner.waiting.insert(turn, Waiting { outgoing, answer });
        drop(inner);
        self.more.notify_one();
        Ok(answered)
    }

    /// What waits behind this one, oldest first.
    pub(crate) fn behind(&self, last: Option<Turn>) -> Vec<(Turn, Outgoing)> {
        let from = last.map_or(Bound::Unbounded, Bound::Excluded);
        let inner = self.inner.lock();
        let waiting = inner.waiting.range((from, Bound::Unbounded));
        waiting.map(|(turn, waiting)| (*turn, waiting.outgoing.clone())).collect()
    }

    /// Returns when something may have been put in.
    pub(crate) async fn more(&self) {
        self.more.notified().await;
    }

    /// The PUBACK came.
    pub(crate) fn acknowledged(&self, turn: Turn, puback: PubAck) {
        self.settle(turn, Ok(puback));
    }

    /// It can't be sent.
    pub(crate) fn refused(&self, turn: Turn, why: Refused) {
        self.settle(turn, Err(why.into()));
    }

    fn settle(&self, turn: Turn, answer: Result<PubAck, SayError>) {
        let waiting = self.inner.lock().waiting.remove(&turn);
        if let Some(waiting) = waiting {
            // Who asked may have gone; the message was sent nevertheless.
            waiting.answer.send(answer).ok();
        }
    }

    /// Nothing is sent any more; whoever waits is told.
    pub(crate) fn close(&self) {
        let waiting = {
            let mut inner = self.inner.lock();
            inner.is_closed = true;
            std::mem::take(&mut inner.waiting)
        };
        for waiting in waiting.into_values() {
            waiting.answer.send(Err(SayError::Closed)).ok();
        }
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("waiting", &self.inner.lock().waiting.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(payload: &'static str) -> Outgoing {
        Outgoing { topic: "rooms/tea/say".into(), payload: Bytes::from_static(payload.as_bytes()) }
    }

    #[tokio::test]
    async fn what_has_no_puback_is_sent_again_in_its_order_and_what_has_one_is_not() {
        let outbox = Outbox::new(3);
        let first = outbox.put(words("one")).unwrap();
        let _others = [outbox.put(words("two")).unwrap(), outbox.put(words("three")).unwrap()];
        let (turn, _) = outbox.behind(None)[0];
        outbox.acknowledged(turn, PubAck::new(1, None));
        assert_eq!(first.await.unwrap(), Ok(PubAck::new(1, None)));
        let again: Vec<_> = outbox.behind(None).into_iter().map(|(_, outgoing)| outgoing.payload).collect();
        assert_eq!(again, ["two", "three"]);
    }

    #[test]
    fn a_full_outbox_takes_no_more() {
        let outbox = Outbox::new(1);
        let _first = outbox.put(words("one")).unwrap();
        assert_eq!(outbox.put(words("two")).err(), Some(SayError::OutboxFull));
    }

    #[tokio::test]
    async fn who_waits_when_the_client_is_closed_is_told() {
        let outbox = Outbox::new(1);
        let first = outbox.put(words("one")).unwrap();
        outbox.close();
        assert_eq!(first.await.unwrap(), Err(SayError::Closed));
        assert_eq!(outbox.put(words("two")).err(), Some(SayError::Closed));
    }
}
