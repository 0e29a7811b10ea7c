//! Who hears what somebody says in a room and nobody keeps: its members, but those whom the one keeps away, or who keep the one
//! away.
//!
//! It is remembered, since a call signals many times a second, and forgotten when somebody comes or goes, or a block changes.

use super::MOST_MEMBERS;
use crate::core::Core;
use crate::say::Not;
use chat::{Handle, Objection, Refusal, RoomId, UserId};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Rooms, and speakers in them, that are remembered; a list has at most 8 KB.
const REMEMBERED: usize = 1_024;

/// See the module.
pub(crate) struct Audiences {
    of: Cache<(RoomId, UserId), Remembered>,
    /// Raised with every change of a block: what was worked out before may be over.
    blocks: AtomicU64,
    /// Raised with every change of a room: what is being worked out may be over before it is remembered.
    changes: AtomicU64,
    /// The last change of rooms that somebody speaks in.
    rooms: Cache<RoomId, u64>,
}

#[derive(Clone)]
struct Remembered {
    members: Arc<[UserId]>,
    blocks: u64,
    room: u64,
}

impl Audiences {
    pub(super) fn new() -> Audiences {
        Audiences {
            of: Cache::new(REMEMBERED),
            blocks: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            rooms: Cache::new(16 * REMEMBERED),
        }
    }

    pub(super) fn room_changed(&self, room: RoomId) {
        let change = self.changes.fetch_add(1, Ordering::SeqCst) + 1;
        self.rooms.insert(room, change);
    }

    pub(super) fn pair_changed(&self) {
        self.blocks.fetch_add(1, Ordering::SeqCst);
    }

    /// When the room changed last; one that was forgotten may have just now.
    fn change_of(&self, room: RoomId) -> u64 {
        self.rooms.get(&room).unwrap_or_else(|| {
            let now = self.changes.load(Ordering::SeqCst);
            self.rooms.insert(room, now);
            now
        })
    }
}

/// Who hears somebody in a room, themselves included.
///
/// # Errors
/// [`Refusal::NotAMember`], and [`Objection::NotAllowed`] where too many are in the room; the store's.
pub(super) async fn audience(core: &Core, room: RoomId, speaker: UserId) -> Result<Arc<[UserId]>, Not> {
    let audiences = &core.fleeting.audiences;
    let (blocks, change) = (audiences.blocks.load(Ordering::SeqCst), audiences.change_of(room));
    if let Some(known) = audiences.of.get(&(room, speaker))
        && known.blocks == blocks
        && known.room == change
    {
        return Ok(known.members);
    }
    let members: Arc<[UserId]> = hearers(core, room, speaker).await?.into();
    if members.binary_search(&speaker).is_err() {
        return Err(Refusal::NotAMember.into());
    }
    let known = Remembered { members: members.clone(), blocks, room: change };
    audiences.of.insert((room, speaker), known);
    Ok(members)
}

/// As [`audience`], now and of anybody: of somebody who is no member too.
///
/// # Errors
/// [`Objection::NotAllowed`] where too many are in the room; the store's.
pub(super) async fn hearers(core: &Core, room: RoomId, speaker: UserId) -> Result<Vec<UserId>, Not> {
    let mut members = members(core, room).await?;
    let apart = core.store.circle().apart_from(speaker, &members).await?;
    members.retain(|member| !apart.contains(member));
    Ok(members)
}

/// Everybody in a room, in the order of their numbers.
async fn members(core: &Core, room: RoomId) -> Result<Vec<UserId>, Not> {
    let first = core.store.members(room, None, MOST_MEMBERS).await?;
    if first.len() == MOST_MEMBERS as usize {
        let last: Option<&Handle> = first.last().map(|(_, handle)| handle);
        if !core.store.members(room, last, 1).await?.is_empty() {
            return Err(Refusal::from(Objection::NotAllowed).into());
        }
    }
    let mut members: Vec<UserId> = first.into_iter().map(|(user, _)| user).collect();
    members.sort_unstable();
    Ok(members)
}
