//! What the file knows about a batch: ends of rooms, keys, first sendings, members.

use crate::failure::error;
use crate::heads::Head;
use crate::keys::Voice;
use crate::log::rows::{CHUNKS, chunks};
use crate::writer::{Writer, json};
use chat::{Act, Kind, RoomId, Seq, Timestamp, UserId};
use sqlx::{FromRow as _, Row as _, SqliteConnection, sqlite::SqliteRow};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};
use store::seal::{Place, SenderKey, new_salt, open_content, unpack_fact};
use store::{Error, NewAct, NewEntry, Resend};

/// A draft in its room, from its sender.
pub(super) type DraftKey = ([u8; 16], UserId, RoomId);

/// What is known before the first entry is judged.
pub(super) struct Earlier {
    pub(super) heads: HashMap<RoomId, Head>,
    pub(super) keys: HashMap<Voice, Arc<SenderKey>>,
    /// Salts that this batch writes, as hexadecimal: room and sender who speaks there for the first time.
    pub(super) salts: Vec<(i64, i64, String)>,
    pub(super) drafts: HashMap<DraftKey, Found>,
    pub(super) inbound: HashMap<i64, Found>,
    /// Where running memberships of those who come or go began.
    pub(super) members: HashMap<Voice, Seq>,
    /// Which of those who come, or say who comes and goes, have an account.
    pub(super) accounts: HashSet<UserId>,
}

/// An entry that is in the log already.
#[derive(Clone, sqlx::FromRow)]
pub(super) struct Found {
    room_id: i64,
    seq: i64,
    n: i64,
    sender_id: i64,
    kind: i64,
    sent_at: i64,
    body: Vec<u8>,
}

impl Found {
    pub(super) fn seq(&self) -> Seq {
        Seq(self.seq.cast_unsigned())
    }

    pub(super) fn n(&self) -> u64 {
        self.n.cast_unsigned()
    }

    pub(super) fn room(&self) -> RoomId {
        RoomId(self.room_id)
    }

    pub(super) fn at(&self) -> Timestamp {
        Timestamp(self.sent_at)
    }

    /// Whether it says what this entry wants to say. What can't be opened says something else.
    pub(super) fn says(&self, entry: &NewEntry, keys: &HashMap<Voice, Arc<SenderKey>>) -> bool {
        let Some(kind) = u8::try_from(self.kind).ok().and_then(Kind::from_number) else { return false };
        let voice = (RoomId(self.room_id), UserId(self.sender_id));
        if voice != (entry.room, entry.sender) {
            return false;
        }
        match &entry.act {
            NewAct::Say(content) => {
                let place = Place { room: voice.0, seq: self.seq(), sender: voice.1, kind };
                let opened = keys.get(&voice).map(|key| open_content(key, place, self.body.clone()));
                matches!(opened, Some(Ok(found)) if found == *content)
            }
            NewAct::Join { who, .. } => self.tells(kind, &Act::Joined { who: who.clone() }),
            NewAct::Leave { who, .. } => self.tells(kind, &Act::Left { who: who.clone() }),
        }
    }

    fn tells(&self, kind: Kind, act: &Act) -> bool {
        matches!(unpack_fact(kind, &self.body), Ok(Some(found)) if found == *act)
    }
}

impl Earlier {
    pub(super) async fn load(writer: &mut Writer, batch: &[&NewEntry]) -> Result<Earlier, Error> {
        let heads = writer.heads.load(&mut writer.conn, batch.iter().map(|entry| entry.room)).await?;
        let voices =
            || batch.iter().filter(|entry| heads.contains_key(&entry.room)).filter_map(|entry| voice(entry));
        let keys = writer.keys.load(&mut writer.conn, voices()).await?;
        let silent: HashSet<Voice> = voices().filter(|voice| !keys.contains_key(voice)).collect();
        let users =
            batch.iter().flat_map(|entry| must_exist(entry)).chain(silent.iter().map(|voice| voice.1));
        let accounts = accounts(&mut writer.conn, users).await?;
        let mut earlier = Earlier {
            drafts: drafts(&mut writer.conn, batch).await?,
            inbound: inbound(&mut writer.conn, batch).await?,
            members: members(&mut writer.conn, batch).await?,
            salts: Vec::new(),
            heads,
            keys,
            accounts,
        };
        earlier.give_keys(writer, silent).await?;
        Ok(earlier)
    }

