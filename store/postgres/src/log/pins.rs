//! What is pinned in rooms.

use crate::failure::error;
use crate::keys::places;
use crate::writer::Writer;
use chat::{RoomId, Seq, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Error;
use store::plan::{EntryPlace, Plan, Standing};
use store::stored::number;

/// What is pinned in these rooms, and the entries that pinned it.
pub(super) async fn load(
    writer: &mut Writer,
    rooms: &BTreeSet<RoomId>,
) -> Result<HashMap<RoomId, BTreeMap<Seq, Standing>>, Error> {
    let mut pins: HashMap<_, BTreeMap<_, _>> = rooms.iter().map(|room| (*room, BTreeMap::new())).collect();
    if pins.is_empty() {
        return Ok(pins);
    }
    let rooms: Vec<i64> = rooms.iter().map(|room| room.0).collect();
    let rows = sqlx::query!(
        "select p.room_id, p.of_seq, m.seq, m.n, m.sent_at
         from pin p join message m on m.room_id = p.room_id and m.seq = p.seq where p.room_id = any($1)",
        &rooms
    );
    for row in rows.fetch_all(writer.conn()?).await.map_err(error)? {
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
    let pinned = plan.pins.iter().filter_map(|(place, seq)| Some((*place, (*seq)?)));
    let (pinned, by): (Vec<EntryPlace>, Vec<i64>) = pinned.map(|(place, seq)| (place, number(seq.0))).unzip();
    let (rooms, ofs) = places(&pinned);
    let upsert = sqlx::query!(
        "insert into pin (room_id, of_seq, seq) select * from unnest($1::bigint[], $2::bigint[], $3::bigint[])
         on conflict (room_id, of_seq) do update set seq = excluded.seq",
        &rooms,
        &ofs,
        &by
    );
    upsert.execute(writer.conn()?).await.map_err(error)?;
    let (rooms, ofs) = places(plan.pins.iter().filter(|(_, seq)| seq.is_none()).map(|(place, _)| place));
    let delete = sqlx::query!(
        "delete from pin p using unnest($1::bigint[], $2::bigint[]) j (room_id, of_seq)
         where p.room_id = j.room_id and p.of_seq = j.of_seq",
        &rooms,
        &ofs
    );
    delete.execute(writer.conn()?).await.map(drop).map_err(error)
}
