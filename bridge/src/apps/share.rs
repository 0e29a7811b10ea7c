//! Several subscribers who take turns: each message goes to one of them. `[MQTT5-4.8.2-4]`
//!
//! Whoever is connected comes before whoever is away, and among those who are connected the one whose queue has room
//! before the one whose queue is full. A member that may not hear a topic is passed over. What it was a member's turn to
//! hear, and was not, when its session ended, goes to another ([`super::legacy`]).

use super::subscriber::Subscriber;
use super::tree::Hearer;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A group with one filter.
#[derive(Debug)]
pub(crate) struct Share {
    group: Box<str>,
    /// Group and filter, as they are written.
    whole: Arc<str>,
    members: Vec<Hearer>,
    /// Whose turn is next.
    turn: AtomicUsize,
}

impl Share {
    pub(crate) fn new(group: &str, filter: &str, first: Hearer) -> Share {
        let whole = format!("$share/{group}/{filter}").into();
        Share { group: group.into(), whole, members: vec![first], turn: AtomicUsize::new(0) }
    }

    pub(crate) fn is_called(&self, group: &str) -> bool {
        *self.group == *group
    }

    pub(crate) fn whole(&self) -> &Arc<str> {
        &self.whole
    }

    pub(crate) fn put(&mut self, member: Hearer) {
        match self.members.iter_mut().find(|one| Arc::ptr_eq(&one.subscriber, &member.subscriber)) {
            Some(one) => *one = member,
            None => self.members.push(member),
        }
    }

    /// Takes a member out; false if nobody is left.
    pub(crate) fn take(&mut self, subscriber: &Arc<Subscriber>) -> bool {
        self.members.retain(|one| !Arc::ptr_eq(&one.subscriber, subscriber));
        !self.members.is_empty()
    }

    /// Whose turn it is, among those who may hear.
    pub(crate) fn next(&self, may_hear: impl Fn(&Hearer) -> bool) -> Option<&Hearer> {
        let count = self.members.len();
        let begin = self.turn.fetch_add(1, Ordering::Relaxed);
        let in_turn = || (0..count).map(|step| &self.members[begin.wrapping_add(step) % count]);
        let ready = in_turn().find(|one| one.subscriber.is_ready() && may_hear(one));
        let here = || in_turn().find(|one| one.subscriber.is_here() && may_hear(one));
        ready.or_else(here).or_else(|| in_turn().find(|one| one.subscriber.is_kept() && may_hear(one)))
    }
}
