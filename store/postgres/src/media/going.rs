//! What nobody names goes.

use super::ids;
use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{MediaId, Timestamp, UserId};
use std::collections::BTreeSet;
use store::lane::Write;
use store::{Error, Sweep};

/// See [`store::Shelf::forget_media`].
pub(crate) struct Forget(pub(crate) Vec<MediaId>);

/// See [`store::Shelf::sweep_media`].
pub(crate) struct SweepOut(pub(crate) Sweep);

#[async_trait]
impl Write<Writer> for Forget {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let ids = ids(self.0.iter().copied());
        let delete = sqlx::query!("delete from media where state = 3 and id = any($1)", &ids);
        delete.execute(to.conn()?).await.map(drop).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for SweepOut {
    type Answer = Vec<MediaId>;

    async fn write(&self, to: &mut Writer) -> Result<Vec<MediaId>, Error> {
        let Sweep { coming_before, loose_before, now, limit } = self.0;
        let limit = i64::from(limit.min(500));
        run_out(to, now, limit).await?;
        let erase = sqlx::query!(
            "update media set state = 3, key = '', about = null where id in
                 (select id from media where loose_at is not null
                      and (state = 1 and loose_at < $1 or state = 2 and loose_at < $2) limit $3)",
            coming_before.0,
            loose_before.0,
            limit
        );
        erase.execute(to.conn()?).await.map_err(error)?;
        let erased = sqlx::query_scalar!(
            "select id from media where state = 3 and loose_at is not null order by loose_at limit $1",
            limit
        );
        let erased = erased.fetch_all(to.conn()?).await.map_err(error)?;
        Ok(erased.into_iter().map(MediaId).collect())
    }
}

/// Messages that are no longer shown name nothing any more.
async fn run_out(to: &mut Writer, now: Timestamp, limit: i64) -> Result<(), Error> {
    let delete = sqlx::query_scalar!(
        "delete from media_in where (media_id, room_id, seq) in
             (select media_id, room_id, seq from media_in where expires_at <= $1 limit $2)
         returning media_id",
        now.0,
        limit
    );
    let unnamed = delete.fetch_all(to.conn()?).await.map_err(error)?;
    let_loose(to, unnamed.into_iter().map(MediaId).collect()).await
}

/// What nobody names any more can go at once: somebody did, and took it back.
pub(super) async fn let_loose(to: &mut Writer, unnamed: BTreeSet<MediaId>) -> Result<(), Error> {
    if unnamed.is_empty() {
        return Ok(());
    }
    let ids = ids(unnamed);
    let update = sqlx::query!(
        "update media set loose_at = 0
         where id = any($1) and not exists (select 1 from media_in i where i.media_id = media.id)
             and not exists (select 1 from portrait p where p.media_id = media.id)",
        &ids
    );
    update.execute(to.conn()?).await.map(drop).map_err(error)
}

/// Erases uploads of a user who goes for good and takes them along, at most so many; true if there may be more.
pub(crate) async fn erase_of(to: &mut Writer, user: UserId, limit: u32) -> Result<bool, Error> {
    let erase = sqlx::query_scalar!(
        "update media set state = 3, key = '', about = null, loose_at = 0
         where id in (select id from media where owner_id = $1 and state in (1, 2) limit $2) returning id",
        user.0,
        i64::from(limit)
    );
    let erased = erase.fetch_all(to.conn()?).await.map_err(error)?;
    // A room shows no address where nothing is.
    let bare = sqlx::query!(
        "update room set avatar = null
         where id in (select p.of_id from portrait p where p.kind = 2 and p.media_id = any($1))",
        &erased
    );
    bare.execute(to.conn()?).await.map_err(error)?;
    let delete = sqlx::query!("delete from media_in where media_id = any($1)", &erased);
    delete.execute(to.conn()?).await.map_err(error)?;
    let delete = sqlx::query!("delete from portrait where media_id = any($1)", &erased);
    delete.execute(to.conn()?).await.map_err(error)?;
    Ok(erased.len() >= limit as usize)
}
