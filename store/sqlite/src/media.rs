//! What was uploaded: whose it is, who may see it, when it can go.

use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{Media, MediaId, RoomId, Timestamp, UserId};
use sqlx::{SqliteConnection, SqlitePool};
use std::collections::{BTreeSet, HashSet};
use store::lane::{Write, Writer as _};
use store::plan::Plan;
use store::seal::{FileKey, MasterKey, seal_about};
use store::stored::{StoredUpload, number};
use store::{Allowance, BegunMedia, Error, NewMedia, NewRoom, Portrait, StoredMedia, Sweep};

/// See [`store::Shelf::begin_media`].
pub(crate) struct Begin {
    pub(crate) new: NewMedia,
    pub(crate) allowed: Allowance,
}

/// See [`store::Shelf::finish_media`].
pub(crate) struct Finish {
    pub(crate) key: FileKey,
    pub(crate) media: Media,
    pub(crate) at: Timestamp,
}

/// See [`store::Shelf::drop_media`].
pub(crate) struct Drop {
    pub(crate) id: MediaId,
    pub(crate) owner: UserId,
}

/// See [`store::Shelf::hang`].
pub(crate) struct Hang {
    pub(crate) place: Portrait,
    pub(crate) media: Option<MediaId>,
    pub(crate) by: UserId,
}

/// See [`store::Shelf::forget_media`].
pub(crate) struct Forget(pub(crate) Vec<MediaId>);

/// See [`store::Shelf::sweep_media`].
pub(crate) struct SweepOut(pub(crate) Sweep);

#[async_trait]
impl Write<Writer> for Begin {
    type Answer = BegunMedia;

    async fn write(&self, to: &mut Writer) -> Result<BegunMedia, Error> {
        let NewMedia { id, owner, held, key, at } = &self.new;
        let has = sqlx::query!(
            r#"select count(*) as "count!: i64", coalesce(sum(size), 0) as "bytes!: i64" from media
               where owner_id = ? and state in (1, 2)"#,
            owner.0
        );
        let has = has.fetch_one(&mut to.conn).await.map_err(error)?;
        if has.count >= i64::from(self.allowed.count) {
            return Ok(BegunMedia::TooMany);
        }
        if has.bytes.saturating_add(number(*held)) > number(self.allowed.bytes) {
            return Ok(BegunMedia::TooManyBytes);
        }
        let (key, held) = (to.keys.master().wrap_file_key(*id, key)?, number(*held));
        let insert = sqlx::query!(
            "insert into media (id, owner_id, state, size, key, begun_at, loose_at) values (?, ?, 1, ?, ?, ?, ?)",
            id.0,
            owner.0,
            held,
            key,
            at.0,
            at.0
        );
        insert.execute(&mut to.conn).await.map_err(error)?;
        Ok(BegunMedia::Begun)
    }
}

#[async_trait]
impl Write<Writer> for Finish {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (about, size) = (seal_about(&self.key, &self.media)?, number(self.media.size));
        let update = sqlx::query!(
            "update media set state = 2, size = ?, about = ?, loose_at = ? where id = ? and state = 1",
            size,
            about,
            self.at.0,
            self.media.id.0
        );
        Ok(update.execute(&mut to.conn).await.map_err(error)?.rows_affected() == 1)
    }
}

#[async_trait]
impl Write<Writer> for Drop {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let update = sqlx::query!(
            "update media set state = 3, key = x'', about = null
             where id = ? and owner_id = ? and state in (1, 2) and loose_at is not null",
            self.id.0,
            self.owner.0
        );
        Ok(update.execute(&mut to.conn).await.map_err(error)?.rows_affected() == 1)
    }
}

#[async_trait]
impl Write<Writer> for Hang {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (kind, of) = self.place.key();
        let hung =
            sqlx::query_scalar!("select media_id from portrait where kind = ? and of_id = ?", kind, of);
        let hung = hung.fetch_optional(&mut to.conn).await.map_err(error)?.map(MediaId);
        if hung == self.media {
            return Ok(true);
        }
        if let Some(media) = self.media {
            let named = sqlx::query!(
                "update media set loose_at = null where id = ? and owner_id = ? and state = 2",
                media.0,
                self.by.0
            );
            if named.execute(&mut to.conn).await.map_err(error)?.rows_affected() == 0 {
                return Ok(false);
            }
            let upsert = sqlx::query!(
                "insert into portrait (kind, of_id, media_id) values (?, ?, ?)
                 on conflict (kind, of_id) do update set media_id = excluded.media_id",
                kind,
                of,
                media.0
            );
            upsert.execute(&mut to.conn).await.map_err(error)?;
        } else {
            let delete = sqlx::query!("delete from portrait where kind = ? and of_id = ?", kind, of);
            delete.execute(&mut to.conn).await.map_err(error)?;
        }
        let_loose(&mut to.conn, hung.into_iter().collect()).await?;
        Ok(true)
    }
}

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
async fn let_loose(conn: &mut SqliteConnection, unnamed: BTreeSet<MediaId>) -> Result<(), Error> {
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
    let bare = sqlx::query!(
        "update room set avatar = null where id in
             (select p.of_id from portrait p where p.kind = 2
                  and p.media_id in (select j.value from json_each(?) j))",
        these
    );
    bare.execute(&mut to.conn).await.map_err(error)?;
    let delete =
        sqlx::query!("delete from media_in where media_id in (select j.value from json_each(?) j)", these);
    delete.execute(&mut to.conn).await.map_err(error)?;
    let delete =
        sqlx::query!("delete from portrait where media_id in (select j.value from json_each(?) j)", these);
    delete.execute(&mut to.conn).await.map_err(error)?;
    Ok(count >= limit as usize)
}

