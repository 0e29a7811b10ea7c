//! What the tables know of messages to which something is done, and what a batch changes about them.

use super::{counts, mentions, pins, signs};
use crate::failure::error;
use crate::keys::places;
use crate::media;
use crate::writer::Writer;
use chat::{RoomId, Seq, Timestamp, UserId};
use std::collections::HashMap;
use store::Error;
use store::plan::{About, Aim, Asked, EntryPlace, Plan};
use store::stored::{kind, number};

/// What stands at the places that are asked for, and what was done to it.
pub(super) async fn aims(writer: &mut Writer, asked: &Asked) -> Result<HashMap<EntryPlace, Aim>, Error> {
    if asked.aims.is_empty() {
        return Ok(HashMap::new());
    }
    let (rooms, seqs) = places(&asked.aims);
    let rows = sqlx::query!(
        r#"select m.room_id, m.seq, m.sender_id, m.kind, m.sent_at, m.expires_at, e.seq as "edit?"
           from unnest($1::bigint[], $2::bigint[]) j (room_id, seq)
           join message m on m.room_id = j.room_id and m.seq = j.seq
           left join edit e on e.room_id = m.room_id and e.of_seq = m.seq
           order by m.room_id, m.seq, e.seq"#,
        &rooms,
        &seqs
    );
    let mut aims = HashMap::new();
    for row in rows.fetch_all(writer.conn()?).await.map_err(error)? {
        let place = (RoomId(row.room_id), Seq(row.seq.cast_unsigned()));
        let (sender, expires_at) = (UserId(row.sender_id), row.expires_at.map(Timestamp));
        let kind = kind(i64::from(row.kind))?;
        let untouched = Aim::untouched(sender, kind, Timestamp(row.sent_at), expires_at);
        let aim = aims.entry(place).or_insert(untouched);
        aim.edits.extend(row.edit.map(|seq| Seq(seq.cast_unsigned())));
    }
    signs::load(writer, &asked.signers, &mut aims).await?;
    Ok(aims)
}

/// Writes which entries are edits and answers, which signs and pins stand, whom messages call and which uploads they show, and
/// empties what was taken back.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    edits(writer, &plan.edits).await?;
    replies(writer, &plan.replies).await?;
    signs::write(writer, plan).await?;
    counts::write(writer, plan).await?;
    pins::write(writer, plan).await?;
    mentions::write(writer, plan).await?;
    media::write(writer, plan).await?;
    erase(writer, &plan.erased).await
}

async fn edits(writer: &mut Writer, edits: &[About]) -> Result<(), Error> {
    if edits.is_empty() {
        return Ok(());
    }
    let (rooms, ofs, seqs) = triples(edits);
    let insert = sqlx::query!(
        "insert into edit (room_id, of_seq, seq) select * from unnest($1::bigint[], $2::bigint[], $3::bigint[])",
        &rooms,
        &ofs,
        &seqs
    );
    insert.execute(writer.conn()?).await.map(drop).map_err(error)
}

async fn replies(writer: &mut Writer, replies: &[About]) -> Result<(), Error> {
    if replies.is_empty() {
        return Ok(());
    }
    let (rooms, ofs, seqs) = triples(replies);
    let insert = sqlx::query!(
        "insert into reply (room_id, of_seq, seq) select * from unnest($1::bigint[], $2::bigint[], $3::bigint[])",
        &rooms,
        &ofs,
        &seqs
    );
    insert.execute(writer.conn()?).await.map(drop).map_err(error)
}

/// Empties bodies. The row as it was, sealed, lies in the table until PostgreSQL's vacuum takes it. Kinds below 31 are
/// messages, and 31 is what a recall leaves of one.
async fn erase(writer: &mut Writer, erased: &[EntryPlace]) -> Result<(), Error> {
    if erased.is_empty() {
        return Ok(());
    }
    let (rooms, seqs) = places(erased);
    let update = sqlx::query!(
        "update message m set body = '', kind = case when m.kind < 31 then 31 else m.kind end
         from unnest($1::bigint[], $2::bigint[]) j (room_id, seq)
         where m.room_id = j.room_id and m.seq = j.seq",
        &rooms,
        &seqs
    );
    update.execute(writer.conn()?).await.map(drop).map_err(error)
}

fn triples(about: &[About]) -> (Vec<i64>, Vec<i64>, Vec<i64>) {
    let column = |value: fn(&About) -> i64| about.iter().map(value).collect();
    (column(|one| one.room.0), column(|one| number(one.of.0)), column(|one| number(one.seq.0)))
}
