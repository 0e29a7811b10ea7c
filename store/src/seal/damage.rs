//! Entries that do not open with their key any more: each is told once in the server's log and counted. They are left
//! out of what is read, so that one of them does not keep a whole room from everybody.

use chat::{RoomId, Seq};
use quick_cache::sync::Cache;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many places are remembered, some 64 bytes each. With more than that a file is past reading line by line, and
/// some are told again.
const REMEMBERED: usize = 4_096;

/// What was found damaged since the store was opened.
pub struct Damage {
    told: Cache<(RoomId, Seq), ()>,
    found: AtomicU64,
}

impl Damage {
    pub(super) fn new() -> Damage {
        Damage { told: Cache::new(REMEMBERED), found: AtomicU64::new(0) }
    }

    /// The entry at this place does not open.
    pub(crate) fn found(&self, room: RoomId, seq: Seq) {
        let tell = || -> Result<(), Infallible> {
            let found = self.found.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::error!(
                room.id = %room,
                %seq,
                found,
                "entry {seq} of room {room} is damaged: it does not open with its key and is left out"
            );
            Ok(())
        };
        let Ok(()) = self.told.get_or_insert_with(&(room, seq), tell);
    }

    /// How many were found.
    pub fn count(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }
}
