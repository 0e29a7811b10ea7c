//! What the file knows of messages to which something is done, and what a batch changes about them.

use super::{counts, mentions, pins, signs};
use crate::failure::error;
use crate::media;
use crate::writer::{Writer, json};
use chat::{RoomId, Seq, Timestamp, UserId};
use sqlx::SqliteConnection;
use std::collections::HashMap;
use store::Error;
use store::lane::Writer as _;
use store::plan::{About, Aim, Asked, EntryPlace, Plan};
use store::stored::{kind, number};

/// What stands at the places that are asked for, and what was done to it.
pub(super) async fn aims(
    conn: &mut SqliteConnection,
    asked: &Asked,
) -> Result<HashMap<EntryPlace, Aim>, Error> {
    if asked.aims.is_empty() {
        return Ok(HashMap::new());
    }
    let mut aims = targets(conn, &json(&pairs(asked.aims.iter()))?).await?;
    signs::load(conn, &asked.signers, &mut aims).await?;
    Ok(aims)
}

async fn targets(conn: &mut SqliteConnection, places: &str) -> Result<HashMap<EntryPlace, Aim>, Error> {
    let rows = sqlx::query!(
        r#"select m.room_id as "room_id!", m.seq as "seq!", m.sender_id as "sender_id!", m.kind as "kind!",
                  m.sent_at as "sent_at!", m.expires_at, e.seq as "edit?"
           from json_each(?) j
           cross join message m on m.room_id = j.value ->> 0 and m.seq = j.value ->> 1
           left join edit e on e.room_id = m.room_id and e.of_seq = m.seq"#,
        places
    );
    let mut aims = HashMap::new();
    for row in rows.fetch_all(conn).await.map_err(error)? {
        let place = (RoomId(row.room_id), Seq(row.seq.cast_unsigned()));
        let (sender, expires_at) = (UserId(row.sender_id), row.expires_at.map(Timestamp));
        let untouched = Aim::untouched(sender, kind(row.kind)?, Timestamp(row.sent_at), expires_at);
        let aim = aims.entry(place).or_insert(untouched);
        aim.edits.extend(row.edit.map(|seq| Seq(seq.cast_unsigned())));
    }
    Ok(aims)
}

/// Writes which entries are edits and answers, which signs and pins stand, whom messages call and which uploads they show, and
/// empties what was taken back.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    edits(writer, plan).await?;
    replies(writer, plan).await?;
    signs::write(writer, plan).await?;
    counts::write(writer, plan).await?;
    pins::write(writer, plan).await?;
    mentions::write(writer, plan).await?;
    media::write(writer, plan).await?;
    erase(writer, plan).await
}

async fn edits(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.edits.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let edits = json(&triples(&plan.edits))?;
    let insert = sqlx::query!(
        "insert into edit (room_id, of_seq, seq)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2 from json_each(?) j",
        edits
    );
    insert.execute(&mut writer.conn).await.map(drop).map_err(error)
}

async fn replies(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.replies.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let replies = json(&triples(&plan.replies))?;
    let insert = sqlx::query!(
        "insert into reply (room_id, of_seq, seq)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2 from json_each(?) j",
        replies
    );
    insert.execute(&mut writer.conn).await.map(drop).map_err(error)
}

/// Empties bodies, and what is left of their pages: SQLite would keep the bytes until it needs the place. Kinds below
/// 31 are messages, and 31 is what a recall leaves of one.
async fn erase(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.erased.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let places = json(&pairs(plan.erased.iter()))?;
    writer.run("pragma secure_delete = on").await.map_err(error)?;
    let update = sqlx::query!(
        "update message set body = x'', kind = case when kind < 31 then 31 else kind end
         where id in (select m.id from json_each(?) j
                      cross join message m on m.room_id = j.value ->> 0 and m.seq = j.value ->> 1)",
        places
    );
    let updated = update.execute(&mut writer.conn).await.map(drop).map_err(error);
    writer.run("pragma secure_delete = off").await.map_err(error)?;
    updated
}

fn triples(about: &[About]) -> Vec<(i64, i64, i64)> {
    about.iter().map(|one| (one.room.0, number(one.of.0), number(one.seq.0))).collect()
}

pub(super) fn pairs<'p>(places: impl Iterator<Item = &'p EntryPlace>) -> Vec<(i64, i64)> {
    places.map(|(room, seq)| (room.0, number(seq.0))).collect()
}
