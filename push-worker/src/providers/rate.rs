//! How often a second somebody may go: a bucket that fills again, as one moment.
//!
//! The promise: in no stretch of time go more than the rate for it and a second's worth on top. A wait is bounded: whoever
//! would wait longer does not wait at all, so there is no queue here.

use std::num::NonZeroU32;
use std::time::Duration;
use tokio::time::Instant;

/// What may come at once, as the time in which it comes otherwise.
const BURST: Duration = Duration::from_secs(1);
/// The longest that anybody waits for their turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// The bucket.
#[derive(Debug)]
pub(super) struct Rate {
    /// From one to the next.
    each: Duration,
    /// When the next one's turn is, if they come no sooner than they may.
    next: Instant,
}

impl Rate {
    /// A full one, of so many a second.
    pub(super) fn new(a_second: NonZeroU32, now: Instant) -> Rate {
        Rate { each: BURST / a_second.get(), next: now }
    }

    /// Takes a turn and says how long to wait for it.
    ///
    /// # Errors
    /// It is further away than [`PATIENCE`]. Nothing was taken; there may be one after this time.
    pub(super) fn turn(&mut self, now: Instant) -> Result<Duration, Duration> {
        // What was not used is there for a second. One of them is the one that goes.
        let spare = BURST.saturating_sub(self.each);
        let next = self.next.max(now);
        let wait = next.saturating_duration_since(now).saturating_sub(spare);
        if wait > PATIENCE {
            return Err(wait);
        }
        self.next = next + self.each;
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(a_second: u32, now: Instant) -> Rate {
        Rate::new(NonZeroU32::new(a_second).expect("more than none"), now)
    }

    #[test]
    fn a_seconds_worth_goes_at_once_the_next_wait_and_whoever_would_wait_long_does_not() {
        let now = Instant::now();
        let mut rate = rate(10, now);
        let turns: Vec<_> = (0..25).map(|_| rate.turn(now)).collect();
        let millis = |millis| Duration::from_millis(millis);
        assert_eq!(turns[..10], [Ok(Duration::ZERO); 10]);
        let waits: Vec<_> = (1..=10).map(|number| Ok(millis(100 * number))).collect();
        assert_eq!(turns[10..20], waits);
        assert_eq!(turns[20..], [Err(millis(1100)); 5], "who is sent away takes nobody's turn");
    }

    #[test]
    fn over_a_minute_go_as_many_as_may_and_a_second_of_rest_is_all_that_is_saved() {
        let began = Instant::now();
        let mut rate = rate(100, began);
        let minute = Duration::from_secs(60);
        let comes = (0..60_000).map(Duration::from_millis);
        let goes = comes.filter_map(|after| Some(after + rate.turn(began + after).ok()?));
        assert_eq!(goes.filter(|after| *after < minute).count(), 60 * 100 + 99);
        let rested = began + Duration::from_secs(3600);
        let at_once = (0..1000).filter(|_| rate.turn(rested) == Ok(Duration::ZERO)).count();
        assert_eq!(at_once, 100);
    }

    #[test]
    fn one_a_second_is_a_rate_too() {
        let now = Instant::now();
        let mut rate = rate(1, now);
        let waits: Vec<_> = (0..3).map(|_| rate.turn(now)).collect();
        assert_eq!(waits, [Ok(Duration::ZERO), Ok(BURST), Err(2 * BURST)]);
    }
}
