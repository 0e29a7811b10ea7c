//! What is to be told is written down.

use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{RoomId, Seq, UserId};
use store::lane::Write;
use store::stored::number;
use store::{Error, NewNote, PUSH_AFTER_GRACE, PushDecision};

/// See [`store::Pushes::decide`].
pub(super) struct Decide(pub(super) Vec<PushDecision>);

#[async_trait]
impl Write<Writer> for Decide {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let decisions = &self.0;
        done(to, decisions).await?;
        again(to, decisions).await?;
        notes(to, decisions).await?;
        let read =
            decisions.iter().flat_map(|one| one.read.iter().map(|(user, seq)| (*user, one.room, *seq)));
        let now = decisions.iter().map(|one| one.now.0).max().unwrap_or(0);
        take_back(to, &read.collect::<Vec<_>>(), now).await
    }
}

/// Nothing waits in these rooms any more but what was said meanwhile: that has a look of its own after the grace, if it
/// wants one.
async fn done(to: &mut Writer, decisions: &[PushDecision]) -> Result<(), Error> {
    let heads = to.heads.load(&mut to.conn, decisions.iter().map(|one| one.room)).await?;
    let goes_on = |one: &PushDecision| {
        one.kind != PUSH_AFTER_GRACE && heads.get(&one.room).is_some_and(|head| head.last_seq > one.to.0)
    };
    let row = |one: &PushDecision| (one.kind, one.room.0, number(one.to.next().0), one.now.0);
    let rest = json(&decisions.iter().filter(|one| goes_on(one)).map(row).collect::<Vec<_>>())?;
    let update = sqlx::query!(
        "update due set from_seq = j.value ->> 2, due_at = j.value ->> 3 from json_each(?) j
         where kind = j.value ->> 0 and room_id = j.value ->> 1",
        rest
    );
    update.execute(&mut to.conn).await.map_err(error)?;
    let over = json(&decisions.iter().filter(|one| !goes_on(one)).map(row).collect::<Vec<_>>())?;
    let delete = sqlx::query!(
        "delete from due where (kind, room_id) in (select j.value ->> 0, j.value ->> 1 from json_each(?) j)",
        over
    );
    delete.execute(&mut to.conn).await.map(drop).map_err(error)
}

async fn again(to: &mut Writer, decisions: &[PushDecision]) -> Result<(), Error> {
    let again =
        decisions.iter().filter_map(|one| one.again.map(|(from, at)| (one.room.0, number(from.0), at.0)));
    let again = again.collect::<Vec<_>>();
    if again.is_empty() {
        return Ok(());
    }
    let again = json(&again)?;
    let upsert = sqlx::query!(
        "insert into due (kind, room_id, from_seq, due_at)
         select ?1, j.value ->> 0, j.value ->> 1, j.value ->> 2 from json_each(?2) j where true
         on conflict (kind, room_id) do update
         set from_seq = min(from_seq, excluded.from_seq), due_at = min(due_at, excluded.due_at)",
        PUSH_AFTER_GRACE,
        again
    );
    upsert.execute(&mut to.conn).await.map(drop).map_err(error)
}

/// What waits there already goes on waiting for its time, and tells of more. A device that went meanwhile is told nothing.
async fn notes(to: &mut Writer, decisions: &[PushDecision]) -> Result<(), Error> {
    let notes = decisions.iter().flat_map(|one| one.notes.iter().map(move |note| (one, note)));
    let row = |(one, note): (&'_ PushDecision, &'_ NewNote)| {
        let NewNote { device, user, provider, from, seq, since } = note;
        let (from, seq) = (number(from.0), number(seq.0));
        (device.0, one.room.0, user.0, provider.clone(), from, seq, since.0, one.now.0)
    };
    let notes = notes.map(row).collect::<Vec<_>>();
    if notes.is_empty() {
        return Ok(());
    }
    let notes = json(&notes)?;
    let upsert = sqlx::query!(
        "insert into push_note (device_id, room_id, user_id, provider, from_seq, seq, since, next_at)
         select p.id, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7
         from json_each(?) j cross join push_device p on p.id = j.value ->> 0
         where true
         on conflict (device_id, room_id) do update
         set from_seq = coalesce(min(push_note.from_seq, excluded.from_seq), excluded.from_seq),
             seq = coalesce(max(push_note.seq, excluded.seq), excluded.seq),
             since = coalesce(push_note.since, excluded.since), takes_back = 0,
             next_at = case when push_note.seq is null then excluded.next_at else coalesce(next_at, excluded.next_at) end",
        notes
    );
    upsert.execute(&mut to.conn).await.map(drop).map_err(error)
}

/// What these devices show of rooms is to be taken back: it was read up to there.
pub(crate) async fn take_back(
    to: &mut Writer,
    read: &[(UserId, RoomId, Seq)],
    now: i64,
) -> Result<(), Error> {
    if read.is_empty() {
        return Ok(());
    }
    let read: Vec<_> = read.iter().map(|(user, room, seq)| (user.0, room.0, number(seq.0))).collect();
    let read = json(&read)?;
    let update = sqlx::query!(
        "update push_note set takes_back = 1, next_at = ?1
         from json_each(?2) j
         where user_id = j.value ->> 0 and room_id = j.value ->> 1 and told_seq > 0 and told_seq <= j.value ->> 2
               and seq is null and takes_back = 0",
        now,
        read
    );
    update.execute(&mut to.conn).await.map(drop).map_err(error)
}
