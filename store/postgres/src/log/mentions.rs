//! Whom messages call.

use crate::failure::error;
use crate::keys::places;
use crate::writer::Writer;
use chat::{Handle, RoomId, UserId};
use std::collections::{BTreeSet, HashMap};
use store::Error;
use store::plan::Plan;
use store::stored::{handle, number};

/// Who of those that are called by name is a member.
pub(super) async fn named(
    writer: &mut Writer,
    named: &BTreeSet<(RoomId, Handle)>,
) -> Result<HashMap<(RoomId, Handle), UserId>, Error> {
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let rooms: Vec<i64> = named.iter().map(|(room, _)| room.0).collect();
    let handles: Vec<String> = named.iter().map(|(_, who)| who.to_string()).collect();
    let rows = sqlx::query!(
        "select m.room_id, m.handle, m.user_id
         from unnest($1::bigint[], $2::text[]) j (room_id, handle)
         join membership m on m.room_id = j.room_id and m.handle = j.handle and m.to_seq is null",
        &rooms,
        &handles
    );
    let rows = rows.fetch_all(writer.conn()?).await.map_err(error)?;
    rows.into_iter()
        .map(|row| Ok(((RoomId(row.room_id), handle(&row.handle)?), UserId(row.user_id))))
        .collect()
}

/// Writes whom messages call after a batch.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if !plan.uncalled.is_empty() {
        let (rooms, seqs) = places(&plan.uncalled);
        let delete = sqlx::query!(
            "delete from mention m using unnest($1::bigint[], $2::bigint[]) j (room_id, seq)
             where m.room_id = j.room_id and m.seq = j.seq",
            &rooms,
            &seqs
        );
        delete.execute(writer.conn()?).await.map_err(error)?;
    }
    if plan.called.is_empty() {
        return Ok(());
    }
    let called = plan.called.iter();
    let rows =
        called.flat_map(|((room, seq), users)| users.iter().map(|user| (user.0, room.0, number(seq.0))));
    let rows: Vec<(i64, i64, i64)> = rows.collect();
    let column = |value: fn(&(i64, i64, i64)) -> i64| rows.iter().map(value).collect::<Vec<i64>>();
    let insert = sqlx::query!(
        "insert into mention (user_id, room_id, seq) select * from unnest($1::bigint[], $2::bigint[], $3::bigint[])",
        &column(|(user, ..)| *user),
        &column(|(_, room, _)| *room),
        &column(|(.., seq)| *seq)
    );
    insert.execute(writer.conn()?).await.map(drop).map_err(error)
}
