//! Signs that people put to messages: who put which, and how many put each.

use crate::failure::error;
use crate::writer::{Writer, json};
use chat::{RoomId, Seq, Timestamp, UserId};
use sqlx::SqliteConnection;
use std::collections::{BTreeSet, HashMap};
use store::Error;
use store::lane::Writer as _;
use store::plan::{Aim, EntryPlace, Plan, Standing};
use store::stored::{number, sign};

/// Adds to messages what signs they have, and which of them are theirs who ask.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    signers: &BTreeSet<(EntryPlace, UserId)>,
    aims: &mut HashMap<EntryPlace, Aim>,
) -> Result<(), Error> {
    if signers.is_empty() {
        return Ok(());
    }
    let asked: Vec<_> = signers.iter().map(|((room, seq), user)| (room.0, number(seq.0), user.0)).collect();
    let asked = json(&asked)?;
    counts(conn, &asked, aims).await?;
    own(conn, &asked, aims).await
}

async fn counts(
    conn: &mut SqliteConnection,
    asked: &str,
    aims: &mut HashMap<EntryPlace, Aim>,
) -> Result<(), Error> {
    let rows = sqlx::query!(
        r#"select s.room_id as "room_id!", s.of_seq as "of_seq!", s.sign as "sign!", s.people as "people!"
           from json_each(?) j
           cross join signed s on s.room_id = j.value ->> 0 and s.of_seq = j.value ->> 1"#,
        asked
    );
    for row in rows.fetch_all(conn).await.map_err(error)? {
        if let Some(aim) = aims.get_mut(&place(row.room_id, row.of_seq)) {
            aim.signs.insert(sign(&row.sign)?, row.people.cast_unsigned());
        }
    }
    Ok(())
}

async fn own(
    conn: &mut SqliteConnection,
    asked: &str,
    aims: &mut HashMap<EntryPlace, Aim>,
) -> Result<(), Error> {
    let rows = sqlx::query!(
        r#"select s.room_id as "room_id!", s.of_seq as "of_seq!", s.user_id as "user_id!", s.sign as "sign!",
                  m.seq as "seq!", m.n as "n!", m.sent_at as "sent_at!"
           from json_each(?) j
           cross join sign s on s.room_id = j.value ->> 0 and s.of_seq = j.value ->> 1 and s.user_id = j.value ->> 2
           cross join message m on m.room_id = s.room_id and m.seq = s.seq"#,
        asked
    );
    for row in rows.fetch_all(conn).await.map_err(error)? {
        if let Some(aim) = aims.get_mut(&place(row.room_id, row.of_seq)) {
            let standing = Standing {
                seq: Seq(row.seq.cast_unsigned()),
                n: row.n.cast_unsigned(),
                at: Timestamp(row.sent_at),
            };
            aim.own.entry(UserId(row.user_id)).or_default().insert(sign(&row.sign)?, standing);
        }
    }
    Ok(())
}

/// Writes which signs stand after a batch, and how many people have put each.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.signs.is_empty() {
        return Ok(());
    }
    writer.begin().await?;
    let (mut put, mut taken) = (Vec::new(), Vec::new());
    for (((room, of), user, sign), seq) in &plan.signs {
        match seq {
            Some(seq) => put.push((room.0, number(of.0), user.0, sign.as_str(), number(seq.0))),
            None => taken.push((room.0, number(of.0), user.0, sign.as_str())),
        }
    }
    let (put, taken) = (json(&put)?, json(&taken)?);
    let upsert = sqlx::query!(
        "insert into sign (room_id, of_seq, user_id, sign, seq)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4 from json_each(?) j where true
         on conflict (room_id, of_seq, user_id, sign) do update set seq = excluded.seq",
        put
    );
    upsert.execute(&mut writer.conn).await.map_err(error)?;
    let delete = sqlx::query!(
        "delete from sign where (room_id, of_seq, user_id, sign) in
         (select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 from json_each(?) j)",
        taken
    );
    delete.execute(&mut writer.conn).await.map_err(error)?;
    signed(writer, plan).await
}

async fn signed(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let signed: Vec<_> = plan
        .signed
        .iter()
        .map(|(((room, of), sign), people)| (room.0, number(of.0), sign.as_str(), number(*people)))
        .collect();
    let signed = json(&signed)?;
    let upsert = sqlx::query!(
        "insert into signed (room_id, of_seq, sign, people)
         select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 from json_each(?) j
         where j.value ->> 3 > 0
         on conflict (room_id, of_seq, sign) do update set people = excluded.people",
        signed
    );
    upsert.execute(&mut writer.conn).await.map_err(error)?;
    let delete = sqlx::query!(
        "delete from signed where (room_id, of_seq, sign) in
         (select j.value ->> 0, j.value ->> 1, j.value ->> 2 from json_each(?) j where j.value ->> 3 = 0)",
        signed
    );
    delete.execute(&mut writer.conn).await.map(drop).map_err(error)
}

fn place(room: i64, seq: i64) -> EntryPlace {
    (RoomId(room), Seq(seq.cast_unsigned()))
}
