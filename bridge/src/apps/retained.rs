//! The last message of a topic that somebody wanted kept. `[MQTT5-3.3.1-5]`, `[MQTT3-3.3.1-5]`
//!
//! All of them are in memory and on the disk: at most so many, of so many bytes. They stand in the order of their
//! topics, so that a filter looks only at those that begin as it does.

use super::message::Message;
use super::queue::bytes;
use chat::Timestamp;
use parking_lot::{RwLock, RwLockReadGuard};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;
use store::Retain;

/// Topics that are looked at under one lock.
const LOOKED_AT: usize = 1_000;

/// See the module.
#[derive(Debug)]
pub(crate) struct Retained {
    all: RwLock<All>,
    most: (usize, u64),
}

#[derive(Debug, Default)]
struct All {
    by_topic: BTreeMap<Arc<str>, Arc<Message>>,
    /// Those whose time will be over, by when.
    by_end: BTreeSet<(Timestamp, Arc<str>)>,
    bytes: u64,
}

/// A look at them, during which none changes.
pub(crate) struct Looking<'a>(RwLockReadGuard<'a, All>);

/// Those of one look that match, and where the next one begins; nowhere if that was all.
pub(crate) struct Page {
    pub(crate) messages: Vec<Arc<Message>>,
    pub(crate) next: Option<Arc<str>>,
}

impl Retained {
    /// None yet; at most so many, of so many bytes.
    pub(crate) fn new(most: usize, most_bytes: u64) -> Retained {
        Retained { all: RwLock::default(), most: (most, most_bytes) }
    }

    /// Whether this message could be kept.
    pub(crate) fn has_room_for(&self, message: &Message) -> bool {
        let all = self.all.read();
        let (count, weight) = match all.by_topic.get(message.topic()) {
            Some(earlier) => (all.by_topic.len() - 1, all.bytes - bytes(earlier)),
            None => (all.by_topic.len(), all.bytes),
        };
        message.retains() != Retain::Keep || count < self.most.0 && weight + bytes(message) <= self.most.1
    }

    /// Does as the message says.
    pub(crate) fn take(&self, message: &Arc<Message>) {
        match message.retains() {
            Retain::No => {}
            Retain::Clear => self.all.write().remove(message.topic()),
            Retain::Keep => {
                let mut all = self.all.write();
                all.remove(message.topic());
                all.put(message);
            }
        }
    }

    /// Forgets those whose time is over.
    pub(crate) fn expire(&self, now: Timestamp) {
        let is_over = |all: &All| all.by_end.first().is_some_and(|(end, _)| *end <= now);
        // Most often there is none, and then nobody has to wait.
        if is_over(&self.all.read()) {
            let mut all = self.all.write();
            while is_over(&all)
                && let Some((_, topic)) = all.by_end.pop_first()
            {
                all.remove(&topic);
            }
        }
    }

    /// How many there are, and their bytes.
    pub(crate) fn size(&self) -> (u64, u64) {
        let all = self.all.read();
        (all.by_topic.len() as u64, all.bytes)
    }

    /// Looks at them; meanwhile none changes.
    pub(crate) fn look(&self) -> Looking<'_> {
        Looking(self.all.read())
    }
}

impl All {
    fn put(&mut self, message: &Arc<Message>) {
        let topic: Arc<str> = message.topic().into();
        self.bytes += bytes(message);
        self.by_end.extend(message.expires_at.map(|end| (end, topic.clone())));
        self.by_topic.insert(topic, message.clone());
    }

    fn remove(&mut self, topic: &str) {
        if let Some((topic, message)) = self.by_topic.remove_entry(topic) {
            self.bytes -= bytes(&message);
            message.expires_at.map(|end| self.by_end.remove(&(end, topic)));
        }
    }
}

impl Looking<'_> {
    /// Those that match this filter, after this topic.
    pub(crate) fn page(&self, filter: &str, after: Option<&Arc<str>>, now: Timestamp) -> Page {
        let mut page = Page { messages: Vec::new(), next: None };
        let Some(wild) = filter.find(['+', '#']) else {
            page.messages.extend(self.0.by_topic.get(filter).filter(|one| !one.has_expired(now)).cloned());
            return page;
        };
        let front = filter[..wild].trim_end_matches('/');
        let begin = match after {
            Some(after) => Bound::Excluded(after.as_ref()),
            None => Bound::Included(front),
        };
        let all = self.0.by_topic.range::<str, _>((begin, Bound::Unbounded));
        let mut looked_at = all.take_while(|(topic, _)| topic.starts_with(front)).take(LOOKED_AT).peekable();
        while let Some((topic, message)) = looked_at.next() {
            if topics::pattern::matches(filter, topic) && !message.has_expired(now) {
                page.messages.push(message.clone());
            }
            if looked_at.peek().is_none() {
                page.next = Some(topic.clone());
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mqtt::packet::Qos;
    use mqtt::{Content, Frame};

    fn message(topic: &str, payload: &'static str, expires_at: Option<i64>) -> Arc<Message> {
        Arc::new(Message {
            frame: Arc::new(Frame::new(topic, payload.into(), Content::default())),
            qos: Qos::AtLeastOnce,
            retain: true,
            at: Timestamp(0),
            expires_at: expires_at.map(Timestamp),
        })
    }

    fn found(retained: &Retained, filter: &str) -> Vec<String> {
        let (mut topics, mut after) = (Vec::new(), None);
        loop {
            let page = retained.look().page(filter, after.as_ref(), Timestamp(5));
            topics.extend(page.messages.iter().map(|one| one.topic().to_owned()));
            match page.next {
                Some(next) => after = Some(next),
                None => return topics,
            }
        }
    }

    #[test]
    fn a_filter_finds_what_it_matches_however_many_there_are() {
        let retained = Retained::new(10_000, u64::MAX);
        for number in 0..2_500 {
            retained.take(&message(&format!("a/{number:04}/b"), "x", None));
        }
        for other in ["a", "ab/1/b", "b/1", "/a"] {
            retained.take(&message(other, "x", None));
        }
        let counts =
            ["#", "a/#", "a/+/b", "+/+", "a/0007/b", "a/+"].map(|filter| found(&retained, filter).len());
        assert_eq!(counts, [2_504, 2_501, 2_500, 2, 1, 0]);
    }

    #[test]
    fn an_empty_one_clears_the_topic_and_one_that_is_over_is_found_no_more() {
        let retained = Retained::new(10, u64::MAX);
        retained.take(&message("a", "one", None));
        retained.take(&message("b", "two", Some(5)));
        assert_eq!(found(&retained, "#"), ["a"]);
        retained.take(&message("a", "", None));
        retained.expire(Timestamp(5));
        assert_eq!((found(&retained, "#").len(), retained.size()), (0, (0, 0)));
    }

    #[test]
    fn there_are_only_so_many_and_one_in_the_place_of_another_always_finds_room() {
        let retained = Retained::new(1, 8);
        retained.take(&message("a", "one", None));
        assert!(!retained.has_room_for(&message("b", "two", None)));
        assert!(
            retained.has_room_for(&message("a", "two", None))
                && retained.has_room_for(&message("b", "", None))
        );
        assert!(!retained.has_room_for(&message("a", "eight bytes", None)));
    }
}
