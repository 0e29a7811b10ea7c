//! How people show that they are there.

mod kept; // what is kept of them

mod sight; // and who may see it

use crate::store::SqliteStore;
use async_trait::async_trait;
use chat::{Timestamp, UserId};
use store::{Error, KeptPresence, PresenceChange, Presences};

pub(crate) use kept::forget;

#[async_trait]
impl Presences for SqliteStore {
    async fn kept(&self, users: &[UserId]) -> Result<Vec<KeptPresence>, Error> {
        kept::of(&self.running.readers, self.running.keys.master(), users).await
    }

    async fn keep(&self, user: UserId, change: &PresenceChange) -> Result<bool, Error> {
        self.running.lane.write(kept::Keep { user, change: change.clone() }).await
    }

    async fn saw(&self, seen: &[(UserId, Timestamp)]) -> Result<(), Error> {
        self.running.lane.write(kept::Saw(seen.to_vec())).await
    }

    async fn with_devices(&self, after: Option<UserId>, limit: u32) -> Result<Vec<UserId>, Error> {
        kept::with_devices(&self.running.readers, after, limit).await
    }

    async fn around(&self, user: UserId, largest: u32, most: u32) -> Result<Vec<UserId>, Error> {
        sight::around(&self.running.readers, user, largest, most).await
    }

    async fn sights(&self, pairs: &[(UserId, UserId)]) -> Result<Vec<bool>, Error> {
        sight::sights(&self.running.readers, pairs).await
    }
}
