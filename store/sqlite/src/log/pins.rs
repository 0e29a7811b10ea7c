//! What is pinned in rooms.

use crate::failure::error;
use crate::writer::{Writer, json, json_of};
use chat::{RoomId, Seq, Timestamp};
use sqlx::SqliteConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Error;
use store::lane::Writer as _;
use store::plan::{Plan, Standing};
use store::stored::number;

/// What is pinned in these rooms, and the entries that pinned it.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    rooms: &BTreeSet<RoomId>,
) -> Result<HashMap<RoomId, BTreeMap<Seq, Standing>>, Error> {
    let mut pins: HashMap<_, BTreeMap<_, _>> = rooms.iter().map(|room| (*room, BTreeMap::new())).collect();
    if pins.is_empty() {
        return Ok(pins);
    }
    let rooms = json_of(rooms)?;
    let rows = sqlx::query!(
        r#"select p.room_id as "room_id!", p.of_seq as "of_seq!", m.seq as "seq!", m.n as "n!", m.sent_at as "sent_at!"
           from json_each(?) j
           cross join pin p on p.room_id = j.value
           cross join message m on m.room_id = p.room_id and m.seq = p.seq"#,
        rooms
    );
    for row in rows.fetch_all(conn).await.map_err(error)? {
        let standing = Standing {
            seq: Seq(row.seq.cast_unsigned()),
            n: row.n.cast_unsigned(),
            at: Timestamp(row.sent_at),
        };
        pins.entry(RoomId(row.room_id)).or_default().insert(Seq(row.of_seq.cast_unsigned()), standing);
    }
    Ok(pins)
}

/// Writes what is pinned after a batch, and what is no longer.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.pins.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let (mut pinned, mut taken) = (Vec::new(), Vec::new());
    for ((room, of), seq) in &plan.pins {
        match seq {
            Some(seq) => pinned.push((room.0, number(of.0), number(seq.0))),
            None => taken.push((room.0, number(of.0))),
        }
    }
    let (pinned, taken) = (json(&pinned)?, json(&taken)?);
    let upsert = sqlx::query!(
        "insert into pin (room_id, of_seq, seq)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2 from json_each(?) j where true
         on conflict (room_id, of_seq) do update set seq = excluded.seq",
        pinned
    );
    upsert.execute(&mut writer.conn).await.map_err(error)?;
    let delete = sqlx::query!(
        "delete from pin where (room_id, of_seq) in
         (select j.value ->> 0, j.value ->> 1 from json_each(?) j)",
        taken
    );
    delete.execute(&mut writer.conn).await.map(drop).map_err(error)
}
