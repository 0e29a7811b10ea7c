//! What users are in rooms, remembered, so that a message does not ask the database who its sender is.
//!
//! Only memberships are remembered: that somebody is *not* a member, or that nothing may be said there, is asked anew
//! each time, so a join is known at once. A membership that has ended meanwhile is found out at the commit, which names the rules it was
//! judged by and comes back stale.

use chat::{Handle, Standing, UserId};
use quick_cache::sync::Cache;
use std::sync::Arc;
use store::{Error, Store};

/// How many are remembered, at about 150 bytes each: the senders of a busy minute.
const REMEMBERED: usize = 262_144;

/// Memberships by room and user.
pub(crate) struct Standings {
    members: Cache<(Handle, UserId), Arc<Standing>>,
}

impl Standings {
    pub(crate) fn new() -> Standings {
        Standings { members: Cache::new(REMEMBERED) }
    }

    /// The room as this user meets it, if there is such a room.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn of(
        &self,
        store: &dyn Store,
        room: &Handle,
        user: UserId,
    ) -> Result<Option<Arc<Standing>>, Error> {
        let key = (room.clone(), user);
        if let Some(standing) = self.members.get(&key) {
            return Ok(Some(standing));
        }
        let Some(standing) = store.standing(room, user).await? else { return Ok(None) };
        let standing = Arc::new(standing);
        // A refusal of a closed room never comes to a commit that would find the rules changed.
        if standing.member.is_some() && !standing.closed {
            self.members.insert(key, standing.clone());
        }
        Ok(Some(standing))
    }

    pub(crate) fn forget(&self, room: &Handle, user: UserId) {
        self.members.remove(&(room.clone(), user));
    }
}
