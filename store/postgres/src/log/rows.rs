//! The statements that write a batch: one for each table that changes, with a column of values for each of its columns,
//! so that every statement is prepared once and is the same for one row and for a thousand.

use super::{changes, deeds};
use crate::failure::error;
use crate::keys::pairs;
use crate::writer::Writer;
use crate::{accounts, conversations, marks, members};
use chat::RoomId;
use std::collections::{BTreeSet, HashMap};
use store::Error;
use store::plan::{Head, Mark, MarkPlace, Packet, Plan, Row};
use store::stored::number;
use uuid::Uuid;

/// Writes all that the plan came to.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    salts(writer, plan).await?;
    messages(writer, &plan.rows).await?;
    rooms(writer, plan).await?;
    read_marks(writer, plan).await?;
    memberships(writer, plan).await?;
    changes::write(writer, plan).await?;
    packets(writer, plan).await?;
    due(writer, plan).await?;
    conversations::said(writer, plan.marks.keys()).await?;
    deeds::write(writer, plan).await
}

async fn salts(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let salts = &plan.known.salts;
    if salts.is_empty() {
        return Ok(());
    }
    let (rooms, senders) = pairs(salts.iter().map(|(voice, _)| voice));
    let salts: Vec<Vec<u8>> = salts.iter().map(|(_, salt)| salt.to_vec()).collect();
    let insert = sqlx::query!(
        "insert into sender_key (room_id, sender_id, salt)
         select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])",
        &rooms,
        &senders,
        &salts
    );
    insert.execute(writer.conn()?).await.map(drop).map_err(error)
}

async fn messages(writer: &mut Writer, rows: &[Row<'_>]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let column = |value: fn(&Row<'_>) -> i64| rows.iter().map(value).collect::<Vec<i64>>();
    let maybe = |value: fn(&Row<'_>) -> Option<i64>| rows.iter().map(value).collect::<Vec<Option<i64>>>();
    let kinds: Vec<i16> = rows.iter().map(|row| i16::from(row.kind)).collect();
    let drafts: Vec<Option<Uuid>> =
        rows.iter().map(|row| row.entry.draft.map(|draft| Uuid::from_bytes(draft.bytes()))).collect();
    let few: Vec<bool> = rows.iter().map(|row| row.reach.few).collect();
    let bodies: Vec<&[u8]> = rows.iter().map(|row| &row.body[..]).collect();
    let insert = sqlx::query!(
        "insert into message (room_id, seq, n, sender_id, origin, draft, kind, sent_at, expires_at, body, few, before)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[],
                              $7::smallint[], $8::bigint[], $9::bigint[], $10::bytea[], $11::boolean[], $12::bigint[])",
        &column(|row| row.entry.room.0),
        &column(|row| number(row.seq.0)),
        &column(|row| number(row.n)),
        &column(|row| row.entry.sender.0),
        &maybe(|row| row.entry.origin.map(|origin| origin.0)) as &[Option<i64>],
        &drafts as &[Option<Uuid>],
        &kinds,
        &column(|row| row.entry.at.0),
        &maybe(|row| row.expires_at.map(|at| at.0)) as &[Option<i64>],
        &bodies as &[&[u8]],
        &few,
        &maybe(|row| row.told_before().map(|before| number(before.0))) as &[Option<i64>]
    );
    insert.execute(writer.conn()?).await.map(drop).map_err(error)
}

/// The rooms' new ends, and their rules where those changed: a room whose rules changed got an entry that says so.
async fn rooms(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let moved: BTreeSet<RoomId> = plan.rows.iter().map(|row| row.entry.room).collect();
    let heads = moved.into_iter().filter_map(|room| Some((room, *plan.known.heads.get(&room)?)));
    let heads: Vec<(RoomId, Head)> = heads.collect();
    if heads.is_empty() {
        return Ok(());
    }
    let column = |value: fn(&(RoomId, Head)) -> i64| heads.iter().map(value).collect::<Vec<i64>>();
    let update = sqlx::query!(
        "update room r set last_seq = j.last_seq, last_n = j.last_n, rules_version = j.rules, member_count = j.members,
                last_told = j.last_told, changed = $7
         from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
                     $6::bigint[]) j (id, last_seq, last_n, rules, members, last_told)
         where r.id = j.id",
        &column(|(room, _)| room.0),
        &column(|(_, head)| number(head.last_seq)),
        &column(|(_, head)| number(head.last_n)),
        &column(|(_, head)| head.rules),
        &column(|(_, head)| head.members),
        &column(|(_, head)| number(head.last_told)),
        writer.stamp()
    );
    update.execute(writer.conn()?).await.map(drop).map_err(error)
}

/// Who says something has read what was before, and those who come in begin with everything read.
async fn read_marks(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let mut furthest: HashMap<MarkPlace, Mark> = plan.marks.clone();
    for (place, mark) in &plan.admitted {
        let known = furthest.entry(*place).or_insert(*mark);
        *known = (*known).max(*mark);
    }
    if furthest.is_empty() { Ok(()) } else { marks::advance(writer, &furthest).await }
}

async fn memberships(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.joined.is_empty() && plan.left.is_empty() {
        return Ok(());
    }
    members::change(writer, &plan.joined, &plan.left).await?;
    conversations::left(writer, &plan.went()).await?;
    let moved: Vec<i64> = plan.moved().map(|user| user.0).collect();
    accounts::rooms_changed(writer, &moved).await
}

/// A session that ended meanwhile keeps no packets.
async fn packets(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.inbound.is_empty() {
        return Ok(());
    }
    type Kept<'a> = (&'a i64, &'a Packet);
    let column = |value: fn(Kept<'_>) -> i64| plan.inbound.iter().map(value).collect::<Vec<i64>>();
    let held: Vec<bool> = plan.inbound.values().map(|packet| packet.held).collect();
    let upsert = sqlx::query!(
        "insert into inbound (id, room_id, seq, held)
         select j.id, j.room_id, j.seq, j.held
         from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[]) j (id, room_id, seq, held)
         where exists (select 1 from session s where s.id = j.id >> 16)
         on conflict (id) do update set room_id = excluded.room_id, seq = excluded.seq, held = excluded.held",
        &column(|(id, _)| *id),
        &column(|(_, packet)| packet.room.0),
        &column(|(_, packet)| number(packet.seq.0)),
        &held
    );
    upsert.execute(writer.conn()?).await.map(drop).map_err(error)
}

async fn due(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.spoken.is_empty() {
        return Ok(());
    }
    let rooms: Vec<i64> = plan.spoken.keys().map(|room| room.0).collect();
    let firsts: Vec<i64> = plan.spoken.values().map(|(seq, _)| number(seq.0)).collect();
    for consumer in writer.consumers.clone() {
        let after = i64::try_from(consumer.after.as_millis()).unwrap_or(i64::MAX);
        let due: Vec<i64> = plan.spoken.values().map(|(_, at)| at.0.saturating_add(after)).collect();
        let insert = sqlx::query!(
            "insert into due (kind, room_id, from_seq, due_at)
             select $1, j.room_id, j.from_seq, j.due_at
             from unnest($2::bigint[], $3::bigint[], $4::bigint[]) j (room_id, from_seq, due_at)
             on conflict (kind, room_id) do nothing",
            i16::from(consumer.kind),
            &rooms,
            &firsts,
            &due
        );
        insert.execute(writer.conn()?).await.map_err(error)?;
    }
    Ok(())
}
