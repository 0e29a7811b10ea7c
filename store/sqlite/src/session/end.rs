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
    const SPARES: bool = true;

    /// An orderly end.
    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let epoch = number(self.epoch);
        let ours = sqlx::query!("update session set clean = 1 where id = ? and epoch = ?", self.id.0, epoch);
        match ours.execute(&mut to.conn).await.map_err(error)?.rows_affected() {
            0 => Ok(()),
            _ => forget(to, &[self.id.0]).await,
        }
    }
}

#[async_trait]
impl Write<Writer> for Expire {
    type Answer = Vec<SessionId>;
    const SPARES: bool = true;

    /// One with a will waits until that was taken.
    async fn write(&self, to: &mut Writer) -> Result<Vec<SessionId>, Error> {
        let expired = sqlx::query_scalar!(
            "select id from session where expires_at <= ? and will is null order by expires_at limit ?",
            self.now.0,
            self.limit
        );
        let expired = expired.fetch_all(&mut to.conn).await.map_err(error)?;
        forget(to, &expired).await?;
        Ok(expired.into_iter().map(SessionId).collect())
    }
}

#[async_trait]
impl Write<Writer> for Release {
    type Answer = bool;
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let id = self.id.packet(self.packet_id);
        let delete = sqlx::query!("delete from inbound where id = ? and held = 1", id);
        Ok(delete.execute(&mut to.conn).await.map_err(error)?.rows_affected() == 1)
    }
}

/// All sessions of a user end: none of them comes back. What they left to be said is not said any more.
pub(crate) async fn all_of(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let sessions = sqlx::query_scalar!("select id from session where user_id = ?", user.0);
    let sessions = sessions.fetch_all(&mut to.conn).await.map_err(error)?;
    forget(to, &sessions).await
}

/// Deletes sessions, their packets and what they listen to.
pub(super) async fn forget(to: &mut Writer, sessions: &[i64]) -> Result<(), Error> {
    if sessions.is_empty() {
        return Ok(());
    }
    filters::end(&mut to.conn, sessions).await?;
    for &id in sessions {
        let (first, last) = SessionId(id).packets();
        let packets = sqlx::query!("delete from inbound where id between ? and ?", first, last);
        packets.execute(&mut to.conn).await.map_err(error)?;
        let session = sqlx::query!("delete from session where id = ?", id);
        session.execute(&mut to.conn).await.map_err(error)?;
    }
    Ok(())
}
