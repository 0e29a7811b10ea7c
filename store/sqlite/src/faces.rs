//! What a room shows of itself in the lists of those who are in it, in memory: its name, its picture, the last entry that
//! everybody is told. Two hundred of them are looked for in two hundred places of the file, and most stay as they are
//! from one list to the next.
//!
//! The lane takes away the face of each room it changes, once that is on the disk and before anybody is told.

use crate::failure::error;
use crate::keys;
use crate::known::Known;
use crate::log::Stored;
use crate::readers::Readers;
use crate::writer::json_of;
use chat::{Entry, Handle, RoomId, RoomKind, Seq, Timestamp, UserId};
use quick_cache::Weighter;
use std::collections::HashMap;
use std::sync::Arc;
use store::Error;
use store::seal::Keyring;
use store::stored::{StoredEntry, damaged, handle, open, room_kind, voices};

/// Bytes of all of them: forty thousand rooms in which something short was said last.
const MOST: u64 = 16 << 20;
/// Bytes of one without what was said. What was said is kept in parts, which are counted twice.
const BARE: u64 = 400;
/// Rooms that are expected.
const USUAL: usize = 32_768;

/// A room as lists show it.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) handle: Handle,
    pub(crate) kind: RoomKind,
    pub(crate) name: Option<Box<str>>,
    pub(crate) avatar: Option<Box<str>>,
    /// Who is in it, if it is a room of two.
    pub(crate) people: Vec<(UserId, Handle)>,
    /// The last entry that everybody is told, and that entry, unless it is gone.
    pub(crate) end: Shown,
    weight: u64,
}

/// An entry at the end of a list's line.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) seq: Seq,
    /// The counting entries with it.
    pub(crate) n: u64,
    pub(crate) at: Timestamp,
    /// Absent if it is gone.
    pub(crate) entry: Option<Entry>,
}

/// Filled by readers, emptied by the lane.
pub(crate) struct Faces(Known<RoomId, Arc<Face>, Weight>);

#[derive(Clone)]
struct Weight;

impl Weighter<RoomId, Arc<Face>> for Weight {
    fn weight(&self, _: &RoomId, face: &Arc<Face>) -> u64 {
        face.weight
    }
}

impl Faces {
    pub(crate) fn new() -> Faces {
        Faces(Known::new(USUAL, MOST, Weight))
    }

    /// The room shows something else from now on.
    pub(crate) fn forget(&self, room: RoomId) {
        self.0.forget(room);
    }

    /// How these rooms look, those that are not in memory from the file. A room that is not there is left out.
    pub(crate) async fn of(
        &self,
        (readers, ring): (&Readers, &Keyring),
        rooms: impl Iterator<Item = RoomId>,
    ) -> Result<HashMap<RoomId, Arc<Face>>, Error> {
        self.0.of(rooms, async |missing: &[RoomId]| read(readers, ring, missing).await).await
    }
}

struct Row {
    kind: i64,
    handle: String,
    name: Option<String>,
    avatar: Option<String>,
    people: Option<String>,
    seq: i64,
    n: i64,
    room_id: i64,
    sender_id: i64,
    sender: String,
    origin: Option<i64>,
    draft: Option<Vec<u8>>,
    entry_kind: i64,
    sent_at: i64,
    expires_at: Option<i64>,
    body: Vec<u8>,
    before: Option<i64>,
}

async fn read(
    readers: &Readers,
    ring: &Keyring,
    rooms: &[RoomId],
) -> Result<Vec<(RoomId, Arc<Face>)>, Error> {
    let rooms = json_of(rooms)?;
    let rows = sqlx::query_as!(
        Row,
        r#"select r.kind as "kind!", r.handle as "handle!", r.name, r.avatar,
                  case when r.kind = 1 then (select json_group_array(json_array(o.user_id, o.handle)) from membership o
                                             where o.room_id = r.id and o.to_seq is null) end as "people?: String",
                  e.seq as "seq!", e.n as "n!", e.room_id as "room_id!", e.sender_id as "sender_id!",
                  a.handle as "sender!", e.origin, e.draft, e.kind as "entry_kind!", e.sent_at as "sent_at!",
                  e.expires_at, e.body as "body!", e.before
           from json_each(?) j
           cross join room r on r.id = j.value
           cross join message e on e.room_id = r.id and e.seq =
                (select case when x.few = 1 then coalesce(x.before, x.seq - 1) else x.seq end
                 from message x where x.room_id = r.id order by x.seq desc limit 1)
           cross join account a on a.id = e.sender_id"#,
        rooms
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    let rows = rows.into_iter().map(Row::face).collect::<Result<Vec<_>, _>>()?;
    let (faces, entries): (Vec<Face>, Vec<StoredEntry>) = rows.into_iter().unzip();
    let keys = keys::load(ring, readers, voices(&entries)).await?;
    let opened = faces.into_iter().zip(entries).map(|(mut face, entry)| {
        let room = entry.room;
        face.end.entry = open(ring, &keys, vec![entry])?.pop();
        Ok((room, Arc::new(face)))
    });
    opened.collect()
}

impl Row {
    fn face(self) -> Result<(Face, StoredEntry), Error> {
        let people: Vec<(i64, String)> = match self.people.as_deref().map(serde_json::from_str) {
            None => Vec::new(),
            Some(people) => people.map_err(|_| damaged("people of a room of two"))?,
        };
        let people = people.into_iter().map(|(user, name)| Ok((UserId(user), handle(&name)?)));
        let weight = BARE + 2 * self.body.len() as u64;
        let entry = Stored {
            room_id: self.room_id,
            seq: self.seq,
            n: self.n,
            sender_id: self.sender_id,
            handle: self.sender,
            origin: self.origin,
            draft: self.draft,
            kind: self.entry_kind,
            sent_at: self.sent_at,
            expires_at: self.expires_at,
            body: self.body,
            few: None,
            before: self.before,
            touched: None,
        };
        let entry = entry.entry()?;
        let face = Face {
            handle: handle(&self.handle)?,
            kind: room_kind(self.kind)?,
            name: self.name.map(Into::into),
            avatar: self.avatar.map(Into::into),
            people: people.collect::<Result<_, Error>>()?,
            end: Shown { seq: entry.seq, n: entry.n, at: entry.at, entry: None },
            weight,
        };
        Ok((face, entry))
    }
}
