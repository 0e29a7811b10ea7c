//! Pages of a log. One statement reads a page, so no transaction is held open for longer than that.
//!
//! What was erased and what is damaged is left out, and the page goes on after it: fewer entries than were asked for
//! say that the log has no more.

use crate::failure::error;
use crate::keys;
use crate::readers::Readers;
use crate::writer::json;
use chat::{Draft, Entry, Origin, RoomId, Seq, Timestamp, UserId};
use store::seal::Keyring;
use store::stored::{self, Page, StoredEntry, damaged, number};
use store::{Error, Leaf};

pub(crate) struct Stored {
    pub(crate) room_id: i64,
    pub(crate) seq: i64,
    pub(crate) n: i64,
    pub(crate) sender_id: i64,
    pub(crate) handle: String,
    pub(crate) origin: Option<i64>,
    pub(crate) draft: Option<Vec<u8>>,
    pub(crate) kind: i64,
    pub(crate) sent_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) body: Vec<u8>,
    pub(crate) few: Option<bool>,
    pub(crate) before: Option<i64>,
    /// Whether something was done to it, where that was asked.
    pub(crate) touched: Option<bool>,
}

/// Entries of one room, see [`store::Store::read`]; with a look at what was done to each, see [`store::Store::page`].
pub(crate) async fn read(
    readers: &Readers,
    ring: &Keyring,
    (room, looks): (RoomId, bool),
    (after, to): (Seq, Seq),
    limit: u32,
    now: Timestamp,
) -> Result<Leaf, Error> {
    let mut page = Page::new(after, limit);
    loop {
        let rows = rows(readers, (room, looks), page.next(), to, now).await?;
        page.touched(rows.iter().filter(|row| row.touched == Some(true)).map(|row| row.seq));
        let (count, last) = (rows.len(), rows.last().map(|row| row.seq));
        if page.is_whole(count, last, open(readers, ring, rows).await?) {
            return Ok(page.leaf());
        }
    }
}

async fn rows(
    readers: &Readers,
    (room, looks): (RoomId, bool),
    (after, limit): (i64, usize),
    to: Seq,
    now: Timestamp,
) -> Result<Vec<Stored>, Error> {
    let (to, limit) = (number(to.0), limit as i64);
    let page = sqlx::query_as!(
        Stored,
        r#"select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body,
                  m.few as "few: bool", m.before,
                  ?1 and (exists (select 1 from pin p where p.room_id = m.room_id and p.of_seq = m.seq)
                          or exists (select 1 from reply r where r.room_id = m.room_id and r.of_seq = m.seq)
                          or exists (select 1 from edit e where e.room_id = m.room_id and e.of_seq = m.seq)
                          or exists (select 1 from signed s where s.room_id = m.room_id and s.of_seq = m.seq))
                      as "touched: bool"
           from message m cross join account a on a.id = m.sender_id
           where m.room_id = ?2 and m.seq > ?3 and m.seq <= ?4 and (m.expires_at is null or m.expires_at > ?5)
           order by m.seq limit ?6"#,
        looks,
        room.0,
        after,
        to,
        now.0,
        limit
    );
    page.fetch_all(readers).await.map_err(error)
}

/// Where a time is in a log, see [`store::Store::place_at`]. The log is in the order of time, as far as clocks are: it is
/// halved until one place is left, in one statement. What retention took counts as what follows it.
pub(crate) async fn place_at(readers: &Readers, room: RoomId, at: Timestamp) -> Result<Seq, Error> {
    let place = sqlx::query_scalar!(
        r#"with recursive search (low, high) as (
               select 0, coalesce((select max(seq) from message where room_id = ?1), 0) + 1
               union all
               select case when (select m.sent_at from message m where m.room_id = ?1 and m.seq >= (low + high) / 2
                                 order by m.seq limit 1) < ?2 then (low + high) / 2 else low end,
                      case when (select m.sent_at from message m where m.room_id = ?1 and m.seq >= (low + high) / 2
                                 order by m.seq limit 1) < ?2 then high else (low + high) / 2 end
               from search where high - low > 1)
           select low as "low!: i64" from search where high - low <= 1"#,
        room.0,
        at.0
    );
    Ok(Seq(place.fetch_one(readers).await.map_err(error)?.cast_unsigned()))
}

/// Single entries, see [`store::Store::pick`].
pub(crate) async fn pick(
    readers: &Readers,
    ring: &Keyring,
    places: &[(RoomId, Seq)],
) -> Result<Vec<Entry>, Error> {
    let places: Vec<_> = places.iter().take(256).map(|(room, seq)| (room.0, number(seq.0))).collect();
    let places = json(&places)?;
    let rows = sqlx::query_as!(
        Stored,
        r#"select m.room_id as "room_id!", m.seq as "seq!", m.n as "n!", m.sender_id as "sender_id!", a.handle as "handle!",
                  m.origin, m.draft, m.kind as "kind!", m.sent_at as "sent_at!", m.expires_at, m.body as "body!",
                  m.few as "few: bool", m.before, null as "touched: bool"
           from json_each(?) j
           cross join message m on m.room_id = j.value ->> 0 and m.seq = j.value ->> 1
           cross join account a on a.id = m.sender_id
           order by j.key"#,
        places
    );
    open(readers, ring, rows.fetch_all(readers).await.map_err(error)?).await
}

pub(super) async fn open(readers: &Readers, ring: &Keyring, rows: Vec<Stored>) -> Result<Vec<Entry>, Error> {
    let entries: Vec<StoredEntry> = rows.into_iter().map(Stored::entry).collect::<Result<_, _>>()?;
    let keys = keys::load(ring, readers, stored::voices(&entries)).await?;
    stored::open(ring, &keys, entries)
}

impl Stored {
    pub(crate) fn entry(self) -> Result<StoredEntry, Error> {
        Ok(StoredEntry {
            room: RoomId(self.room_id),
            seq: Seq(self.seq.cast_unsigned()),
            n: self.n.cast_unsigned(),
            sender: UserId(self.sender_id),
            handle: self.handle,
            origin: self.origin.map(Origin),
            draft: self.draft.map(draft).transpose()?,
            kind: self.kind,
            at: Timestamp(self.sent_at),
            expires_at: self.expires_at.map(Timestamp),
            body: self.body,
            few: self.few == Some(true),
            before: self.before,
        })
    }
}

fn draft(bytes: Vec<u8>) -> Result<Draft, Error> {
    let bytes: [u8; 16] = bytes.try_into().map_err(|_| damaged("draft"))?;
    Ok(Draft(uuid::Uuid::from_bytes(bytes)))
}
