//! What was uploaded: whose it is, who may see it, when it can go.

use crate::failure::error;
use crate::keys::places;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Media, MediaId, RoomId, Timestamp, UserId};
use std::collections::{BTreeSet, HashSet};
use store::lane::Write;
use store::plan::{Named, Plan};
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
            r#"select count(*) as "count!", coalesce(sum(size), 0)::bigint as "bytes!" from media
               where owner_id = $1 and state in (1, 2)"#,
            owner.0
        );
        let has = has.fetch_one(to.conn()?).await.map_err(error)?;
        if has.count >= i64::from(self.allowed.count) {
            return Ok(BegunMedia::TooMany);
        }
        if has.bytes.saturating_add(number(*held)) > number(self.allowed.bytes) {
            return Ok(BegunMedia::TooManyBytes);
        }
        let (key, held) = (to.keys.master().wrap_file_key(*id, key)?, number(*held));
        let insert = sqlx::query!(
            "insert into media (id, owner_id, state, size, key, begun_at, loose_at) values ($1, $2, 1, $3, $4, $5, $6)",
            id.0,
            owner.0,
            held,
            key,
            at.0,
            at.0
        );
        insert.execute(to.conn()?).await.map_err(error)?;
        Ok(BegunMedia::Begun)
    }
}

#[async_trait]
impl Write<Writer> for Finish {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (about, size) = (seal_about(&self.key, &self.media)?, number(self.media.size));
        let update = sqlx::query!(
            "update media set state = 2, size = $1, about = $2, loose_at = $3 where id = $4 and state = 1",
            size,
            about,
            self.at.0,
            self.media.id.0
        );
        Ok(update.execute(to.conn()?).await.map_err(error)?.rows_affected() == 1)
    }
}

#[async_trait]
impl Write<Writer> for Drop {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let update = sqlx::query!(
            "update media set state = 3, key = '', about = null
             where id = $1 and owner_id = $2 and state in (1, 2) and loose_at is not null",
            self.id.0,
            self.owner.0
        );
        Ok(update.execute(to.conn()?).await.map_err(error)?.rows_affected() == 1)
    }
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
async fn let_loose(to: &mut Writer, unnamed: BTreeSet<MediaId>) -> Result<(), Error> {
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

/// Which uploads that a batch names are there for whom.
pub(crate) async fn there(
    writer: &mut Writer,
    asked: &BTreeSet<(MediaId, UserId)>,
) -> Result<HashSet<(MediaId, UserId)>, Error> {
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let (media, users): (Vec<i64>, Vec<i64>) = asked.iter().map(|(media, user)| (media.0, user.0)).unzip();
    let rows = sqlx::query!(
        r#"select m.id, j.user_id as "user_id!"
           from unnest($1::bigint[], $2::bigint[]) j (media_id, user_id)
           join media m on m.id = j.media_id
           where m.state = 2 and (m.owner_id = j.user_id or exists
               (select 1 from media_in i
                join membership s on s.room_id = i.room_id and s.user_id = j.user_id
                    and coalesce(s.hears_from, s.from_seq) <= i.seq and (s.to_seq is null or s.to_seq >= i.seq)
                where i.media_id = m.id))"#,
        &media,
        &users
    );
    let rows = rows.fetch_all(writer.conn()?).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| (MediaId(row.id), UserId(row.user_id))).collect())
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
        hang(writer, *room, *media, *by).await?;
    }
    if !plan.named.is_empty() {
        name(writer, plan).await?;
    }
    if plan.erased.is_empty() && plan.unnamed.is_empty() {
        return Ok(());
    }
    let (rooms, seqs) = places(&plan.erased);
    let delete = sqlx::query_scalar!(
        "delete from media_in i using unnest($1::bigint[], $2::bigint[]) j (room_id, seq)
         where i.room_id = j.room_id and i.seq = j.seq returning i.media_id",
        &rooms,
        &seqs
    );
    let unnamed = delete.fetch_all(writer.conn()?).await.map_err(error)?.into_iter().map(MediaId);
    let unnamed = unnamed.chain(plan.unnamed.iter().copied()).collect();
    let_loose(writer, unnamed).await
}

async fn name(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let column = |value: fn(&Named) -> i64| plan.named.iter().map(value).collect::<Vec<i64>>();
    let media = column(|one| one.media.0);
    let ends: Vec<Option<i64>> = plan.named.iter().map(|one| one.expires_at.map(|at| at.0)).collect();
    let insert = sqlx::query!(
        "insert into media_in (media_id, room_id, seq, expires_at)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])",
        &media,
        &column(|one| one.room.0),
        &column(|one| number(one.seq.0)),
        &ends as &[Option<i64>]
    );
    insert.execute(writer.conn()?).await.map_err(error)?;
    let update = sqlx::query!("update media set loose_at = null where id = any($1)", &media);
    update.execute(writer.conn()?).await.map(drop).map_err(error)
}

/// See [`store::Shelf::media`].
pub(crate) async fn find(
    readers: &Readers,
    master: &MasterKey,
    id: MediaId,
) -> Result<Option<StoredMedia>, Error> {
    let row = sqlx::query_as!(
        StoredUpload,
        r#"select owner_id, key, about as "about!", begun_at from media where id = $1 and state = 2"#,
        id.0
    );
    let row = readers.ask(row.fetch_optional(&readers.pool)).await?;
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
           where m.id = $1 and m.state = 2 and (m.owner_id = $2 or exists
               (select 1 from media_in i
                join membership s on s.room_id = i.room_id and s.user_id = $2
                    and coalesce(s.hears_from, s.from_seq) <= i.seq and (s.to_seq is null or s.to_seq >= i.seq)
                where i.media_id = m.id and (i.expires_at is null or i.expires_at > $3))
               or exists
               (select 1 from portrait p
                where p.media_id = m.id and (p.kind = 1 or exists
                    (select 1 from room r
                     where r.id = p.of_id and (r.listed or r.join_rule <> 3
                         or exists (select 1 from membership s
                                    where s.room_id = r.id and s.user_id = $2 and s.to_seq is null)
                         or exists (select 1 from room_invitation v
                                    where v.room_id = r.id and v.user_id = $2 and v.expires_at > $3))))))"#,
        id.0,
        user.0,
        now.0
    );
    let row = readers.ask(row.fetch_optional(&readers.pool)).await?;
    row.map(|row| row.open(master, id)).transpose()
}

/// See [`store::Shelf::unknown_media`].
pub(crate) async fn unknown(readers: &Readers, asked: &[MediaId]) -> Result<Vec<MediaId>, Error> {
    let ids = ids(asked.iter().copied());
    let rows = sqlx::query_scalar!(
        r#"select j.id as "id!" from unnest($1::bigint[]) with ordinality j (id, place)
           where not exists (select 1 from media m where m.id = j.id) order by j.place"#,
        &ids
    );
    Ok(readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter().map(MediaId).collect())
}

fn ids(ids: impl IntoIterator<Item = MediaId>) -> Vec<i64> {
    ids.into_iter().map(|id| id.0).collect()
}
