//! A session is forgotten.

use crate::failure::error;
use crate::filters;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Timestamp, UserId};
use store::lane::Write;
use store::stored::number;
use store::{Error, SessionId};

/// See [`store::Store::end_session`].
pub(crate) struct End {
    pub(crate) id: SessionId,
    pub(crate) epoch: u64,
}

/// See [`store::Store::expire_sessions`].
pub(crate) struct Expire {
    pub(crate) now: Timestamp,
    pub(crate) limit: u32,
}

/// See [`store::Store::release`].
pub(crate) struct Release {
    pub(crate) id: SessionId,
    pub(crate) packet_id: u16,
}

#[async_trait]
impl Write<Writer> for End {
    type Answer = ();

    /// An orderly end.
    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let epoch = number(self.epoch);
        let ours =
            sqlx::query!("update session set clean = true where id = $1 and epoch = $2", self.id.0, epoch);
        match ours.execute(to.conn()?).await.map_err(error)?.rows_affected() {
            0 => Ok(()),
            _ => forget(to, &[self.id.0]).await,
        }
    }
}

#[async_trait]
impl Write<Writer> for Expire {
    type Answer = Vec<SessionId>;

    /// One with a will waits until that was taken.
    async fn write(&self, to: &mut Writer) -> Result<Vec<SessionId>, Error> {
        let expired = sqlx::query_scalar!(
            "select id from session where expires_at <= $1 and will is null order by expires_at limit $2",
            self.now.0,
            i64::from(self.limit)
        );
        let expired = expired.fetch_all(to.conn()?).await.map_err(error)?;
        forget(to, &expired).await?;
        Ok(expired.into_iter().map(SessionId).collect())
    }
}

#[async_trait]
impl Write<Writer> for Release {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let id = self.id.packet(self.packet_id);
        let delete = sqlx::query!("delete from inbound where id = $1 and held", id);
        Ok(delete.execute(to.conn()?).await.map_err(error)?.rows_affected() == 1)
    }
}

/// All sessions of a user end: none of them comes back. What they left to be said is not said any more.
pub(crate) async fn all_of(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let sessions = sqlx::query_scalar!("select id from session where user_id = $1", user.0);
    let sessions = sessions.fetch_all(to.conn()?).await.map_err(error)?;
    forget(to, &sessions).await
}

/// Deletes sessions, their packets and what they listen to.
pub(super) async fn forget(to: &mut Writer, sessions: &[i64]) -> Result<(), Error> {
    if sessions.is_empty() {
        return Ok(());
    }
    filters::end(to, sessions).await?;
    let (firsts, lasts): (Vec<i64>, Vec<i64>) = sessions.iter().map(|id| SessionId(*id).packets()).unzip();
    let packets = sqlx::query!(
        "delete from inbound i using unnest($1::bigint[], $2::bigint[]) j (first, last)
         where i.id between j.first and j.last",
        &firsts,
        &lasts
    );
    packets.execute(to.conn()?).await.map_err(error)?;
    let rows = sqlx::query!("delete from session where id = any($1)", sessions);
    rows.execute(to.conn()?).await.map(drop).map_err(error)
}
