//! Pages of a log. One statement reads a page, so no transaction is held open for longer than that.
//!
//! What was erased and what is damaged is left out, and the page goes on after it: fewer entries than were asked for
//! say that the log has no more.

use crate::keys;
use crate::readers::Readers;
use chat::{Draft, Entry, Origin, RoomId, Seq, Timestamp, UserId};
use store::seal::Keyring;
use store::stored::{self, Page, StoredEntry, number};
use store::{Error, Leaf};
use uuid::Uuid;

pub(crate) struct Stored {
    pub(crate) room_id: i64,
    pub(crate) seq: i64,
    pub(crate) n: i64,
    pub(crate) sender_id: i64,
    pub(crate) handle: String,
    pub(crate) origin: Option<i64>,
    pub(crate) draft: Option<Uuid>,
    pub(crate) kind: i16,
    pub(crate) sent_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) body: Vec<u8>,
    pub(crate) few: bool,
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
    let page = sqlx::query_as!(
        Stored,
        r#"select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body,
                  m.few, m.before,
                  $1 and (exists (select 1 from pin p where p.room_id = m.room_id and p.of_seq = m.seq)
                          or exists (select 1 from reply r where r.room_id = m.room_id and r.of_seq = m.seq)
                          or exists (select 1 from edit e where e.room_id = m.room_id and e.of_seq = m.seq)
                          or exists (select 1 from signed s where s.room_id = m.room_id and s.of_seq = m.seq))
                      as "touched?"
           from message m join account a on a.id = m.sender_id
           where m.room_id = $2 and m.seq > $3 and m.seq <= $4 and (m.expires_at is null or m.expires_at > $5)
           order by m.seq limit $6"#,
        looks,
        room.0,
        after,
        number(to.0),
        now.0,
        limit as i64
    );
    readers.ask(page.fetch_all(&readers.pool)).await
}

/// Where a time is in a log, see [`store::Store::place_at`]. The log is in the order of time, as far as clocks are: it is
/// halved until one place is left, in one statement. What retention took counts as what follows it.
pub(crate) async fn place_at(readers: &Readers, room: RoomId, at: Timestamp) -> Result<Seq, Error> {
    let place = sqlx::query_scalar!(
        r#"with recursive search (low, high) as (
               select 0::bigint, coalesce((select last_seq from room where id = $1), 0) + 1
               union all
               select case when middle.sent_at < $2 then (low + high) / 2 else low end,
                      case when middle.sent_at < $2 then high else (low + high) / 2 end
               from search
               left join lateral (select m.sent_at from message m
                                  where m.room_id = $1 and m.seq >= (search.low + search.high) / 2
                                  order by m.seq limit 1) middle on true
               where high - low > 1)
           select low as "low!" from search where high - low <= 1"#,
        room.0,
        at.0
    );
    Ok(Seq(readers.ask(place.fetch_one(&readers.pool)).await?.cast_unsigned()))
}

/// Single entries, see [`store::Store::pick`].
pub(crate) async fn pick(
    readers: &Readers,
    ring: &Keyring,
    places: &[(RoomId, Seq)],
) -> Result<Vec<Entry>, Error> {
    let (rooms, seqs): (Vec<i64>, Vec<i64>) =
        places.iter().take(256).map(|(room, seq)| (room.0, number(seq.0))).unzip();
    let rows = sqlx::query_as!(
        Stored,
        "select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body,
                  m.few, m.before, null::boolean as touched
         from unnest($1::bigint[], $2::bigint[]) with ordinality j (room_id, seq, place)
         join message m on m.room_id = j.room_id and m.seq = j.seq
         join account a on a.id = m.sender_id
         order by j.place",
        &rooms,
        &seqs
    );
    open(readers, ring, readers.ask(rows.fetch_all(&readers.pool)).await?).await
}

/// Opens the bodies. An entry whose sender was erased, or whose body does not open with its key, is left out.
pub(super) async fn open(readers: &Readers, ring: &Keyring, rows: Vec<Stored>) -> Result<Vec<Entry>, Error> {
    let entries: Vec<StoredEntry> = rows.into_iter().map(Stored::entry).collect();
    let keys = readers.ask_for(keys::load(ring, &readers.pool, stored::voices(&entries))).await?;
    stored::open(ring, &keys, entries)
}

impl Stored {
    pub(crate) fn entry(self) -> StoredEntry {
        StoredEntry {
            room: RoomId(self.room_id),
            seq: Seq(self.seq.cast_unsigned()),
            n: self.n.cast_unsigned(),
            sender: UserId(self.sender_id),
            handle: self.handle,
            origin: self.origin.map(Origin),
            draft: self.draft.map(Draft),
            kind: i64::from(self.kind),
            at: Timestamp(self.sent_at),
            expires_at: self.expires_at.map(Timestamp),
            body: self.body,
            few: self.few,
            before: self.before,
        }
    }
}
