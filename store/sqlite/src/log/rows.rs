//! The statements that write a batch. Their number does not depend on its size: rows go in by chunks of fixed
//! sizes, so that every statement is prepared once, and small numbers go as JSON.

use super::{changes, deeds};
use crate::chunks::{MANY, chunks};
use crate::conversations;
use crate::ends::Coming;
use crate::failure::error;
use crate::writer::{Last, Writer, json};
use chat::RoomId;
use sqlx::Arguments as _;
use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteArguments;
use std::collections::HashMap;
use std::sync::LazyLock;
use store::Error;
use store::lane::Writer as _;
use store::plan::{Plan, Row};
use store::stored::number;

/// Writes all that the plan came to; the last messages wait for the commit.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    salts(writer, plan).await?;
    memberships(writer, plan).await?;
    changes::write(writer, plan).await?;
    rules(writer, plan).await?;
    packets(writer, plan).await?;
    due(writer, plan).await?;
    deeds::write(writer, plan).await?;
    conversations::said(writer, plan.marks.keys()).await?;
    messages(writer, plan).await
}

/// The statement for each size, and what it is as the last of a transaction.
struct Insert {
    alone: String,
    with_commit: String,
    with_both: String,
}

static MESSAGES: LazyLock<[Insert; MANY.len()]> = LazyLock::new(|| {
    MANY.map(|rows| {
        let values = vec!["(?,?,?,?,?,?,?,?,?,?,?,?)"; rows].join(",");
        let alone = format!(
            "insert into message (room_id, seq, n, sender_id, origin, draft, kind, sent_at, expires_at, body, few, before)
             values {values}"
        );
        let with_commit = format!("{alone}; commit");
        let with_both = format!("begin immediate; {with_commit}");
        Insert { alone, with_commit, with_both }
    })
});

async fn messages(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let chunks: Vec<_> = chunks(&MANY, &plan.rows).collect();
    let Some(((size, last), others)) = chunks.split_last() else { return Ok(()) };
    for (size, chunk) in others {
        writer.begin().await?;
        let insert = sqlx::query_with(MESSAGES[*size].alone.as_str(), arguments(chunk)?);
        insert.execute(&mut writer.conn).await.map_err(error)?;
    }
    let slice = writer.arrears(plan.rows.len());
    if !slice.is_empty() {
        writer.begin().await?;
        slice.write(&mut writer.conn).await?;
    }
    writer.end_with(Last {
        with_commit: &MESSAGES[*size].with_commit,
        with_both: &MESSAGES[*size].with_both,
        arguments: arguments(last)?,
        marks: plan.marks.iter().map(|(place, mark)| (*place, *mark)).collect(),
        messages: plan.rows.len(),
        ends: ends(&plan.rows),
        slice,
    });
    writer.repaints(plan.rows.iter().map(|row| row.entry.room));
    for room in plan.rows.iter().map(|row| row.entry.room) {
        if let Some(head) = plan.known.heads.get(&room) {
            writer.heads.moves(room, *head);
        }
    }
    Ok(())
}

