//! Whose turn is when: each user stands here once, at their earliest moment.

use chat::UserId;
use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    when: HashMap<UserId, Instant>,
    turns: BTreeSet<(Instant, UserId)>,
}

impl Schedule {
    /// Somebody has a turn then, unless they have an earlier one.
    pub(super) fn at(&mut self, user: UserId, at: Instant) {
        match self.when.get(&user) {
            Some(earlier) if *earlier <= at => return,
            Some(later) => drop(self.turns.remove(&(*later, user))),
            None => {}
        }
        self.when.insert(user, at);
        self.turns.insert((at, user));
    }

    /// Takes out whose turn it is, at most so many.
    pub(super) fn take(&mut self, now: Instant, most: usize) -> Vec<UserId> {
        let mut due = Vec::new();
        while due.len() < most
            && let Some((at, user)) = self.turns.first().copied()
            && at <= now
        {
            self.turns.pop_first();
            self.when.remove(&user);
            due.push(user);
        }
        due
    }

    /// When the next turn is.
    pub(super) fn next(&self) -> Option<Instant> {
        self.turns.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn everybody_has_one_turn_at_their_earliest_moment() {
        let now = Instant::now();
        let later = |seconds| now + Duration::from_secs(seconds);
        let mut schedule = Schedule::default();
        for (user, at) in [(1, 3), (2, 1), (1, 2), (1, 4), (3, 9)] {
            schedule.at(UserId(user), later(at));
        }
        assert_eq!((schedule.take(now, 10), schedule.next()), (vec![], Some(later(1))));
        assert_eq!(schedule.take(later(4), 1), [UserId(2)]);
        assert_eq!(schedule.take(later(4), 10), [UserId(1)]);
        assert_eq!((schedule.take(later(9), 10), schedule.next()), (vec![UserId(3)], None));
    }
}
