//! What the file knows about a batch: ends of rooms, keys, first sendings, members.

use super::{changes, deeds, mentions, pins};
use crate::chunks::{MANY, chunks};
use crate::failure::error;
use crate::writer::{Writer, json};
use crate::{keys, media};
use chat::{RoomId, Seq, Timestamp, UserId};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;
use store::plan::{Asked, DraftKey, Found, Known};
use store::seal::Voice;
use store::{Error, NewEntry, stored};

/// Reads what a batch asks about.
pub(super) async fn load(writer: &mut Writer, batch: &[&NewEntry]) -> Result<Known, Error> {
    let asked = Asked::by(batch);
    let heads = writer.heads.load(&mut writer.conn, asked.rooms.iter().copied()).await?;
    let voices = || asked.voices.iter().filter(|(room, _)| heads.contains_key(room)).copied();
    let keys = keys::load(&writer.keys, &mut writer.conn, voices()).await?;
    let silent: Vec<Voice> = voices().filter(|voice| !keys.contains_key(voice)).collect();
    let conn = &mut writer.conn;
    let mut known = Known {
        accounts: accounts(conn, &asked.users).await?,
        drafts: drafts(conn, &asked.drafts).await?,
        inbound: inbound(conn, &asked.packets).await?,
        aims: deeds::aims(conn, &asked).await?,
        named: mentions::named(conn, &asked.named).await?,
        pins: pins::load(conn, &asked.pinning).await?,
        media: media::there(conn, &asked.media).await?,
        portraits: media::owned(conn, &asked.portraits).await?,
        heads,
        keys,
        ..Known::default()
    };
    changes::load(conn, &asked, &mut known).await?;
    give_keys(writer, &mut known, &silent).await?;
    Ok(known)
}

/// Makes keys for those who speak in a room for the first time, if they have an account.
async fn give_keys(writer: &mut Writer, known: &mut Known, silent: &[Voice]) -> Result<(), Error> {
    if silent.is_empty() {
        return Ok(());
    }
    let silent: Vec<_> = silent.iter().map(|(room, sender)| (room.0, sender.0)).collect();
    let silent = json(&silent)?;
    let rows = sqlx::query!(
        r#"select r.id as "room_id!", a.id as "sender_id!", r.wrapped_key as "wrapped_key!"
               from json_each(?) j
               cross join room r on r.id = j.value ->> 0
               cross join account a on a.id = j.value ->> 1"#,
        silent
    );
    for row in rows.fetch_all(&mut writer.conn).await.map_err(error)? {
        let voice = (RoomId(row.room_id), UserId(row.sender_id));
        let (key, salt) = writer.keys.make(voice, row.wrapped_key)?;
        writer.will_know(voice, key.clone());
        known.keys.insert(voice, key);
        known.salts.push((voice, salt));
    }
    Ok(())
}

async fn accounts(conn: &mut SqliteConnection, users: &BTreeSet<UserId>) -> Result<HashSet<UserId>, Error> {
    if users.is_empty() {
        return Ok(HashSet::new());
    }
    let users = json(&users.iter().map(|user| user.0).collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"select a.id as "id!" from json_each(?) j cross join account a on a.id = j.value"#,
        users
    );
    Ok(rows.fetch_all(conn).await.map_err(error)?.into_iter().map(|row| UserId(row.id)).collect())
}

async fn inbound(conn: &mut SqliteConnection, ids: &BTreeSet<i64>) -> Result<HashMap<i64, Found>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = json(&ids)?;
    let rows = sqlx::query(
        "select i.id, m.room_id, m.seq, m.n, m.sender_id, m.kind, m.sent_at, m.body
         from json_each(?) j
         cross join inbound i on i.id = j.value
         cross join message m on m.room_id = i.room_id and m.seq = i.seq",
    );
    let rows = rows.bind(ids).fetch_all(conn).await.map_err(error)?;
    rows.iter().map(|row| Ok((row.try_get(0).map_err(error)?, found(row)?))).collect()
}

/// Looks drafts up by their whole key: many senders may use the same word, so the draft alone says little.
static BY_DRAFT: LazyLock<[String; MANY.len()]> = LazyLock::new(|| {
    MANY.map(|rows| {
        let values = vec!["(?,?,?)"; rows].join(",");
        format!(
            "with sent (draft, sender_id, room_id) as (values {values})
             select m.draft, m.room_id, m.seq, m.n, m.sender_id, m.kind, m.sent_at, m.body
             from sent cross join message m
             on m.draft = sent.draft and m.sender_id = sent.sender_id and m.room_id = sent.room_id"
        )
    })
});

async fn drafts(
    conn: &mut SqliteConnection,
    sent: &BTreeSet<DraftKey>,
) -> Result<HashMap<DraftKey, Found>, Error> {
    let sent: Vec<_> = sent.iter().collect();
    let mut known = HashMap::new();
    for (size, chunk) in chunks(&MANY, &sent) {
        let mut query = sqlx::query(BY_DRAFT[size].as_str());
        for (draft, sender, room) in chunk {
            query = query.bind(&draft[..]).bind(sender.0).bind(room.0);
        }
        for row in query.fetch_all(&mut *conn).await.map_err(error)? {
            let draft: Vec<u8> = row.try_get(0).map_err(error)?;
            let draft = draft.try_into().map_err(|_| stored::damaged("draft"))?;
            let found = found(&row)?;
            known.insert((draft, found.sender, found.room), found);
        }
    }
    Ok(known)
}

/// The columns after the first, which is what the entry was found by.
fn found(row: &SqliteRow) -> Result<Found, Error> {
    let number = |column: usize| row.try_get::<i64, _>(column).map_err(error);
    Ok(Found {
        room: RoomId(number(1)?),
        seq: Seq(number(2)?.cast_unsigned()),
        n: number(3)?.cast_unsigned(),
        sender: UserId(number(4)?),
        kind: number(5)?,
        at: Timestamp(number(6)?),
        body: row.try_get(7).map_err(error)?,
    })
}
