//! The part of the trait that knows topics that are none of chat's, line by line.

use crate::store::SqliteStore;
use crate::{filters, grants, messages};
use async_trait::async_trait;
use chat::Timestamp;
use store::messages::SealedMessage;
use store::{AppSession, Apps, Error, Grant, LeftTurn, NewMessage, SessionId, StoredMessage, Taken, Waiting};

#[async_trait]
impl Apps for SqliteStore {
    async fn publish(&self, batch: &[NewMessage]) -> Result<Vec<Taken>, Error> {
        let batch = SealedMessage::all(self.running.keys.master(), batch)?;
        self.running.lane.write(messages::Publish(batch)).await
    }

    async fn waiting(
        &self,
        session: SessionId,
        after: i64,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Waiting>, Error> {
        messages::waiting(&self.running.readers, &self.running.keys, session, after, limit, now).await
    }

    async fn pick(&self, session: SessionId, ids: &[i64]) -> Result<Vec<Waiting>, Error> {
        messages::pick(&self.running.readers, &self.running.keys, session, ids).await
    }

    async fn done(&self, done: &[(SessionId, Vec<i64>)]) -> Result<(), Error> {
        self.running.lane.write(messages::Done(done.to_vec())).await
    }

    async fn begun(&self, session: SessionId, ids: &[i64]) -> Result<(), Error> {
        self.running.lane.write(messages::Begun(session, ids.to_vec())).await
    }

    async fn turns(&self, after: (SessionId, i64), limit: u32) -> Result<Vec<LeftTurn>, Error> {
        messages::turns(&self.running.readers, after, limit).await
    }

    async fn retained(
        &self,
        after: Option<&str>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<StoredMessage>, Error> {
        messages::retained(&self.running.readers, &self.running.keys, after, limit, now).await
    }

    async fn sweep(&self, now: Timestamp, limit: u32) -> Result<u32, Error> {
        self.running.lane.write(messages::Sweep { now, limit }).await
    }

    async fn save_filters(
        &self,
        id: SessionId,
        epoch: u64,
        changes: &[(String, Option<Vec<u8>>)],
    ) -> Result<(), Error> {
        self.running.lane.write(filters::Save { id, epoch, changes: changes.to_vec() }).await
    }

    async fn sessions(&self, after: SessionId, limit: u32) -> Result<Vec<AppSession>, Error> {
        filters::sessions(&self.running.readers, after, limit).await
    }

    async fn grants(&self) -> Result<Vec<Grant>, Error> {
        grants::list(&self.running.readers).await
    }

    async fn put_grant(&self, grant: &Grant) -> Result<(), Error> {
        self.running.lane.write(grants::Put(grant.clone())).await
    }
}
