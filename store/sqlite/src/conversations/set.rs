//! What people set for their rooms, and what takes it away again: reading, saying something, going out.

use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{Handle, RoomId, UserId};
use sqlx::SqliteConnection;
use store::lane::{Write, Writer as _};
use store::plan::{MarkPlace, Waiting};
use store::seal::seal_unsaid;
use store::stored::{handle, now};
use store::{Error, NewEvent, ReadMark, SettingsChange, Unsaid};

/// Sets something for a room.
pub(super) struct Set {
    pub(super) place: MarkPlace,
    pub(super) change: SettingsChange,
}

/// Keeps what was begun.
pub(super) struct Keep {
    pub(super) place: MarkPlace,
    pub(super) unsaid: Unsaid,
}

#[async_trait]
impl Write<Writer> for Set {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let ((user, place), change) = (self.place, self.change);
        let Some((handle, _)) = room(&mut to.conn, self.place).await? else { return Ok(false) };
        let stamp = to.stamp().await?;
        let (mutes, until) = (change.muted_until.is_some(), change.muted_until.flatten().map(|at| at.0));
        let (levels, level) = (change.push_level.is_some(), change.push_level.flatten().map(|one| one as u8));
        let upsert = sqlx::query!(
            "insert into conversation (user_id, room_id, changed, muted_until, pinned, archived, marked, push_level)
             values (?1, ?2, ?3, ?5, coalesce(?6, 0), coalesce(?7, 0), coalesce(?8, 0), ?10)
             on conflict (user_id, room_id) do update
             set changed = ?3, muted_until = case when ?4 then ?5 else muted_until end,
                 pinned = coalesce(?6, pinned), archived = coalesce(?7, archived), marked = coalesce(?8, marked),
                 push_level = case when ?9 then ?10 else push_level end",
            user.0,
            place.0,
            stamp,
            mutes,
            until,
            change.pinned,
            change.archived,
            change.marked,
            levels,
            level
        );
        upsert.execute(&mut to.conn).await.map_err(error)?;
        if change.marked == Some(true) {
            to.waiting.note(self.place);
        }
        to.events().push(NewEvent::room_set(user, handle, now()));
        Ok(true)
    }
}

#[async_trait]
impl Write<Writer> for Keep {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (user, place) = self.place;
        let Some((handle, wrapped)) = room(&mut to.conn, self.place).await? else { return Ok(false) };
        let stamp = to.stamp().await?;
        let (kept, at) = match self.unsaid.text.is_empty() {
            true => (None, None),
            false => {
                let kept = seal_unsaid(to.keys.master(), (place, user), wrapped, &self.unsaid.text)?;
                (Some(kept), Some(self.unsaid.at.0))
            }
        };
        let upsert = sqlx::query!(
            "insert into conversation (user_id, room_id, changed, pinned, archived, marked, unsaid, unsaid_at)
             values (?1, ?2, ?3, 0, 0, 0, ?4, ?5)
             on conflict (user_id, room_id) do update set changed = ?3, unsaid = ?4, unsaid_at = ?5",
            user.0,
            place.0,
            stamp,
            kept,
            at
        );
        upsert.execute(&mut to.conn).await.map_err(error)?;
        to.waiting.note(self.place);
        to.events().push(NewEvent::room_set(user, handle, now()));
        Ok(true)
    }
}

/// The handle and the wrapped key of a room, if the user is in it.
async fn room(
    conn: &mut SqliteConnection,
    (user, room): MarkPlace,
) -> Result<Option<(Handle, Vec<u8>)>, Error> {
    let found = sqlx::query!(
        "select r.handle, r.wrapped_key from membership m cross join room r on r.id = m.room_id
         where m.room_id = ? and m.user_id = ? and m.to_seq is null",
        room.0,
        user.0
    );
    let found = found.fetch_optional(conn).await.map_err(error)?;
    found.map(|row| Ok((handle(&row.handle)?, row.wrapped_key))).transpose()
}

/// Who read a room has nothing marked there any more.
pub(crate) async fn read(to: &mut Writer, marks: &[ReadMark]) -> Result<(), Error> {
    let places: Vec<MarkPlace> = marks.iter().map(|mark| (mark.user, mark.room)).collect();
    let places = pairs(&to.waiting.in_some_of(places.iter()));
    if places.is_empty() {
        return Ok(());
    }
    let stamp = to.stamp().await?;
    let places = json(&places)?;
    let update = sqlx::query!(
        r#"update conversation set marked = 0, changed = ?1
           where marked <> 0 and (user_id, room_id) in (select j.value ->> 0, j.value ->> 1 from json_each(?2) j)
           returning user_id as "user_id!", (select r.handle from room r where r.id = room_id) as "handle!: String""#,
        stamp,
        places
    );
    for row in update.fetch_all(&mut to.conn).await.map_err(error)? {
        to.events().push(NewEvent::room_set(UserId(row.user_id), handle(&row.handle)?, now()));
    }
    Ok(())
}

/// Who said something has said what they began, and has read what they had marked. That it was said changed the room.
pub(crate) async fn said<'a>(
    to: &mut Writer,
    places: impl Iterator<Item = &'a MarkPlace>,
) -> Result<(), Error> {
    let places = to.waiting.in_some_of(places);
    if places.is_empty() {
        return Ok(());
    }
    to.begin().await?;
    let rows = json(&pairs(&places))?;
    let update = sqlx::query!(
        "update conversation set marked = 0, unsaid = null, unsaid_at = null
         where (unsaid is not null or marked <> 0)
               and (user_id, room_id) in (select j.value ->> 0, j.value ->> 1 from json_each(?) j)",
        rows
    );
    update.execute(&mut to.conn).await.map_err(error)?;
    to.waiting.taken(&places);
    Ok(())
}

/// Who went out has nothing set there any more; the row tells their devices that they went.
pub(crate) async fn left(to: &mut Writer, places: &[MarkPlace]) -> Result<(), Error> {
    let stamp = to.stamp().await?;
    let rows = json(&pairs(places))?;
    let upsert = sqlx::query!(
        "insert into conversation (user_id, room_id, changed, pinned, archived, marked)
         select j.value ->> 0, j.value ->> 1, ?1, 0, 0, 0 from json_each(?2) j where true
         on conflict (user_id, room_id) do update
         set changed = excluded.changed, muted_until = null, pinned = 0, archived = 0, marked = 0, unsaid = null,
             unsaid_at = null, push_level = null",
        stamp,
        rows
    );
    upsert.execute(&mut to.conn).await.map_err(error)?;
    to.waiting.taken(places);
    Ok(())
}

/// Where something waits, found at the start.
pub(crate) async fn waiting(conn: &mut SqliteConnection) -> Result<Waiting, Error> {
    let most = i64::try_from(Waiting::MOST).unwrap_or(i64::MAX).saturating_add(1);
    let rows = sqlx::query!(
        r#"select user_id, room_id from conversation where unsaid is not null or marked <> 0 limit ?"#,
        most
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter();
    Ok(Waiting::in_these(rows.map(|row| (UserId(row.user_id), RoomId(row.room_id)))))
}

fn pairs(places: &[MarkPlace]) -> Vec<(i64, i64)> {
    places.iter().map(|(user, room)| (user.0, room.0)).collect()
}
