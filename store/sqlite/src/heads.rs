//! The ends of the rooms' logs and which rules are in force, in memory: the lane gives out numbers without asking the file
//! first, and readers see whether what they remember of a room still holds.

use crate::failure::error;
use crate::known::Known;
use chat::RoomId;
use quick_cache::UnitWeighter;
use sqlx::SqliteConnection;
use std::collections::HashMap;
use std::sync::Arc;
use store::Error;
use store::plan::Head;

/// How many ends are remembered, 72 bytes each; more rooms than that don't speak at the same time.
const KNOWN: usize = 262_144;

/// What the file says (`known`, which readers see, too), and what it will say after this transaction (`moved`).
pub(crate) struct Heads {
    known: Arc<Known<RoomId, Head>>,
    moved: HashMap<RoomId, Head>,
}

/// With nothing in it yet.
pub(crate) fn known() -> Arc<Known<RoomId, Head>> {
    Arc::new(Known::new(KNOWN, KNOWN as u64, UnitWeighter))
}

impl Heads {
    pub(crate) fn new(known: Arc<Known<RoomId, Head>>) -> Heads {
        Heads { known, moved: HashMap::new() }
    }

    /// These rooms' ends as this transaction sees them; rooms that are not there are left out.
    pub(crate) async fn load(
        &mut self,
        conn: &mut SqliteConnection,
        rooms: impl Iterator<Item = RoomId>,
    ) -> Result<HashMap<RoomId, Head>, Error> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for room in rooms {
            match self.moved.get(&room).copied().or_else(|| self.known.get(room)) {
                Some(head) => drop(found.insert(room, head)),
                None => missing.push(room.0),
            }
        }
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            found.extend(read(conn, &missing).await?);
        }
        Ok(found)
    }

    /// Remembers where a room's log will end if this transaction commits.
    pub(crate) fn moves(&mut self, room: RoomId, head: Head) {
        self.moved.insert(room, head);
    }

    /// The transaction is on the disk.
    pub(crate) fn committed(&mut self) {
        for (room, head) in self.moved.drain() {
            self.known.put(room, head);
        }
    }

    /// The transaction never was. What was known before it is still so, but after a failure the file is asked anew.
    pub(crate) fn rolled_back(&mut self) {
        for (room, _) in self.moved.drain() {
            self.known.forget(room);
        }
    }
}

async fn read(conn: &mut SqliteConnection, rooms: &[i64]) -> Result<Vec<(RoomId, Head)>, Error> {
    let rooms = crate::writer::json(&rooms)?;
    let rows = sqlx::query!(
        r#"select r.id as "id!", r.rules_version as "rules_version!", r.member_count as "member_count!",
                  r.last_seq as "last_seq!", r.last_n as "last_n!", r.last_told as "last_told!: i64"
           from json_each(?) j cross join room_with_end r on r.id = j.value"#,
        rooms
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let end = [row.last_seq, row.last_n, row.last_told];
            (RoomId(row.id), Head::stored(row.rules_version, end, row.member_count))
        })
        .collect())
}
