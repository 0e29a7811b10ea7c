//! How often: users by what they do, strangers by where they come from.

use crate::config::Config;
use crate::method::Rate;
use crate::problem::{Code, Problem};
use chat::UserId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// After so many questions, what was quiet long enough to start anew is forgotten, so that memory follows what is busy.
const TIDY_AFTER: u32 = 4_096;

/// Counts.
pub(crate) struct Rates {
    reads: DefaultKeyedRateLimiter<UserId>,
    writes: DefaultKeyedRateLimiter<UserId>,
    strangers: DefaultKeyedRateLimiter<IpAddr>,
    trusted: Vec<IpAddr>,
    asked: AtomicU32,
    clock: DefaultClock,
}

impl Rates {
    pub(crate) fn new(config: &Config) -> Rates {
        Rates {
            reads: RateLimiter::keyed(quota(config.reads)),
            writes: RateLimiter::keyed(quota(config.writes)),
            strangers: RateLimiter::keyed(quota(config.strangers)),
            trusted: config.trusted.clone(),
            asked: AtomicU32::new(0),
            clock: DefaultClock::default(),
        }
    }

    /// Somebody known asks.
    pub(crate) fn user(&self, rate: Rate, user: UserId) -> Result<(), Problem> {
        self.tidy();
        let counted = match rate {
            Rate::Read => &self.reads,
            Rate::Write | Rate::Stranger => &self.writes,
        };
        counted.check_key(&user).map_err(|over| self.too_many(over.wait_time_from(self.clock.now())))
    }

    /// A stranger asks, or somebody who is not who they say.
    pub(crate) fn stranger(&self, address: Option<IpAddr>) -> Result<(), Problem> {
        let Some(address) = address.map(place).filter(|address| !self.is_trusted(*address)) else {
            return Ok(());
        };
        self.tidy();
        let counted = self.strangers.check_key(&address);
        counted.map_err(|over| self.too_many(over.wait_time_from(self.clock.now())))
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.trusted.iter().any(|trusted| place(*trusted) == address)
    }

    fn too_many(&self, wait: std::time::Duration) -> Problem {
        let words = format!("too many requests; ask again in {} s", wait.as_secs() + 1);
        Problem { retry_after: Some(wait), ..Problem::new(Code::RateLimited, words) }
    }

    fn tidy(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY_AFTER == TIDY_AFTER - 1 {
            self.reads.retain_recent();
            self.writes.retain_recent();
            self.strangers.retain_recent();
        }
    }
}

fn quota((rate, burst): (NonZeroU32, NonZeroU32)) -> Quota {
    Quota::per_second(rate).allow_burst(burst)
}

/// Whom an address belongs to: of version 6 everybody has at least a network of 64 bits.
fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) if !six.is_loopback() => {
            IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates() -> Rates {
        let few = (NonZeroU32::MIN, NonZeroU32::new(2).unwrap());
        let trusted = vec!["10.0.0.7".parse().unwrap()];
        Rates::new(&Config { reads: few, writes: few, strangers: few, trusted, ..Config::default() })
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_come_back() {
        let rates = rates();
        for _ in 0..2 {
            rates.user(Rate::Read, UserId(1)).unwrap();
        }
        let problem = rates.user(Rate::Read, UserId(1)).unwrap_err();
        assert_eq!(problem.code, Code::RateLimited);
        assert!(problem.retry_after.unwrap() <= std::time::Duration::from_secs(1));
        rates.user(Rate::Write, UserId(1)).unwrap();
        rates.user(Rate::Read, UserId(2)).unwrap();
    }

    #[test]
    fn strangers_are_counted_by_their_network_and_neighbours_of_ours_are_not() {
        let rates = rates();
        let ask = |address: &str| rates.stranger(Some(address.parse().unwrap())).is_ok();
        assert!(ask("2001:db8::1") && ask("2001:db8::2") && !ask("2001:db8::3"));
        assert!(ask("192.0.2.1") && ask("::ffff:192.0.2.1") && !ask("192.0.2.1"));
        assert!((0..9).all(|_| ask("127.0.0.1") && ask("::1") && ask("10.0.0.7")));
        assert!((0..9).all(|_| rates.stranger(None).is_ok()));
    }
}
