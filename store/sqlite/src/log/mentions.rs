//! Whom messages call.

use super::deeds::pairs;
use crate::failure::error;
use crate::writer::{Writer, json};
use chat::{Handle, RoomId, UserId};
use sqlx::SqliteConnection;
use std::collections::{BTreeSet, HashMap};
use store::Error;
use store::lane::Writer as _;
use store::plan::Plan;
use store::stored::{handle, number};

/// Who of those that are called by name is a member.
pub(super) async fn named(
    conn: &mut SqliteConnection,
    named: &BTreeSet<(RoomId, Handle)>,
) -> Result<HashMap<(RoomId, Handle), UserId>, Error> {
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let named: Vec<_> = named.iter().map(|(room, who)| (room.0, who.as_str())).collect();
    let named = json(&named)?;
    let rows = sqlx::query!(
        r#"select m.room_id as "room_id!", m.handle as "handle!", m.user_id as "user_id!"
           from json_each(?) j
           cross join membership m on m.room_id = j.value ->> 0 and m.handle = j.value ->> 1 and m.to_seq is null"#,
        named
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?;
    rows.into_iter()
        .map(|row| Ok(((RoomId(row.room_id), handle(&row.handle)?), UserId(row.user_id))))
        .collect()
}

/// Writes whom messages call after a batch.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if !plan.uncalled.is_empty() {
        writer.begin().await?;
        let places = json(&pairs(plan.uncalled.iter()))?;
        let delete = sqlx::query!(
            "delete from mention where (room_id, seq) in (select j.value ->> 0, j.value ->> 1 from json_each(?) j)",
            places
        );
        delete.execute(&mut writer.conn).await.map_err(error)?;
    }
    if plan.called.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let called = plan.called.iter();
    let rows =
        called.flat_map(|((room, seq), users)| users.iter().map(|user| (user.0, room.0, number(seq.0))));
    let rows = json(&rows.collect::<Vec<_>>())?;
    let insert = sqlx::query!(
        "insert into mention (user_id, room_id, seq)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2 from json_each(?) j",
        rows
    );
    insert.execute(&mut writer.conn).await.map(drop).map_err(error)
}
