//! A message meets its subscribers.
//!
//! Who matches by several filters of its own hears it once, with all their numbers and the best of their options
//! `[MQTT5-3.3.4-2]`, `[MQTT3-3.3.5-1]`; whoever takes turns in a group hears that beside.

use super::house::{Apps, parts};
use super::message::Message;
use super::subscriber::{Subscriber, Target};
use super::tree::{Hearer, Hearers};
use std::sync::Arc;

impl Apps {
    /// Everybody who is to hear it. `from` is its sender, if that subscribed to anything.
    pub(super) fn targets(&self, message: &Message, from: Option<&Arc<Subscriber>>) -> Vec<Target> {
        let may_hear =
            |hearer: &Hearer| !hearer.how.limited || self.may_read(&hearer.subscriber, message.topic());
        let is_own = |hearer: &Hearer| {
            hearer.how.no_local && from.is_some_and(|from| Arc::ptr_eq(from, &hearer.subscriber))
        };
        let (mut targets, mut turns, mut filters) = (Vec::new(), Vec::new(), 0);
        let tree = self.tree.read();
        tree.visit(message.topic(), |hearers: &Hearers| {
            filters += usize::from(!hearers.each.is_empty());
            let each = hearers.each.iter().filter(|one| !is_own(one) && may_hear(one));
            targets.extend(each.map(|hearer| Target::of(hearer, message)));
            let next = hearers.shares.iter().filter_map(|share| Some((share, share.next(may_hear)?)));
            turns.extend(next.map(|(share, hearer)| Target::in_turn(share, hearer, message)));
        });
        drop(tree);
        if filters > 1 {
            merge(&mut targets);
        }
        targets.append(&mut turns);
        targets
    }

    /// Another of those who share this subscription, for what one of them was to hear and did not acknowledge.
    pub(super) fn another(&self, share: &str, message: &Message) -> Option<Target> {
        let may_hear =
            |hearer: &Hearer| !hearer.how.limited || self.may_read(&hearer.subscriber, message.topic());
        let (group, filter) = parts(share);
        let tree = self.tree.read();
        let share =
            tree.with(filter)?.shares.iter().find(|share| group.is_some_and(|name| share.is_called(name)))?;
        Some(Target::in_turn(share, share.next(may_hear)?, message))
    }

    fn may_read(&self, subscriber: &Subscriber, topic: &str) -> bool {
        self.grants.may_read(&subscriber.rights(&self.grants), topic)
    }
}

/// Makes one of all targets of the same subscriber.
fn merge(targets: &mut Vec<Target>) {
    targets.sort_by_key(|target| Arc::as_ptr(&target.subscriber));
    targets.dedup_by(|later, first| {
        let is_same = Arc::ptr_eq(&later.subscriber, &first.subscriber);
        if is_same {
            first.qos = first.qos.max(later.qos);
            first.retain |= later.retain;
            first.ids = match (first.ids.take(), later.ids.take()) {
                (Some(ids), Some(more)) => Some(ids.iter().chain(more.iter()).copied().collect()),
                (ids, more) => ids.or(more),
            };
        }
        is_same
    });
}
