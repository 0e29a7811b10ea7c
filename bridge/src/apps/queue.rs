//! What waits for a subscriber that keeps its session: how far it was read for the connection it has now.
//!
//! The messages are in the store; this is where the reading stands. A connection that is level hears each message as
//! it is committed. One that is not, because it has just come or its own queue was full, is read for
//! ([`super::catch_up`]) until it has everything, and is level again under the same lock, so that no message is
//! passed over or told twice.

use super::KEPT_LOG;
use super::message::Message;
use super::subscriber::{Target, delivery};
use crate::config::Config;
use broker::outbound::{Delivery, Mark, Offer, Outbound};
use chat::Timestamp;
use mqtt::packet::Qos;
use std::collections::BTreeSet;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    live: Option<Live>,
    /// The last message that was put in since the server began.
    newest: i64,
    /// Everything up to this message was offered to the connection, or was not for it.
    read: i64,
    level: bool,
    reading: bool,
    /// Sent again by the broker: reading passes them over.
    again: BTreeSet<i64>,
    /// Acknowledged, and perhaps still in the store.
    done: BTreeSet<i64>,
    /// Messages in the store, and about how many bytes they have.
    waiting: (u64, u64),
    /// Somebody is about to tell the store what is done.
    listed: bool,
    /// Something of QoS 2 was offered to the connection.
    has_offered_2: bool,
}

/// The connection it has now.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) outbound: Outbound,
    /// The connection's own number.
    pub(crate) number: u64,
    /// What was taken before this may have been sent before.
    pub(crate) repeats_before: Option<Timestamp>,
}

/// Where a reading begins.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) live: Live,
    pub(crate) after: i64,
    /// What was the newest then.
    pub(crate) newest: i64,
}

impl Queue {
    /// The queue of somebody who is away, as the store has it.
    pub(crate) fn of(waiting: (u64, u64)) -> Queue {
        Queue { waiting, ..Queue::default() }
    }

    /// A connection begins, to which the broker sends these again. Somebody must read for it.
    pub(crate) fn attach(&mut self, live: Live, again: BTreeSet<i64>) {
        self.live = Some(live);
        (self.again, self.read, self.level) = (again, 0, false);
    }

    /// The same in the middle of a connection, for one that had nothing to hear before. True if somebody must read.
    pub(crate) fn begin_reading_once(&mut self, live: impl FnOnce() -> Live) -> bool {
        let begins = self.live.is_none();
        if begins {
            self.attach(live(), BTreeSet::new());
        }
        begins && self.begin_reading()
    }

    /// A connection ends; a later one may have begun.
    pub(crate) fn detach(&mut self, number: u64) {
        if self.live.as_ref().is_some_and(|live| live.number == number) {
            (self.live, self.level) = (None, false);
            self.again = BTreeSet::new();
        }
    }

    pub(crate) fn is_here(&self) -> bool {
        self.live.as_ref().is_some_and(|live| !live.outbound.is_closed())
    }

    pub(crate) fn outbound(&self) -> Option<Outbound> {
        Some(self.live.as_ref()?.outbound.clone())
    }

    /// Messages that wait in the store, and their bytes.
    pub(crate) fn waiting(&self) -> (u64, u64) {
        self.waiting
    }

    /// Whether it takes one more.
    pub(crate) fn has_room(&self, config: &Config) -> bool {
        self.waiting.0 < config.app_queue && self.waiting.1 < config.app_queue_bytes
    }

    /// Whether anything of QoS 2 may be in flight.
    pub(crate) fn has_offered_2(&self) -> bool {
        self.has_offered_2
    }

    /// A message was put in and is on the disk. True if somebody must begin to read.
    pub(crate) fn put(&mut self, id: i64, message: &Message, target: &Target) -> bool {
        // Whoever hears it by a share as well has one place for both.
        if self.newest != id {
            self.newest = id;
            self.waiting.0 += 1;
            self.waiting.1 += bytes(message);
        }
        let Some(live) = &self.live else { return false };
        if self.level {
            self.has_offered_2 |= target.qos == Qos::ExactlyOnce;
            let offer = live.outbound.offer(delivery(message, target, mark(id)));
            live.outbound.wake();
            self.level = self.took(id, offer);
        }
        !self.level && self.begin_reading()
    }

