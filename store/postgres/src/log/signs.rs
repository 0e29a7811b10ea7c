//! Signs that people put to messages: who put which, and how many put each.

use crate::failure::error;
use crate::keys::places;
use crate::writer::Writer;
use chat::{RoomId, Seq, Sign, Timestamp, UserId};
use std::collections::{BTreeSet, HashMap};
use store::Error;
use store::plan::{Aim, EntryPlace, Plan, Standing};
use store::stored::{number, sign};

/// Adds to messages what signs they have, and which of them are theirs who ask.
pub(super) async fn load(
    writer: &mut Writer,
    signers: &BTreeSet<(EntryPlace, UserId)>,
    aims: &mut HashMap<EntryPlace, Aim>,
) -> Result<(), Error> {
    if signers.is_empty() {
        return Ok(());
    }
    counts(writer, signers, aims).await?;
    own(writer, signers, aims).await
}

async fn counts(
    writer: &mut Writer,
    signers: &BTreeSet<(EntryPlace, UserId)>,
    aims: &mut HashMap<EntryPlace, Aim>,
) -> Result<(), Error> {
    let messages: BTreeSet<EntryPlace> = signers.iter().map(|(message, _)| *message).collect();
    let (rooms, ofs) = places(&messages);
    let rows = sqlx::query!(
        "select s.room_id, s.of_seq, s.sign, s.people
         from unnest($1::bigint[], $2::bigint[]) j (room_id, of_seq)
         join signed s on s.room_id = j.room_id and s.of_seq = j.of_seq",
        &rooms,
        &ofs
    );
    for row in rows.fetch_all(writer.conn()?).await.map_err(error)? {
        if let Some(aim) = aims.get_mut(&place(row.room_id, row.of_seq)) {
            aim.signs.insert(sign(&row.sign)?, row.people.cast_unsigned());
        }
    }
    Ok(())
}

async fn own(
    writer: &mut Writer,
    signers: &BTreeSet<(EntryPlace, UserId)>,
    aims: &mut HashMap<EntryPlace, Aim>,
) -> Result<(), Error> {
    let (rooms, ofs) = places(signers.iter().map(|(message, _)| message));
    let users: Vec<i64> = signers.iter().map(|(_, user)| user.0).collect();
    let rows = sqlx::query!(
        "select s.room_id, s.of_seq, s.user_id, s.sign, m.seq, m.n, m.sent_at
         from unnest($1::bigint[], $2::bigint[], $3::bigint[]) j (room_id, of_seq, user_id)
         join sign s on s.room_id = j.room_id and s.of_seq = j.of_seq and s.user_id = j.user_id
         join message m on m.room_id = s.room_id and m.seq = s.seq",
        &rooms,
        &ofs,
        &users
    );
    for row in rows.fetch_all(writer.conn()?).await.map_err(error)? {
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

/// Somebody's sign at a message.
type Put = (EntryPlace, UserId, Sign);

/// Writes which signs stand after a batch, and how many people have put each.
pub(super) async fn write(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    if plan.signs.is_empty() {
        return Ok(());
    }
    let put: Vec<(&Put, Seq)> = plan.signs.iter().filter_map(|(put, seq)| Some((put, (*seq)?))).collect();
    let (rooms, ofs, users, signs) = columns(put.iter().map(|(put, _)| *put));
    let seqs: Vec<i64> = put.iter().map(|(_, seq)| number(seq.0)).collect();
    let upsert = sqlx::query!(
        "insert into sign (room_id, of_seq, user_id, sign, seq)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[])
         on conflict (room_id, of_seq, user_id, sign) do update set seq = excluded.seq",
        &rooms,
        &ofs,
        &users,
        &signs,
        &seqs
    );
    upsert.execute(writer.conn()?).await.map_err(error)?;
    let taken = plan.signs.iter().filter(|(_, seq)| seq.is_none()).map(|(put, _)| put);
    let (rooms, ofs, users, signs) = columns(taken);
    let delete = sqlx::query!(
        "delete from sign s
         using unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) j (room_id, of_seq, user_id, sign)
         where s.room_id = j.room_id and s.of_seq = j.of_seq and s.user_id = j.user_id and s.sign = j.sign",
        &rooms,
        &ofs,
        &users,
        &signs
    );
    delete.execute(writer.conn()?).await.map_err(error)?;
    signed(writer, plan).await
}

fn columns<'p>(put: impl Iterator<Item = &'p Put>) -> (Vec<i64>, Vec<i64>, Vec<i64>, Vec<String>) {
    let (mut rooms, mut ofs, mut users, mut signs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((room, of), user, sign) in put {
        rooms.push(room.0);
        ofs.push(number(of.0));
        users.push(user.0);
        signs.push(sign.as_str().to_owned());
    }
    (rooms, ofs, users, signs)
}

async fn signed(writer: &mut Writer, plan: &Plan<'_>) -> Result<(), Error> {
    let (rooms, ofs) = places(plan.signed.keys().map(|(message, _)| message));
    let signs: Vec<String> = plan.signed.keys().map(|(_, sign)| sign.as_str().to_owned()).collect();
    let people: Vec<i64> = plan.signed.values().map(|people| number(*people)).collect();
    let upsert = sqlx::query!(
        "insert into signed (room_id, of_seq, sign, people)
         select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) j (room_id, of_seq, sign, people)
         where j.people > 0
         on conflict (room_id, of_seq, sign) do update set people = excluded.people",
        &rooms,
        &ofs,
        &signs,
        &people
    );
    upsert.execute(writer.conn()?).await.map_err(error)?;
    let delete = sqlx::query!(
        "delete from signed s
         using unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) j (room_id, of_seq, sign, people)
         where s.room_id = j.room_id and s.of_seq = j.of_seq and s.sign = j.sign and j.people = 0",
        &rooms,
        &ofs,
        &signs,
        &people
    );
    delete.execute(writer.conn()?).await.map(drop).map_err(error)
}

fn place(room: i64, seq: i64) -> EntryPlace {
    (RoomId(room), Seq(seq.cast_unsigned()))
}
