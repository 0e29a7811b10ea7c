//! How long a client should stay away when we can't have it now.
//!
//! After a restart everybody wants to come back, and if all do so at once nobody gets in. So each is told another
//! time, spread over as long as their number needs. They hear it as a user property of CONNACK and DISCONNECT.
//!
//! Start at [`House::stay_away`].

use crate::broker::House;
use crate::config::Config;
use mqtt::ReasonCode;
use mqtt::packet::UserProperties;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The shortest: coming back sooner finds what it left.
const SHORTEST: Duration = Duration::from_millis(500);

/// However many there are, nobody is sent away for longer on top of that.
const WIDEST: Duration = Duration::from_secs(60);

impl<A> House<A> {
    /// The user properties that go with this code: how long to stay away, where waiting helps.
    pub(crate) fn stay_away(&self, code: ReasonCode) -> UserProperties {
        if !is_passing(code) {
            return UserProperties::new();
        }
        let crowd = self.crowd.load(Ordering::Relaxed).max(self.open.load(Ordering::Relaxed));
        let wait = SHORTEST + spread(crowd, &self.config).mul_f64(fastrand::f64());
        vec![("retry_after_ms".to_owned(), wait.as_millis().to_string())]
    }
}

/// Over how long so many come back.
fn spread(crowd: usize, config: &Config) -> Duration {
    let seconds = crowd as f64 / f64::from(config.returns_per_second.max(1));
    Duration::from_secs_f64(seconds).clamp(SHORTEST, WIDEST)
}

/// Whether the same client may be welcome a little later.
fn is_passing(code: ReasonCode) -> bool {
    matches!(
        code,
        ReasonCode::ServerUnavailable
            | ReasonCode::ServerBusy
            | ReasonCode::ServerShuttingDown
            | ReasonCode::QuotaExceeded
            | ReasonCode::ConnectionRateExceeded
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_there_are_the_longer_they_are_spread_within_limits() {
        let config = Config { returns_per_second: 1_000, ..Config::default() };
        let seconds = |crowd| spread(crowd, &config).as_secs_f64();
        assert_eq!([seconds(3), seconds(5_000), seconds(10_000_000)], [0.5, 5.0, 60.0]);
    }

    #[test]
    fn only_where_waiting_helps_it_is_told() {
        assert!(is_passing(ReasonCode::ServerShuttingDown));
        assert!(!is_passing(ReasonCode::SessionTakenOver) && !is_passing(ReasonCode::NotAuthorized));
    }
}
