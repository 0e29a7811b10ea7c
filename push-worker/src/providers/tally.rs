//! How often what came of it, and when last.

use crate::answer::{Answer, Reason};
use chat::Timestamp;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Different outcomes and reasons that are told apart; strangers' servers make up their own.
const MOST: usize = 64;
/// The others.
const OTHER: Reason = Reason::ours("other");
const NONE: Reason = Reason::ours("");

/// How often one thing came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// [`Answer::outcome`].
    pub outcome: &'static str,
    /// [`Answer::reason`], or empty.
    pub reason: Reason,
    /// How often, since the start.
    pub times: u64,
    /// When last.
    pub last: Timestamp,
}

/// What came of it, with its reason.
type Key = (&'static str, Reason);
/// How often, and when last.
type Seen = (u64, Timestamp);

#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<BTreeMap<Key, Seen>>);

impl Tally {
    pub(super) fn count(&self, answer: &Answer, at: Timestamp) {
        let mut counts = self.0.lock();
        let mut key = (answer.outcome(), answer.reason().cloned().unwrap_or(NONE));
        if counts.len() >= MOST && !counts.contains_key(&key) {
            key.1 = OTHER;
        }
        let (times, last) = counts.entry(key).or_insert((0, at));
        *times += 1;
        *last = at;
    }

    pub(super) fn counts(&self) -> Vec<Count> {
        let count = |(&(outcome, ref reason), &(times, last)): (&Key, &Seen)| Count {
            outcome,
            reason: reason.clone(),
            times,
            last,
        };
        self.0.lock().iter().map(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_strangers_make_up_are_bounded() {
        let tally = Tally::default();
        for number in 0..10_000 {
            let reason = Reason::told(&format!("made up {number}"));
            tally.count(&Answer::Disabled { reason }, Timestamp(number));
        }
        let counts = tally.counts();
        assert_eq!(counts.len(), MOST + 1);
        let others = counts.iter().find(|count| count.reason == OTHER).expect("the others");
        assert_eq!((others.times, others.last), (10_000 - 64, Timestamp(9_999)));
    }
}
