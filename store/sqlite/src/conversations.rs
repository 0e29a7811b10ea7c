//! Lists of conversations, see [`store::Conversations`].

mod list; // what is read

mod seats; // which rooms somebody is in

mod own; // and what is theirs there

mod now; // when a store starts

mod set; // what people set

use crate::store::SqliteStore;
use async_trait::async_trait;
use chat::{Handle, RoomId, Timestamp, UserId};
pub(crate) use now::now;
pub(crate) use set::{left, read, said, waiting};
use store::{Conversation, Conversations, Error, ListPlace, Moment, SettingsChange, Unsaid};

#[async_trait]
impl Conversations for SqliteStore {
    async fn moment(&self) -> Result<Moment, Error> {
        Ok(self.running.ends.moment())
    }

    async fn list(
        &self,
        user: UserId,
        since: Option<Moment>,
        after: Option<ListPlace>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Conversation>, Error> {
        let spots = list::page(&self.running, user, since, after, limit).await?;
        list::details(&self.running, user, &spots, now).await
    }

    async fn gone(&self, user: UserId, since: Moment, limit: u32) -> Result<Vec<Handle>, Error> {
        list::gone(&self.running.readers, user, since, limit).await
    }

    async fn conversation(
        &self,
        user: UserId,
        room: RoomId,
        now: Timestamp,
    ) -> Result<Option<Conversation>, Error> {
        Ok(list::details(&self.running, user, &list::spot(&self.running, user, room).await?, now)
            .await?
            .pop())
    }

    async fn set(&self, user: UserId, room: RoomId, change: &SettingsChange) -> Result<bool, Error> {
        self.running.lane.write(set::Set { place: (user, room), change: *change }).await
    }

    async fn keep_unsaid(&self, user: UserId, room: RoomId, unsaid: &Unsaid) -> Result<bool, Error> {
        self.running.lane.write(set::Keep { place: (user, room), unsaid: unsaid.clone() }).await
    }
}
