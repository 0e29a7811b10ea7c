//! What people set for their rooms, and what takes it away again: reading, saying something, going out.

use crate::failure::{error, within};
use crate::link::PATIENCE;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{RoomId, UserId};
use sqlx::postgres::PgConnection;
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
        let ((user, room), change) = (self.place, self.change);
        let upsert = sqlx::query!(
            r#"insert into conversation as v
                   (user_id, room_id, changed, muted_until, pinned, archived, marked, push_level)
             select m.user_id, m.room_id, $3, $5, coalesce($6, false), coalesce($7, false), coalesce($8, false), $10
             from membership m where m.user_id = $1 and m.room_id = $2 and m.to_seq is null
             on conflict (user_id, room_id) do update
             set changed = $3, muted_until = case when $4 then $5 else v.muted_until end,
                 pinned = coalesce($6, v.pinned), archived = coalesce($7, v.archived),
                 marked = coalesce($8, v.marked),
                 push_level = case when $9 then $10 else v.push_level end
             returning (select r.handle from room r where r.id = v.room_id) as "handle!""#,
            user.0,
            room.0,
            to.stamp(),
            change.muted_until.is_some(),
            change.muted_until.flatten().map(|at| at.0),
            change.pinned,
            change.archived,
            change.marked,
            change.push_level.is_some(),
            change.push_level.flatten().map(|level| level as i16)
        );
        let set = upsert.fetch_optional(to.conn()?).await.map_err(error)?;
        let Some(row) = set else { return Ok(false) };
        if change.marked == Some(true) {
            to.waiting.note(self.place);
        }
        to.events().push(NewEvent::room_set(user, handle(&row.handle)?, now()));
        Ok(true)
    }
}

#[async_trait]
impl Write<Writer> for Keep {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (user, room) = self.place;
        let found = sqlx::query!(
            "select r.handle, r.wrapped_key from membership m join room r on r.id = m.room_id
             where m.user_id = $1 and m.room_id = $2 and m.to_seq is null",
            user.0,
            room.0
        );
        let Some(found) = found.fetch_optional(to.conn()?).await.map_err(error)? else { return Ok(false) };
        let (kept, at) = match self.unsaid.text.is_empty() {
            true => (None, None),
            false => {
                let kept = seal_unsaid(to.keys.master(), (room, user), found.wrapped_key, &self.unsaid.text)?;
                (Some(kept), Some(self.unsaid.at.0))
            }
        };
        let upsert = sqlx::query!(
            "insert into conversation (user_id, room_id, changed, pinned, archived, marked, unsaid, unsaid_at)
             values ($1, $2, $3, false, false, false, $4, $5)
             on conflict (user_id, room_id) do update set changed = $3, unsaid = $4, unsaid_at = $5",
            user.0,
            room.0,
            to.stamp(),
            kept,
            at
        );
        upsert.execute(to.conn()?).await.map_err(error)?;
        to.waiting.note(self.place);
        to.events().push(NewEvent::room_set(user, handle(&found.handle)?, now()));
        Ok(true)
    }
}

/// Who read a room has nothing marked there any more.
pub(crate) async fn read(to: &mut Writer, marks: &[ReadMark]) -> Result<(), Error> {
    let places: Vec<MarkPlace> = marks.iter().map(|mark| (mark.user, mark.room)).collect();
    let places = to.waiting.in_some_of(places.iter());
    if places.is_empty() {
        return Ok(());
    }
    let (users, rooms) = columns(&places);
    let update = sqlx::query!(
        r#"update conversation v set marked = false, changed = $1
           from (select distinct * from unnest($2::bigint[], $3::bigint[])) j (user_id, room_id)
           where v.marked and v.user_id = j.user_id and v.room_id = j.room_id
           returning v.user_id, (select r.handle from room r where r.id = v.room_id) as "handle!""#,
        to.stamp(),
        &users,
        &rooms
    );
    for row in update.fetch_all(to.conn()?).await.map_err(error)? {
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
    let (users, rooms) = columns(&places);
    let update = sqlx::query!(
        "update conversation v set marked = false, unsaid = null, unsaid_at = null
         from unnest($1::bigint[], $2::bigint[]) j (user_id, room_id)
         where (v.unsaid is not null or v.marked) and v.user_id = j.user_id and v.room_id = j.room_id",
        &users,
        &rooms
    );
    update.execute(to.conn()?).await.map_err(error)?;
    to.waiting.taken(&places);
    Ok(())
}

/// Who went out has nothing set there any more; the row tells their devices that they went.
pub(crate) async fn left(to: &mut Writer, places: &[MarkPlace]) -> Result<(), Error> {
    let (users, rooms) = columns(places);
    let upsert = sqlx::query!(
        "insert into conversation (user_id, room_id, changed, pinned, archived, marked)
         select j.user_id, j.room_id, $1, false, false, false
         from unnest($2::bigint[], $3::bigint[]) j (user_id, room_id)
         on conflict (user_id, room_id) do update
         set changed = excluded.changed, muted_until = null, pinned = false, archived = false, marked = false,
             unsaid = null, unsaid_at = null, push_level = null",
        to.stamp(),
        &users,
        &rooms
    );
    upsert.execute(to.conn()?).await.map_err(error)?;
    to.waiting.taken(places);
    Ok(())
}

/// Where something waits, found at the start.
pub(crate) async fn waiting(conn: &mut PgConnection) -> Result<Waiting, Error> {
    let most = i64::try_from(Waiting::MOST).unwrap_or(i64::MAX).saturating_add(1);
    let rows = sqlx::query!(
        "select user_id, room_id from conversation where unsaid is not null or marked limit $1",
        most
    );
    let rows = within(PATIENCE, rows.fetch_all(conn)).await?.into_iter();
    Ok(Waiting::in_these(rows.map(|row| (UserId(row.user_id), RoomId(row.room_id)))))
}

fn columns(places: &[MarkPlace]) -> (Vec<i64>, Vec<i64>) {
    places.iter().map(|(user, room)| (user.0, room.0)).unzip()
}
