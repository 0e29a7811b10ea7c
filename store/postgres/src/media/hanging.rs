//! Uploads hang where people and rooms are shown.

use super::going::let_loose;
use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{MediaId, RoomId, UserId};
use std::collections::{BTreeSet, HashSet};
use store::lane::Write;
use store::{Error, NewRoom, Portrait};

/// See [`store::Shelf::hang`].
pub(crate) struct Hang {
    pub(crate) place: Portrait,
    pub(crate) media: Option<MediaId>,
    pub(crate) by: UserId,
}

#[async_trait]
impl Write<Writer> for Hang {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (kind, of) = self.place.key();
        let kind = i16::from(kind);
        let hung =
            sqlx::query_scalar!("select media_id from portrait where kind = $1 and of_id = $2", kind, of);
        let hung = hung.fetch_optional(to.conn()?).await.map_err(error)?.map(MediaId);
        if hung == self.media {
            return Ok(true);
        }
        if let Some(media) = self.media {
            let named = sqlx::query!(
                "update media set loose_at = null where id = $1 and owner_id = $2 and state = 2",
                media.0,
                self.by.0
            );
            if named.execute(to.conn()?).await.map_err(error)?.rows_affected() == 0 {
                return Ok(false);
            }
            let upsert = sqlx::query!(
                "insert into portrait (kind, of_id, media_id) values ($1, $2, $3)
                 on conflict (kind, of_id) do update set media_id = excluded.media_id",
                kind,
                of,
                media.0
            );
            upsert.execute(to.conn()?).await.map_err(error)?;
        } else {
            let delete = sqlx::query!("delete from portrait where kind = $1 and of_id = $2", kind, of);
            delete.execute(to.conn()?).await.map_err(error)?;
        }
        let_loose(to, hung.into_iter().collect()).await?;
        Ok(true)
    }
}

/// Which uploads that shall stand for rooms are there, and theirs who say so.
pub(crate) async fn owned(
    to: &mut Writer,
    asked: &BTreeSet<(MediaId, UserId)>,
) -> Result<HashSet<(MediaId, UserId)>, Error> {
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let (media, users): (Vec<i64>, Vec<i64>) = asked.iter().map(|(media, user)| (media.0, user.0)).unzip();
    let rows = sqlx::query!(
        "select m.id, m.owner_id from unnest($1::bigint[], $2::bigint[]) j (media_id, user_id)
         join media m on m.id = j.media_id and m.owner_id = j.user_id where m.state = 2",
        &media,
        &users
    );
    let rows = rows.fetch_all(to.conn()?).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| (MediaId(row.id), UserId(row.owner_id))).collect())
}

/// Hangs an upload where a room is shown, or nothing.
pub(super) async fn hang(
    to: &mut Writer,
    room: RoomId,
    media: Option<MediaId>,
    by: UserId,
) -> Result<(), Error> {
    match (Hang { place: Portrait::Room(room), media, by }).write(to).await? {
        true => Ok(()),
        false => Err(Error::Unavailable("a picture went while it was hung".into())),
    }
}

/// Hangs what stands for a room from its beginning. What went meanwhile hangs nowhere.
pub(crate) async fn hang_first(to: &mut Writer, room: &NewRoom) -> Result<bool, Error> {
    let Some(media) = room.settings.about.portrait() else { return Ok(true) };
    Hang { place: Portrait::Room(room.id), media: Some(media), by: room.by }.write(to).await
}
