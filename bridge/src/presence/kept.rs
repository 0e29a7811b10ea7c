//! What the store keeps of people, remembered, so that a state that changes does not ask for the words beside it.

use crate::core::Core;
use chat::{Timestamp, UserId};
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Error, KeptPresence};

/// People who are remembered, at a few hundred bytes each.
const REMEMBERED: usize = 65_536;
/// People about whom one question asks.
const AT_ONCE: usize = 500;

/// See the module.
pub(super) struct Remembered {
    people: Cache<UserId, Arc<KeptPresence>>,
    /// When people were here, later than the store knows.
    seen: Cache<UserId, Timestamp>,
    /// How often something was forgotten: what was read meanwhile may be older.
    era: AtomicU64,
}

/// What is kept of some people.
pub(super) type People = HashMap<UserId, Arc<KeptPresence>>;

impl Remembered {
    pub(super) fn new() -> Remembered {
        Remembered { people: Cache::new(REMEMBERED), seen: Cache::new(REMEMBERED), era: AtomicU64::new(0) }
    }

    /// Something else is in the store from now on.
    pub(super) fn forget(&self, user: UserId) {
        self.era.fetch_add(1, Ordering::SeqCst);
        self.people.remove(&user);
    }

    pub(super) fn saw(&self, user: UserId, at: Timestamp) {
        self.seen.insert(user, at);
    }

    /// When somebody was here last, as far as anybody knows.
    pub(super) fn last_seen(&self, kept: &KeptPresence) -> Option<Timestamp> {
        self.seen.get(&kept.user).max(kept.last_seen)
    }
}

impl Core {
    /// What is kept of these people; who is not there, or no more, is left out.
    pub(super) async fn kept_of(&self, users: &[UserId]) -> Result<People, Error> {
        let remembered = &self.presences.kept;
        let (mut found, mut missing) = (People::new(), Vec::new());
        for user in users {
            match remembered.people.get(user) {
                Some(kept) => drop(found.insert(*user, kept)),
                None => missing.push(*user),
            }
        }
        for some in missing.chunks(AT_ONCE) {
            let era = remembered.era.load(Ordering::SeqCst);
            for kept in self.store.presences().kept(some).await? {
                let kept = Arc::new(kept);
                if remembered.era.load(Ordering::SeqCst) == era {
                    remembered.people.insert(kept.user, kept.clone());
                }
                found.insert(kept.user, kept);
            }
        }
        Ok(found)
    }
}
