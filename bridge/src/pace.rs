//! How fast one user may speak.
//!
//! Over the rate the user's sockets are read more slowly, which every client bears; only one that is far over,
//! and can understand it, is refused.

use chat::UserId;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use quick_cache::sync::Cache;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// Users whose pace is known: who is pushed out begins with a fresh burst, which is the harmless mistake.
const REMEMBERED: usize = 65_536;

/// One limiter for each user who speaks, over all devices.
pub(crate) struct Pace {
    quota: Option<Quota>,
    users: Cache<UserId, Arc<DefaultDirectRateLimiter>>,
}

impl Pace {
    /// `rate` messages a second with `burst` at once; no rate is no limit.
    pub(crate) fn new(rate: Option<NonZeroU32>, burst: NonZeroU32) -> Pace {
        let quota = rate.map(|rate| Quota::per_second(rate).allow_burst(burst));
        Pace { quota, users: Cache::new(REMEMBERED) }
    }

    /// Waits until the user may speak. With `patience`, waits no longer than that and then says how much longer
    /// it would be.
    pub(crate) async fn wait(&self, user: UserId, patience: Option<Duration>) -> Result<(), Duration> {
        let Some(quota) = self.quota else { return Ok(()) };
        let limiter = self.limiter(user, quota);
        match patience {
            None => limiter.until_ready().await,
            Some(patience) => {
                if tokio::time::timeout(patience, limiter.until_ready()).await.is_err() {
                    return Err(quota.replenish_interval().max(Duration::from_secs(1)));
                }
            }
        }
        Ok(())
    }

    fn limiter(&self, user: UserId, quota: Quota) -> Arc<DefaultDirectRateLimiter> {
        if let Some(limiter) = self.users.get(&user) {
            return limiter;
        }
        let limiter = Arc::new(RateLimiter::direct(quota));
        self.users.insert(user, limiter.clone());
        limiter
    }
}
