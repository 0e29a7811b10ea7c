//! What the tables know about a batch: ends of rooms, keys, first sendings, members.

use super::{changes, deeds, mentions, pins};
use crate::failure::error;
use crate::keys::{self, pairs};
use crate::media;
use crate::writer::Writer;
use chat::{RoomId, Seq, Timestamp, UserId};
use std::collections::{BTreeSet, HashMap, HashSet};
use store::plan::{Asked, DraftKey, Found, Head, Known};
use store::seal::Voice;
use store::{Error, NewEntry};
use uuid::Uuid;

/// Reads what a batch asks about. The rooms come first, and are locked: what is read after that was written before by
/// whoever had them.
pub(super) async fn load(writer: &mut Writer, batch: &[&NewEntry]) -> Result<Known, Error> {
    let asked = Asked::by(batch);
    let heads = heads(writer, &asked.rooms).await?;
    let voices = || asked.voices.iter().filter(|(room, _)| heads.contains_key(room)).copied();
    let ring = writer.keys.clone();
    let keys = keys::load(&ring, writer.conn()?, voices()).await?;
    let silent: Vec<Voice> = voices().filter(|voice| !keys.contains_key(voice)).collect();
    let mut known = Known {
        accounts: accounts(writer, &asked.users).await?,
        drafts: drafts(writer, &asked.drafts).await?,
        inbound: inbound(writer, &asked.packets).await?,
        aims: deeds::aims(writer, &asked).await?,
        named: mentions::named(writer, &asked.named).await?,
        pins: pins::load(writer, &asked.pinning).await?,
        media: media::there(writer, &asked.media).await?,
        portraits: media::owned(writer, &asked.portraits).await?,
        heads,
        keys,
        ..Known::default()
    };
    changes::load(writer, &asked, &mut known).await?;
    give_keys(writer, &mut known, &silent).await?;
    Ok(known)
}

/// Locks rooms in the order of their ids, in a statement of its own: the next one then sees all that the last holder
/// of a room wrote, and two who want the same rooms never wait for each other.
async fn heads(writer: &mut Writer, rooms: &BTreeSet<RoomId>) -> Result<HashMap<RoomId, Head>, Error> {
    let rooms: Vec<i64> = rooms.iter().map(|room| room.0).collect();
    let rows = sqlx::query!(
        "select id, rules_version, last_seq, last_n, last_told, member_count from room
         where id = any($1) order by id for no key update",
        &rooms
    );
    let rows = rows.fetch_all(writer.conn()?).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| {
            let end = [row.last_seq, row.last_n, row.last_told];
            (RoomId(row.id), Head::stored(row.rules_version, end, row.member_count))
        })
        .collect())
}

/// Makes keys for those who speak in a room for the first time, if they have an account.
async fn give_keys(writer: &mut Writer, known: &mut Known, silent: &[Voice]) -> Result<(), Error> {
    if silent.is_empty() {
        return Ok(());
    }
    let (rooms, senders) = pairs(silent);
    let rows = sqlx::query!(
        "select r.id as room_id, a.id as sender_id, r.wrapped_key
         from unnest($1::bigint[], $2::bigint[]) j (room_id, sender_id)
         join room r on r.id = j.room_id join account a on a.id = j.sender_id",
        &rooms,
        &senders
    );
    for row in rows.fetch_all(writer.conn()?).await.map_err(error)? {
        let voice = (RoomId(row.room_id), UserId(row.sender_id));
        let (key, salt) = writer.keys.make(voice, row.wrapped_key)?;
        writer.will_know(voice, key.clone());
        known.keys.insert(voice, key);
        known.salts.push((voice, salt));
    }
    Ok(())
}

async fn accounts(writer: &mut Writer, users: &BTreeSet<UserId>) -> Result<HashSet<UserId>, Error> {
    if users.is_empty() {
        return Ok(HashSet::new());
    }
    let users: Vec<i64> = users.iter().map(|user| user.0).collect();
    let rows = sqlx::query_scalar!("select id from account where id = any($1)", &users);
    Ok(rows.fetch_all(writer.conn()?).await.map_err(error)?.into_iter().map(UserId).collect())
}

async fn inbound(writer: &mut Writer, ids: &BTreeSet<i64>) -> Result<HashMap<i64, Found>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<i64> = ids.iter().copied().collect();
    let rows = sqlx::query!(
        "select i.id, m.room_id, m.seq, m.n, m.sender_id, m.kind, m.sent_at, m.body
         from inbound i join message m on m.room_id = i.room_id and m.seq = i.seq
         where i.id = any($1)",
        &ids
    );
    let rows = rows.fetch_all(writer.conn()?).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| {
            let place = (row.room_id, row.seq, row.n);
            (row.id, found(place, row.sender_id, (row.kind, row.sent_at), row.body))
        })
        .collect())
}

/// By the whole key: many senders may use the same word, so the draft alone says little.
async fn drafts(writer: &mut Writer, sent: &BTreeSet<DraftKey>) -> Result<HashMap<DraftKey, Found>, Error> {
    if sent.is_empty() {
        return Ok(HashMap::new());
    }
    let drafts: Vec<Uuid> = sent.iter().map(|(draft, ..)| Uuid::from_bytes(*draft)).collect();
    let senders: Vec<i64> = sent.iter().map(|(_, sender, _)| sender.0).collect();
    let rooms: Vec<i64> = sent.iter().map(|(.., room)| room.0).collect();
    let rows = sqlx::query!(
        r#"select m.draft as "draft!", m.room_id, m.seq, m.n, m.sender_id, m.kind, m.sent_at, m.body
           from unnest($1::uuid[], $2::bigint[], $3::bigint[]) j (draft, sender_id, room_id)
           join message m on m.draft = j.draft and m.sender_id = j.sender_id and m.room_id = j.room_id
           where m.draft is not null"#,
        &drafts,
        &senders,
        &rooms
    );
    let rows = rows.fetch_all(writer.conn()?).await.map_err(error)?.into_iter();
    Ok(rows
        .map(|row| {
            let place = (row.room_id, row.seq, row.n);
            let found = found(place, row.sender_id, (row.kind, row.sent_at), row.body);
            ((*row.draft.as_bytes(), found.sender, found.room), found)
        })
        .collect())
}

fn found((room, seq, n): (i64, i64, i64), sender: i64, (kind, at): (i16, i64), body: Vec<u8>) -> Found {
    Found {
        room: RoomId(room),
        seq: Seq(seq.cast_unsigned()),
        n: n.cast_unsigned(),
        sender: UserId(sender),
        kind: i64::from(kind),
        at: Timestamp(at),
        body,
    }
}
