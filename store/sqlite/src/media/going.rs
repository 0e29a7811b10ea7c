//! What nobody names goes.

use super::ids;
use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{MediaId, RoomId, Timestamp, UserId};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use store::lane::{Write, Writer as _};
use store::{Error, Sweep};

/// See [`store::Shelf::forget_media`].
pub(crate) struct Forget(pub(crate) Vec<MediaId>);

/// See [`store::Shelf::sweep_media`].
pub(crate) struct SweepOut(pub(crate) Sweep);

#[async_trait]
impl Write<Writer> for Forget {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let ids = ids(self.0.iter().copied())?;
        let delete = sqlx::query!(
            "delete from media where state = 3 and id in (select j.value from json_each(?) j)",
            ids
        );
        delete.execute(&mut to.conn).await.map(drop).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for SweepOut {
    type Answer = Vec<MediaId>;

    async fn write(&self, to: &mut Writer) -> Result<Vec<MediaId>, Error> {
        let Sweep { coming_before, loose_before, now, limit } = self.0;
        let limit = limit.min(500);
        run_out(&mut to.conn, now, limit).await?;
        let erase = sqlx::query!(
            "update media set state = 3, key = x'', about = null where id in
                 (select id from media where loose_at is not null
                      and (state = 1 and loose_at < ? or state = 2 and loose_at < ?) limit ?)",
            coming_before.0,
            loose_before.0,
            limit
        );
        erase.execute(&mut to.conn).await.map_err(error)?;
        let erased = sqlx::query_scalar!(
            "select id from media where state = 3 and loose_at is not null order by loose_at limit ?",
            limit
        );
        let erased = erased.fetch_all(&mut to.conn).await.map_err(error)?;
        Ok(erased.into_iter().map(MediaId).collect())
    }
}

/// Messages that are no longer shown name nothing any more.
async fn run_out(conn: &mut SqliteConnection, now: Timestamp, limit: u32) -> Result<(), Error> {
    let delete = sqlx::query_scalar!(
        "delete from media_in where (media_id, room_id, seq) in
             (select media_id, room_id, seq from media_in where expires_at <= ? limit ?)
         returning media_id",
        now.0,
        limit
    );
    let unnamed = delete.fetch_all(&mut *conn).await.map_err(error)?;
    let_loose(conn, unnamed.into_iter().map(MediaId).collect()).await
}

/// What nobody names any more can go at once: somebody did, and took it back.
pub(super) async fn let_loose(conn: &mut SqliteConnection, unnamed: BTreeSet<MediaId>) -> Result<(), Error> {
    if unnamed.is_empty() {
        return Ok(());
    }
    let ids = ids(unnamed)?;
    let update = sqlx::query!(
        "update media set loose_at = 0
         where id in (select j.value from json_each(?) j)
             and not exists (select 1 from media_in i where i.media_id = media.id)
             and not exists (select 1 from portrait p where p.media_id = media.id)",
        ids
    );
    update.execute(conn).await.map(drop).map_err(error)
}

/// Erases uploads of a user who goes for good and takes them along, at most so many; true if there may be more.
pub(crate) async fn erase_of(to: &mut Writer, user: UserId, limit: u32) -> Result<bool, Error> {
    to.begin().await?;
    let erase = sqlx::query_scalar!(
        "update media set state = 3, key = x'', about = null, loose_at = 0
         where id in (select id from media where owner_id = ? and state in (1, 2) limit ?) returning id",
        user.0,
        limit
    );
    let erased = erase.fetch_all(&mut to.conn).await.map_err(error)?;
    let count = erased.len();
    let these = json(&erased)?;
    // A room shows no address where nothing is.
    let bare = sqlx::query_scalar!(
        "update room set avatar = null where id in
             (select p.of_id from portrait p where p.kind = 2
                  and p.media_id in (select j.value from json_each(?) j)) returning id",
        these
    );
    let bare = bare.fetch_all(&mut to.conn).await.map_err(error)?;
    to.repaints(bare.into_iter().map(RoomId));
    let delete =
        sqlx::query!("delete from media_in where media_id in (select j.value from json_each(?) j)", these);
    delete.execute(&mut to.conn).await.map_err(error)?;
    let delete =
        sqlx::query!("delete from portrait where media_id in (select j.value from json_each(?) j)", these);
    delete.execute(&mut to.conn).await.map_err(error)?;
    Ok(count >= limit as usize)
}
