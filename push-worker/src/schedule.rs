//! When to come again with what was not taken.
//!
//! Distances double, up to a bound, and chance spreads those who failed together. A time that the provider named is the
//! least. What could only come after its time to live does not come again: it is a dead letter.

use crate::notification::Lifetime;
use chat::Timestamp;
use std::time::Duration;

/// The distances.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// After the first attempt.
    pub first: Duration,
    /// At most.
    pub longest: Duration,
}

impl Default for Schedule {
    fn default() -> Schedule {
        // A hiccup is over in seconds; after an hour down nobody minds a quarter of one, which is also what Apple asks
        // of those who come again after an error of its own.
        Schedule { first: Duration::from_secs(2), longest: Duration::from_secs(900) }
    }
}

/// When to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Then.
    At(Timestamp),
    /// Never: it will be over by then.
    Never,
}

impl Schedule {
    /// When the attempt after `attempts` (1 or more) is due. `asked` is how long the provider wants to be left alone,
    /// `chance` goes from 0 to 1.
    #[must_use]
    pub fn next(
        &self,
        attempts: u32,
        asked: Option<Duration>,
        lifetime: Lifetime,
        now: Timestamp,
        chance: f64,
    ) -> Next {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1).min(16));
        let own = self.first.saturating_mul(doubled).min(self.longest);
        let chance = chance.clamp(0.0, 1.0);
        let wait = match asked {
            // Not before, and not all in the same moment.
            Some(asked) => asked.max(own / 2).mul_f64(1.0 + chance / 4.0),
            None => own.mul_f64(0.5 + chance / 2.0),
        };
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let at = Timestamp(now.0.saturating_add(millis));
        match lifetime {
            Lifetime::Until(end) if at < end => Next::At(at),
            Lifetime::Until(_) | Lifetime::AtOnce => Next::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn wait(attempts: u32, asked: Option<u64>, chance: f64) -> i64 {
        let lifetime = Lifetime::Until(Timestamp::NEVER);
        match Schedule::default().next(attempts, asked.map(Duration::from_secs), lifetime, NOW, chance) {
            Next::At(at) => at.0 - NOW.0,
            Next::Never => panic!("it is not over"),
        }
    }

    #[test]
    fn distances_double_up_to_a_bound_and_are_spread() {
        assert_eq!([1, 2, 3, 4].map(|attempts| wait(attempts, None, 1.0)), [2000, 4000, 8000, 16_000]);
        assert_eq!(wait(1, None, 0.0), 1000);
        assert_eq!(wait(40, None, 1.0), 900_000);
        assert_eq!(wait(u32::MAX, None, 0.0), 450_000);
    }

    #[test]
    fn nobody_comes_before_the_time_that_was_named_and_not_all_at_it() {
        assert_eq!(wait(1, Some(60), 0.0), 60_000);
        assert_eq!(wait(1, Some(60), 1.0), 75_000);
        // Who says "at once" again and again is not believed.
        assert_eq!(wait(10, Some(0), 0.0), 450_000);
    }

    #[test]
    fn what_would_come_too_late_does_not_come() {
        let schedule = Schedule::default();
        let until = |millis: i64| Lifetime::Until(Timestamp(NOW.0 + millis));
        assert_eq!(schedule.next(1, None, until(2001), NOW, 1.0), Next::At(Timestamp(NOW.0 + 2000)));
        assert_eq!(schedule.next(1, None, until(2000), NOW, 1.0), Next::Never);
        assert_eq!(schedule.next(1, Some(Duration::from_secs(3600)), until(60_000), NOW, 0.0), Next::Never);
        assert_eq!(schedule.next(1, None, Lifetime::AtOnce, NOW, 0.0), Next::Never);
    }
}
