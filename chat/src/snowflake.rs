//! How ids are made: 41 bits of milliseconds, 10 of node, 12 of count, so that they grow with time and two
//! nodes never make the same one.

use crate::Timestamp;

/// 2026-01-01, so that 41 bits last until 2095.
const EPOCH_MS: i64 = 1_767_225_600_000;
/// How far a clock may run back, in milliseconds, before ids stop: beyond it something is wrong with the machine.
const PATIENCE_MS: i64 = 1_000;

/// When this id was made, by the clock of the node that made it.
#[must_use]
pub const fn made_at(id: i64) -> Timestamp {
    Timestamp((id >> 22) + EPOCH_MS)
}

/// Makes ids for one node. The clock is the caller's.
#[derive(Debug)]
pub struct Snowflakes {
    node: i64,
    last_ms: i64,
    count: i64,
}

/// The clock went back by more than a second: an id made now could be a second one of its kind.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock went back by {back_ms} ms; no id is made until it has caught up")]
pub struct ClockWentBack {
    /// By how many milliseconds.
    pub back_ms: i64,
}

impl Snowflakes {
    /// A maker for node 0 to 1023; greater numbers are cut to their last 10 bits.
    #[must_use]
    pub fn new(node: u16) -> Snowflakes {
        Snowflakes { node: i64::from(node & 1023), last_ms: 0, count: 0 }
    }

    /// The next id. A clock that goes back a little is waited out by counting on in the last millisecond.
    ///
    /// # Errors
    /// [`ClockWentBack`] when the clock is more than a second behind the last id.
    pub fn next(&mut self, now: Timestamp) -> Result<i64, ClockWentBack> {
        let ms = now.0 - EPOCH_MS;
        if ms < self.last_ms - PATIENCE_MS {
            return Err(ClockWentBack { back_ms: self.last_ms - ms });
        }
        if ms > self.last_ms {
            (self.last_ms, self.count) = (ms, 0);
        } else {
            self.count += 1;
            if self.count == 1 << 12 {
                (self.last_ms, self.count) = (self.last_ms + 1, 0);
            }
        }
        Ok(self.last_ms << 22 | self.node << 12 | self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_it_was_made() {
        let now = Timestamp(1_795_428_240_123);
        assert_eq!(made_at(Snowflakes::new(7).next(now).unwrap()), now);
    }

    #[test]
    fn ids_grow_even_when_the_clock_stands_still_or_steps_back() {
        let mut flakes = Snowflakes::new(5);
        let now = EPOCH_MS + 10_000;
        let mut last = 0;
        for step in 0..10_000 {
            let id = flakes.next(Timestamp(now - step % 3)).unwrap();
            assert!(id > last);
            last = id;
        }
    }

    #[test]
    fn a_clock_far_behind_makes_no_ids() {
        let mut flakes = Snowflakes::new(0);
        flakes.next(Timestamp(EPOCH_MS + 60_000)).unwrap();
        assert_eq!(flakes.next(Timestamp(EPOCH_MS)), Err(ClockWentBack { back_ms: 60_000 }));
    }

    #[test]
    fn two_nodes_never_make_the_same_id() {
        let now = Timestamp(EPOCH_MS + 10_000);
        let made = |node| {
            let mut flakes = Snowflakes::new(node);
            (0..5_000).map(|_| flakes.next(now).unwrap()).collect::<std::collections::HashSet<_>>()
        };
        let (one, other) = (made(1), made(1023));
        assert_eq!((one.len(), other.len()), (5_000, 5_000));
        assert!(one.is_disjoint(&other));
    }
}
