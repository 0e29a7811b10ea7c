//! What is to be told is written down.

use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{RoomId, Seq, UserId};
use store::lane::Write;
use store::stored::number;
use store::{Error, PUSH_AFTER_GRACE, PushDecision};

/// See [`store::Pushes::decide`].
pub(super) struct Decide(pub(super) Vec<PushDecision>);

#[async_trait]
impl Write<Writer> for Decide {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        for decision in &self.0 {
            done(to, decision).await?;
            again(to, decision).await?;
            notes(to, decision).await?;
        }
        let read: Vec<_> = self
            .0
            .iter()
            .flat_map(|one| one.read.iter().map(|(user, seq)| (*user, one.room, *seq)))
            .collect();
        let now = self.0.iter().map(|one| one.now.0).max().unwrap_or(0);
        take_back(to, &read, now).await
    }
}

/// Nothing waits there any more but what was said meanwhile.
async fn done(to: &mut Writer, decision: &PushDecision) -> Result<(), Error> {
    let PushDecision { kind, room, to: upto, now, .. } = decision;
    let heads = to.heads.load(&mut to.conn, std::iter::once(*room)).await?;
    let last = heads.values().next().map_or(0, |head| head.last_seq);
    if last > upto.0 && *kind != PUSH_AFTER_GRACE {
        let next = number(upto.next().0);
        let update = sqlx::query!(
            "update due set from_seq = ?, due_at = ? where kind = ? and room_id = ?",
            next,
            now.0,
            kind,
            room.0
        );
        return update.execute(&mut to.conn).await.map(drop).map_err(error);
    }
    let delete = sqlx::query!("delete from due where kind = ? and room_id = ?", kind, room.0);
    delete.execute(&mut to.conn).await.map(drop).map_err(error)
}

async fn again(to: &mut Writer, decision: &PushDecision) -> Result<(), Error> {
    let Some((from, at)) = decision.again else { return Ok(()) };
    let from = number(from.0);
    let upsert = sqlx::query!(
        "insert into due (kind, room_id, from_seq, due_at) values (?, ?, ?, ?)
         on conflict (kind, room_id) do update
         set from_seq = min(from_seq, excluded.from_seq), due_at = min(due_at, excluded.due_at)",
        PUSH_AFTER_GRACE,
        decision.room.0,
        from,
        at.0
    );
    upsert.execute(&mut to.conn).await.map(drop).map_err(error)
}

/// What waits there already goes on waiting for its time, and tells of more. A device that went meanwhile is told nothing.
async fn notes(to: &mut Writer, decision: &PushDecision) -> Result<(), Error> {
    if decision.notes.is_empty() {
        return Ok(());
    }
    let notes = decision.notes.iter();
    let notes = notes.map(|note| {
        (note.device.0, note.user.0, &note.provider, number(note.from.0), number(note.seq.0), note.since.0)
    });
    let notes = json(&notes.collect::<Vec<_>>())?;
    let upsert = sqlx::query!(
        "insert into push_note (device_id, room_id, user_id, provider, from_seq, seq, since, next_at)
         select p.id, ?1, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5, ?2
         from json_each(?3) j cross join push_device p on p.id = j.value ->> 0
         where true
         on conflict (device_id, room_id) do update
         set from_seq = coalesce(min(push_note.from_seq, excluded.from_seq), excluded.from_seq),
             seq = coalesce(max(push_note.seq, excluded.seq), excluded.seq),
             since = coalesce(push_note.since, excluded.since), takes_back = 0,
             next_at = case when push_note.seq is null then excluded.next_at else coalesce(next_at, excluded.next_at) end",
        decision.room.0,
        decision.now.0,
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