/// Which uploads that a batch names are there for whom.
pub(crate) async fn there(
    conn: &mut SqliteConnection,
    asked: &BTreeSet<(MediaId, UserId)>,
) -> Result<HashSet<(MediaId, UserId)>, Error> {
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let pairs = json(&asked.iter().map(|(media, user)| (media.0, user.0)).collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"select m.id as "id!", j.value ->> 1 as "user_id!: i64"
           from json_each(?) j
           cross join media m on m.id = j.value ->> 0
           where m.state = 2 and (m.owner_id = j.value ->> 1 or exists
               (select 1 from media_in i
                cross join membership s on s.room_id = i.room_id and s.user_id = j.value ->> 1
                    and coalesce(s.hears_from, s.from_seq) <= i.seq and (s.to_seq is null or s.to_seq >= i.seq)
                where i.media_id = m.id))"#,
        pairs
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| (MediaId(row.id), UserId(row.user_id))).collect())
}

/// Which uploads that shall stand for rooms are there, and theirs who say so.
pub(crate) async fn owned(
    conn: &mut SqliteConnection,
    asked: &BTreeSet<(MediaId, UserId)>,
) -> Result<HashSet<(MediaId, UserId)>, Error> {
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let pairs = json(&asked.iter().map(|(media, user)| (media.0, user.0)).collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"select m.id as "id!", m.owner_id as "owner_id!" from json_each(?) j
           cross join media m on m.id = j.value ->> 0
           where m.state = 2 and m.owner_id = j.value ->> 1"#,
        pairs
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| (MediaId(row.id), UserId(row.owner_id))).collect())
}

/// Hangs an upload where a room is shown, or nothing.
async fn hang(to: &mut Writer, room: RoomId, media: Option<MediaId>, by: UserId) -> Result<(), Error> {
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

/// Writes which messages name what, and lets loose what none names any more.
pub(crate) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    for (room, (media, by)) in &plan.hung {
        writer.begin().await?;
        hang(writer, *room, *media, *by).await?;
    }
    if !plan.named.is_empty() {
        writer.begin().await?;
        name(&mut writer.conn, plan).await?;
    }
    if plan.erased.is_empty() && plan.unnamed.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let erased = plan.erased.iter().map(|(room, seq)| (room.0, number(seq.0)));
    let erased = json(&erased.collect::<Vec<_>>())?;
    let delete = sqlx::query_scalar!(
        "delete from media_in where (room_id, seq) in (select j.value ->> 0, j.value ->> 1 from json_each(?) j)
         returning media_id",
        erased
    );
    let unnamed = delete.fetch_all(&mut writer.conn).await.map_err(error)?.into_iter().map(MediaId);
    let unnamed = unnamed.chain(plan.unnamed.iter().copied()).collect();
    let_loose(&mut writer.conn, unnamed).await
}

async fn name(conn: &mut SqliteConnection, plan: &Plan<'_>) -> Result<(), Error> {
    let named = plan.named.iter();
    let named: Vec<_> = named
        .map(|one| (one.media.0, one.room.0, number(one.seq.0), one.expires_at.map(|at| at.0)))
        .collect();
    let named = json(&named)?;
    let insert = sqlx::query!(
        "insert into media_in (media_id, room_id, seq, expires_at)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 from json_each(?) j",
        named
    );
    insert.execute(&mut *conn).await.map_err(error)?;
    let update = sqlx::query!(
        "update media set loose_at = null where id in (select j.value ->> 0 from json_each(?) j)",
        named
    );
    update.execute(conn).await.map(drop).map_err(error)
}

/// See [`store::Shelf::media`].
pub(crate) async fn find(
    readers: &SqlitePool,
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
    readers: &SqlitePool,
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
pub(crate) async fn unknown(readers: &SqlitePool, asked: &[MediaId]) -> Result<Vec<MediaId>, Error> {
    let ids = ids(asked.iter().copied())?;
    let rows = sqlx::query_scalar!(
        r#"select j.value + 0 as "id!: i64" from json_each(?) j
           where not exists (select 1 from media m where m.id = j.value) order by j.key"#,
        ids
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(MediaId).collect())
}

fn ids(ids: impl IntoIterator<Item = MediaId>) -> Result<String, Error> {
    json(&ids.into_iter().map(|id| id.0).collect::<Vec<_>>())
}
