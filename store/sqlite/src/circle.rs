//! Whom people know, and whom they keep away.

mod contacts; // who is whose contact

mod blocks; // who keeps whom away

use crate::failure::error;
use crate::store::SqliteStore;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Handle, UserId};
use sqlx::SqliteConnection;
use store::{Befriended, Circle, Contact, Error, Kept, KeptAway, Pair, Tie};

/// Whether the first is kept away by the second.
async fn is_kept_away(conn: &mut SqliteConnection, user: UserId, by: UserId) -> Result<bool, Error> {
    let found =
        sqlx::query_scalar!("select since from block where user_id = ? and other_id = ?", by.0, user.0);
    Ok(found.fetch_optional(conn).await.map_err(error)?.is_some())
}

/// A user who goes for good is in nobody's circle any more.
pub(crate) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let theirs = sqlx::query!(
        "delete from contact where other_id = ?1 and user_id in (select other_id from contact where user_id = ?1)",
        user.0
    );
    theirs.execute(&mut to.conn).await.map_err(error)?;
    let own = sqlx::query!("delete from contact where user_id = ?", user.0);
    own.execute(&mut to.conn).await.map_err(error)?;
    blocks::forget(to, user).await
}

#[async_trait]
impl Circle for SqliteStore {
    async fn befriend(&self, pair: &Pair, most: u32) -> Result<Befriended, Error> {
        self.running.lane.write(contacts::Befriend { pair: pair.clone(), most }).await
    }

    async fn part_ways(&self, pair: &Pair) -> Result<bool, Error> {
        self.running.lane.write(contacts::PartWays(pair.clone())).await
    }

    async fn contacts(
        &self,
        user: UserId,
        tie: Option<Tie>,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<Contact>, Error> {
        contacts::list(&self.running.readers, user, tie, after, limit).await
    }

    async fn tie(&self, user: UserId, other: UserId) -> Result<Option<Tie>, Error> {
        contacts::between(&self.running.readers, user, other).await
    }

    async fn keep_away(&self, pair: &Pair, most: u32) -> Result<Kept, Error> {
        self.running.lane.write(blocks::KeepAway { pair: pair.clone(), most }).await
    }

    async fn let_near(&self, pair: &Pair) -> Result<bool, Error> {
        self.running.lane.write(blocks::LetNear(pair.clone())).await
    }

    async fn kept_away(
        &self,
        user: UserId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<KeptAway>, Error> {
        blocks::list(&self.running.readers, user, after, limit).await
    }

    async fn keepers(&self, user: UserId, of: &[UserId]) -> Result<Vec<UserId>, Error> {
        blocks::keepers(&self.running.readers, user, of).await
    }

    async fn apart_from(&self, user: UserId, of: &[UserId]) -> Result<Vec<UserId>, Error> {
        blocks::apart_from(&self.running.readers, user, of).await
    }

    async fn apart(&self, among: &[UserId]) -> Result<Vec<(UserId, UserId)>, Error> {
        blocks::apart(&self.running.readers, among).await
    }
}
