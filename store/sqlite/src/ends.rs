//! Where each room's log ends, as everybody in it is told, in memory: a list is put in order without a look at the
//! file for each of its rooms.
//!
//! What is committed is here before its moment is: who asks for the moment first and for ends afterwards misses nothing
//! of what that moment says was before it.

use crate::failure::error;
use crate::known::Known;
use crate::readers::Readers;
use crate::writer::{json, json_of};
use chat::{RoomId, Seq, Timestamp};
use quick_cache::UnitWeighter;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use store::stored::{damaged, number};
use store::{Error, Moment};

/// How many are remembered, about 60 bytes each: the rooms of those who are about.
const KNOWN: usize = 262_144;

/// The last entry of a room that everybody in it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// Its place in the room.
    pub(crate) seq: i64,
    /// Its row.
    pub(crate) id: i64,
    /// When it was taken.
    pub(crate) at: i64,
}

/// Filled by the lane and by readers, asked by readers.
pub(crate) struct Ends {
    known: Known<RoomId, End>,
    log: AtomicI64,
    other: AtomicI64,
}

/// What a transaction adds, before it is known where in the file: so many rows before its last one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coming {
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
    pub(crate) back: i64,
}

impl Ends {
    pub(crate) fn new(now: Moment) -> Ends {
        let (log, other) = (AtomicI64::new(now.log), AtomicI64::new(now.other));
        Ends { known: Known::new(KNOWN, KNOWN as u64, UnitWeighter), log, other }
    }

    /// Now, see [`store::Conversations::moment`].
    pub(crate) fn moment(&self) -> Moment {
        Moment { log: self.log.load(Ordering::Acquire), other: self.other.load(Ordering::Acquire) }
    }

    /// A room was made, and its first entry is on the disk.
    pub(crate) fn made(&self, rooms: impl Iterator<Item = (RoomId, End)>) {
        for (room, end) in rooms {
            self.known.put(room, end);
            self.log.fetch_max(end.id, Ordering::Release);
        }
    }

    /// Entries are on the disk; the last of them is in the row `last`.
    pub(crate) fn grew(&self, rooms: impl Iterator<Item = (RoomId, Coming)>, last: i64) {
        for (room, Coming { seq, at, back }) in rooms {
            self.known.put(room, End { seq: number(seq.0), id: last - back, at: at.0 });
        }
        self.log.fetch_max(last, Ordering::Release);
    }

    /// So many changes that are no entries are on the disk.
    pub(crate) fn changed(&self, other: i64) {
        self.other.store(other, Ordering::Release);
    }

    /// The ends of these rooms, those that are not in memory from the file. A room that is not there is left out.
    pub(crate) async fn of(
        &self,
        readers: &Readers,
        rooms: impl Iterator<Item = RoomId>,
    ) -> Result<HashMap<RoomId, End>, Error> {
        self.known.of(rooms, async |missing: &[RoomId]| read(readers, missing).await).await
    }
}

/// These entries, as if logs ended with them: for somebody who came in after what everybody was told.
pub(crate) async fn at(readers: &Readers, places: &[(i64, i64)]) -> Result<Vec<(RoomId, End)>, Error> {
    let places = json(&places)?;
    let rows = sqlx::query!(
        r#"select e.room_id as "room_id!", e.seq as "seq!", e.id as "id!: i64", e.sent_at as "sent_at!"
           from json_each(?) j cross join message e on e.room_id = j.value ->> 0 and e.seq = j.value ->> 1"#,
        places
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (RoomId(row.room_id), End { seq: row.seq, id: row.id, at: row.sent_at })).collect())
}

/// The ends of these rooms in the file, in one piece.
async fn read(readers: &Readers, rooms: &[RoomId]) -> Result<Vec<(RoomId, End)>, Error> {
    let rooms = json_of(rooms)?;
    let ends = sqlx::query_scalar!(
        r#"select json_group_array(json_array(e.room_id, e.seq, e.id, e.sent_at)) as "ends!: String"
           from json_each(?) j
           cross join message e on e.room_id = j.value and e.seq =
                (select case when x.few = 1 then coalesce(x.before, x.seq - 1) else x.seq end
                 from message x where x.room_id = j.value order by x.seq desc limit 1)"#,
        rooms
    );
    let ends = ends.fetch_one(readers).await.map_err(error)?;
    let ends: Vec<(i64, i64, i64, i64)> =
        serde_json::from_str(&ends).map_err(|_| damaged("ends of rooms"))?;
    Ok(ends.into_iter().map(|(room, seq, id, at)| (RoomId(room), End { seq, id, at })).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::SqliteConnectOptions;

    const ROOM: RoomId = RoomId(7);

    fn coming(seq: u64, back: i64) -> (RoomId, Coming) {
        (ROOM, Coming { seq: Seq(seq), at: Timestamp(900), back })
    }

    #[tokio::test]
    async fn what_is_committed_is_known_and_so_is_its_moment() {
        let ends = Ends::new(Moment { log: 40, other: 3 });
        ends.grew([coming(5, 1)].into_iter(), 44);
        ends.changed(4);
        assert_eq!(ends.moment(), Moment { log: 44, other: 4 });
        let nowhere = Readers::open(SqliteConnectOptions::new().in_memory(true)).await.unwrap();
        let found = ends.of(&nowhere, [ROOM].into_iter()).await.unwrap();
        assert_eq!(found[&ROOM], End { seq: 5, id: 43, at: 900 });
    }
}