    /// Whether somebody must begin to read for this connection.
    pub(crate) fn begin_reading(&mut self) -> bool {
        self.live.is_some() && !std::mem::replace(&mut self.reading, true)
    }

    /// Where reading goes on; nowhere when the connection is over, and then it has ended.
    pub(crate) fn place(&mut self) -> Option<Place> {
        let live = self.live.clone().filter(|live| !live.outbound.is_closed());
        self.reading = live.is_some();
        Some(Place { live: live?, after: self.read, newest: self.newest })
    }

    /// Reading found nothing more at this place. True if it has ended: the connection is level.
    pub(crate) fn is_read(&mut self, place: &Place) -> bool {
        if self.is_another(place) || self.newest != place.newest {
            return false;
        }
        (self.level, self.reading) = (true, false);
        self.again = BTreeSet::new();
        true
    }

    /// Offers a message that was read. False if nothing more can be offered just now.
    pub(crate) fn offer(&mut self, place: &Place, id: i64, taken_at: Timestamp, delivery: Delivery) -> bool {
        if self.is_another(place) {
            return false;
        }
        if self.again.contains(&id) || self.done.contains(&id) {
            self.read = id;
            return true;
        }
        self.has_offered_2 |= delivery.qos == Qos::ExactlyOnce;
        let dup = place.live.repeats_before.is_some_and(|before| taken_at < before);
        let offer = place.live.outbound.offer(Delivery { dup, ..delivery });
        self.took(id, offer)
    }

    /// A message that was read is not for this device any more.
    pub(crate) fn pass_over(&mut self, id: i64) {
        self.read = self.read.max(id);
        self.done(id);
    }

    /// It was acknowledged, or there is no need of it any more. It takes the usual share of the bytes with it: nobody
    /// keeps count of each.
    pub(crate) fn done(&mut self, id: i64) {
        if self.done.insert(id) {
            let (messages, bytes) = self.waiting;
            self.waiting = (messages.saturating_sub(1), bytes - bytes / messages.max(1));
        }
    }

    /// What was acknowledged and is to be taken out of the store.
    pub(crate) fn all_done(&self) -> Vec<i64> {
        self.done.iter().copied().collect()
    }

    /// Whether it has to be put among those whose acknowledgements the store is told.
    pub(crate) fn list(&mut self) -> bool {
        !self.done.is_empty() && !std::mem::replace(&mut self.listed, true)
    }

    /// The store has taken them out.
    pub(crate) fn forget(&mut self, gone: &[i64]) {
        self.listed = false;
        for id in gone {
            self.done.remove(id);
        }
    }

    fn is_another(&self, place: &Place) -> bool {
        self.live.as_ref().is_none_or(|live| live.number != place.live.number)
    }

    /// What became of an offer; false if it comes again.
    fn took(&mut self, id: i64, offer: Offer) -> bool {
        match offer {
            Offer::Taken => self.read = id,
            Offer::NeverFits => self.pass_over(id),
            Offer::Full | Offer::Closed => return false,
        }
        true
    }
}

/// The mark of a message that waits in the store.
pub(crate) fn mark(id: i64) -> Mark {
    Mark { log: KEPT_LOG, position: id.cast_unsigned(), copy: 0 }
}

/// What a message weighs in a queue.
pub(crate) fn bytes(message: &Message) -> u64 {
    (message.frame.payload().len() + message.topic().len()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::subscriber::somebody;
    use mqtt::{Content, Frame};
    use std::sync::Arc;

    #[test]
    fn what_is_heard_twice_waits_once() {
        let frame = Arc::new(Frame::new("tea", b"hot"[..].into(), Content::default()));
        let message =
            Message { frame, qos: Qos::AtLeastOnce, retain: false, at: Timestamp(1), expires_at: None };
        let target = Target {
            subscriber: somebody(),
            qos: Qos::AtLeastOnce,
            retain: false,
            ids: None,
            share: None,
            passed_on: None,
        };
        let mut queue = Queue::default();
        for id in [1, 1, 2] {
            queue.put(id, &message, &target);
        }
        assert_eq!(queue.waiting(), (2, 12));
        queue.done(1);
        queue.done(2);
        assert_eq!(queue.waiting(), (0, 0));
    }
}