/// Where the logs of these rooms end then, as everybody in them is told.
fn ends(rows: &[Row<'_>]) -> HashMap<RoomId, Coming> {
    let back = (0..rows.len() as i64).rev();
    let told = rows.iter().zip(back).filter(|(row, _)| !row.reach.few);
    // Of a room's entries the last one stays.
    told.map(|(row, back)| (row.entry.room, Coming { seq: row.seq, at: row.entry.at, back })).collect()
}

fn arguments(rows: &[Row<'_>]) -> Result<SqliteArguments, Error> {
    let mut arguments = SqliteArguments::default();
    let added = rows.iter().try_for_each(|row| add(&mut arguments, row));
    added.map(|()| arguments).map_err(|failure| Error::Broken(failure.to_string()))
}

fn add(to: &mut SqliteArguments, row: &Row<'_>) -> Result<(), BoxDynError> {
    let Row { entry, seq, n, kind, reach, expires_at, body } = row;
    to.add(entry.room.0)?;
    to.add(number(seq.0))?;
    to.add(number(*n))?;
    to.add(entry.sender.0)?;
    to.add(entry.origin.map(|origin| origin.0))?;
    to.add(entry.draft.map(|draft| draft.bytes().to_vec()))?;
    to.add(i64::from(*kind))?;
    to.add(entry.at.0)?;
    to.add(expires_at.map(|at| at.0))?;
    to.add(&body[..])?;
    to.add(reach.few.then_some(1_i64))?;
    to.add(row.told_before().map(|before| number(before.0)))
}

/// Those who come in begin with everything read; from now on others may hear the room.
async fn rules(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.changed.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let rooms = plan.changed.iter().filter_map(|room| Some((room.0, plan.known.heads.get(room)?)));
    let rooms: Vec<_> = rooms.map(|(room, head)| (room, head.rules, head.members)).collect();
    let rooms = json(&rooms)?;
    let update = sqlx::query!(
        "update room set rules_version = j.value ->> 1, member_count = j.value ->> 2
         from json_each(?) j where room.id = j.value ->> 0",
        rooms
    );
    update.execute(&mut writer.conn).await.map_err(error)?;
    let marks = plan.admitted.iter().map(|(place, mark)| (*place, *mark));
    crate::marks::advance(&mut writer.conn, marks).await
}

async fn salts(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.known.salts.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let salts = plan.known.salts.iter().map(|((room, sender), salt)| (room.0, sender.0, hex::encode(salt)));
    let salts = json(&salts.collect::<Vec<_>>())?;
    let insert = sqlx::query!(
        "insert into sender_key (room_id, sender_id, salt)
         select j.value ->> 0, j.value ->> 1, unhex(j.value ->> 2) from json_each(?) j",
        salts
    );
    insert.execute(&mut writer.conn).await.map(|_| ()).map_err(error)
}

async fn memberships(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.joined.is_empty() && plan.left.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let joined: Vec<_> = plan
        .joined
        .iter()
        .map(|one| {
            let (to_seq, at) = one.end.map_or((None, None), |(seq, at)| (Some(number(seq.0)), Some(at.0)));
            let hears_from = one.hears_from.map(|seq| number(seq.0));
            let stretch = (number(one.from_seq.0), to_seq, at, hears_from);
            let seat = (one.seat.role as u8, one.seat.muted_until.map(|until| until.0));
            (one.room.0, one.user.0, one.handle, stretch, seat)
        })
        .collect();
    let left: Vec<_> = plan
        .left
        .iter()
        .map(|one| (one.room.0, one.user.0, number(one.from_seq.0), number(one.to_seq.0), one.at.0))
        .collect();
    crate::members::change(writer, &joined, &left).await?;
    conversations::left(writer, &plan.went()).await?;
    let moved: Vec<i64> = plan.moved().map(|user| user.0).collect();
    crate::accounts::rooms_changed(writer, &moved).await
}

/// A session that ended meanwhile keeps no packets.
async fn packets(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.inbound.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let packets = plan.inbound.iter();
    let packets: Vec<_> = packets
        .map(|(id, packet)| (*id, packet.room.0, number(packet.seq.0), i64::from(packet.held)))
        .collect();
    let packets = json(&packets)?;
    let upsert = sqlx::query!(
        "insert into inbound (id, room_id, seq, held)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3
         from json_each(?) j where exists (select 1 from session s where s.id = (j.value ->> 0) >> 16)
         on conflict (id) do update set room_id = excluded.room_id, seq = excluded.seq, held = excluded.held",
        packets
    );
    upsert.execute(&mut writer.conn).await.map(|_| ()).map_err(error)
}

async fn due(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let mut rows = Vec::new();
    for consumer in &writer.consumers {
        let after = i64::try_from(consumer.after.as_millis()).unwrap_or(i64::MAX);
        let due = |at: i64| at.saturating_add(after);
        rows.extend(
            plan.spoken.iter().map(|(room, (seq, at))| (consumer.kind, room.0, number(seq.0), due(at.0))),
        );
    }
    if rows.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let rows = json(&rows)?;
    let insert = sqlx::query!(
        "insert into due (kind, room_id, from_seq, due_at)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 from json_each(?) j where true
         on conflict (kind, room_id) do nothing",
        rows
    );
    insert.execute(&mut writer.conn).await.map(|_| ()).map_err(error)
}
