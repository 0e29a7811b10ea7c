//! Who sees an upload.

use super::ids;
use crate::failure::error;
use crate::readers::Readers;
use chat::{MediaId, Timestamp, UserId};
use store::seal::MasterKey;
use store::stored::StoredUpload;
use store::{Error, StoredMedia};

/// See [`store::Shelf::media`].
pub(crate) async fn find(
    readers: &Readers,
    master: &MasterKey,
    id: MediaId,
) -> Result<Option<StoredMedia>, Error> {
    let row = sqlx::query_as!(
        StoredUpload,
        r#"select owner_id, key, about as "about!", begun_at from media where id = ? and state = 2"#,
        id.0
    );
    let row = row.fetch_optional(readers).await.map_err(error)?;
    row.map(|row| row.open(master, id)).transpose()
}

/// See [`store::Shelf::media_for`].
pub(crate) async fn find_for(
    readers: &Readers,
    master: &MasterKey,
    (id, user): (MediaId, UserId),
    now: Timestamp,
) -> Result<Option<StoredMedia>, Error> {
    let row = sqlx::query_as!(
        StoredUpload,
        r#"select m.owner_id, m.key, m.about as "about!", m.begun_at from media m
           where m.id = ? and m.state = 2 and (m.owner_id = ? or exists
               (select 1 from media_in i
                cross join membership s on s.room_id = i.room_id and s.user_id = ?
                    and coalesce(s.hears_from, s.from_seq) <= i.seq and (s.to_seq is null or s.to_seq >= i.seq)
                where i.media_id = m.id and (i.expires_at is null or i.expires_at > ?))
               or exists
               (select 1 from portrait p
                where p.media_id = m.id and (p.kind = 1 or exists
                    (select 1 from room r
                     where r.id = p.of_id and (r.listed or r.join_rule <> 3
                         or exists (select 1 from membership s
                                    where s.room_id = r.id and s.user_id = ? and s.to_seq is null)
                         or exists (select 1 from room_invitation v
                                    where v.room_id = r.id and v.user_id = ? and v.expires_at > ?))))))"#,
        id.0,
        user.0,
        user.0,
        now.0,
        user.0,
        user.0,
        now.0
    );
    let row = row.fetch_optional(readers).await.map_err(error)?;
    row.map(|row| row.open(master, id)).transpose()
}

/// See [`store::Shelf::unknown_media`].
pub(crate) async fn unknown(readers: &Readers, asked: &[MediaId]) -> Result<Vec<MediaId>, Error> {
    let ids = ids(asked.iter().copied())?;
    let rows = sqlx::query_scalar!(
        r#"select j.value + 0 as "id!: i64" from json_each(?) j
           where not exists (select 1 from media m where m.id = j.value) order by j.key"#,
        ids
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(MediaId).collect())
}