    /// Makes keys for those who speak in a room for the first time, if they have an account.
    async fn give_keys(&mut self, writer: &mut Writer, silent: HashSet<Voice>) -> Result<(), Error> {
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
            let salt = new_salt()?;
            let key = Arc::new(writer.keys.room(voice.0, row.wrapped_key)?.sender_key(&salt, voice.1)?);
            writer.will_know(voice, key.clone());
            self.keys.insert(voice, key);
            self.salts.push((row.room_id, row.sender_id, hex(&salt)));
        }
        Ok(())
    }
}

/// JSON has no bytes.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn voice(entry: &NewEntry) -> Option<Voice> {
    matches!(entry.act, NewAct::Say(_)).then_some((entry.room, entry.sender))
}

/// Whose account has to be there: who comes in, and who says so. One who speaks is known by their key.
fn must_exist(entry: &NewEntry) -> impl Iterator<Item = UserId> {
    let (sender, comer) = match entry.act {
        NewAct::Say(_) => (None, None),
        NewAct::Join { user, .. } => (Some(entry.sender), Some(user)),
        NewAct::Leave { .. } => (Some(entry.sender), None),
    };
    sender.into_iter().chain(comer)
}

async fn accounts(
    conn: &mut SqliteConnection,
    users: impl Iterator<Item = UserId>,
) -> Result<HashSet<UserId>, Error> {
    let users: HashSet<i64> = users.map(|user| user.0).collect();
    if users.is_empty() {
        return Ok(HashSet::new());
    }
    let users = json(&users)?;
    let rows = sqlx::query!(
        r#"select a.id as "id!" from json_each(?) j cross join account a on a.id = j.value"#,
        users
    );
    Ok(rows.fetch_all(conn).await.map_err(error)?.into_iter().map(|row| UserId(row.id)).collect())
}

async fn members(conn: &mut SqliteConnection, batch: &[&NewEntry]) -> Result<HashMap<Voice, Seq>, Error> {
    let moving = batch.iter().filter_map(|entry| match entry.act {
        NewAct::Join { user, .. } | NewAct::Leave { user, .. } => Some((entry.room.0, user.0)),
        NewAct::Say(_) => None,
    });
    let moving: HashSet<(i64, i64)> = moving.collect();
    if moving.is_empty() {
        return Ok(HashMap::new());
    }
    let moving = json(&moving)?;
    let rows = sqlx::query!(
        r#"select m.room_id as "room_id!", m.user_id as "user_id!", m.from_seq as "from_seq!"
           from json_each(?) j
           cross join membership m on m.room_id = j.value ->> 0 and m.user_id = j.value ->> 1 and m.to_seq is null"#,
        moving
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?;
    Ok(rows
        .into_iter()
        .map(|row| ((RoomId(row.room_id), UserId(row.user_id)), Seq(row.from_seq.cast_unsigned())))
        .collect())
}

async fn inbound(conn: &mut SqliteConnection, batch: &[&NewEntry]) -> Result<HashMap<i64, Found>, Error> {
    let resent =
        batch.iter().filter_map(|entry| entry.inbound).filter(|inbound| inbound.resend != Resend::New);
    let ids: Vec<i64> =
        resent.map(|inbound| crate::session::inbound_id(inbound.session, inbound.packet_id)).collect();
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
static BY_DRAFT: LazyLock<[String; CHUNKS.len()]> = LazyLock::new(|| {
    CHUNKS.map(|rows| {
        let values = vec!["(?,?,?)"; rows].join(",");
        format!(
            "with sent (draft, sender_id, room_id) as (values {values})
             select m.draft, m.room_id, m.seq, m.n, m.sender_id, m.kind, m.sent_at, m.body
             from sent cross join message m
             on m.draft = sent.draft and m.sender_id = sent.sender_id and m.room_id = sent.room_id"
        )
    })
});

async fn drafts(conn: &mut SqliteConnection, batch: &[&NewEntry]) -> Result<HashMap<DraftKey, Found>, Error> {
    let sent: Vec<_> =
        batch.iter().filter_map(|entry| Some((entry.draft?.bytes(), entry.sender, entry.room))).collect();
    let mut known = HashMap::new();
    for (size, chunk) in chunks(&sent) {
        let mut query = sqlx::query(BY_DRAFT[size].as_str());
        for (draft, sender, room) in chunk {
            query = query.bind(&draft[..]).bind(sender.0).bind(room.0);
        }
        for row in query.fetch_all(&mut *conn).await.map_err(error)? {
            let draft: Vec<u8> = row.try_get(0).map_err(error)?;
            let draft = draft.try_into().map_err(|_| crate::failure::damaged("draft"))?;
            let found = found(&row)?;
            known.insert((draft, UserId(found.sender_id), found.room()), found);
        }
    }
    Ok(known)
}

fn found(row: &SqliteRow) -> Result<Found, Error> {
    Found::from_row(row).map_err(error)
}
