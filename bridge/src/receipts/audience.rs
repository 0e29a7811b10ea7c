//! Who is in a room, as far as receipts go: how many they are says who is told, and who keeps whom away says who is not.
//!
//! It is remembered, because a busy room is asked for several times a second. Who comes and goes on this server, and who is
//! kept away, is known at once; what else may change it, within a minute.

use super::Receipts;
use crate::core::Core;
use chat::{Handle, LARGE, RoomId, UserId};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::Error;

/// In rooms of so many members all of them are told.
pub(crate) const SMALL: u32 = 100;
/// How long something is believed.
const BELIEVED: Duration = Duration::from_secs(60);
/// Rooms whose size is remembered, 40 bytes each: those in which something is acknowledged in a minute.
const SIZES: usize = 100_000;
/// Members that are remembered, about 100 bytes each.
const MEMBERS: u64 = 250_000;
/// Rooms in one question to the store.
const AT_ONCE: usize = 500;

/// Who is told of marks in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Everybody in it.
    Small,
    /// Who said what was passed.
    Middle,
    /// Nobody, and no mark is kept.
    Large,
}

impl Size {
    /// Of a room with so many members.
    pub(crate) const fn of(members: u32) -> Size {
        match members {
            0..=SMALL => Size::Small,
            members if members as i64 <= LARGE => Size::Middle,
            _ => Size::Large,
        }
    }
}

/// A room that is not large.
#[derive(Debug)]
pub(crate) struct Audience {
    pub(crate) handle: Handle,
    pub(crate) size: Size,
    pub(crate) members: HashMap<UserId, Handle>,
    /// Who keeps whom away.
    apart: HashSet<(UserId, UserId)>,
}

impl Audience {
    /// Whether one of the two keeps the other away.
    pub(crate) fn are_apart(&self, one: UserId, other: UserId) -> bool {
        self.apart.contains(&(one, other)) || self.apart.contains(&(other, one))
    }
}

#[derive(Debug, Clone, Copy)]
struct ByMembers;

impl Weighter<RoomId, (Arc<Audience>, Instant)> for ByMembers {
    fn weight(&self, _: &RoomId, (audience, _): &(Arc<Audience>, Instant)) -> u64 {
        audience.members.len() as u64 + 1
    }
}

/// What is remembered.
#[derive(Debug)]
pub(super) struct Audiences {
    sizes: Cache<RoomId, (Size, Instant)>,
    known: Cache<RoomId, (Arc<Audience>, Instant), ByMembers>,
    /// How often something was forgotten: what was asked before is not what is so after it.
    changes: AtomicU64,
}

impl Default for Audiences {
    fn default() -> Audiences {
        Audiences {
            sizes: Cache::new(SIZES),
            known: Cache::with_weighter(4_096, MEMBERS, ByMembers),
            changes: AtomicU64::new(0),
        }
    }
}

impl Audiences {
    pub(super) fn forget(&self, room: RoomId) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.sizes.remove(&room);
        self.known.remove(&room);
    }

    pub(super) fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.known.clear();
    }

    fn size(&self, room: RoomId) -> Option<Size> {
        self.sizes.get(&room).filter(|(_, since)| since.elapsed() < BELIEVED).map(|(size, _)| size)
    }

    fn get(&self, room: RoomId) -> Option<Arc<Audience>> {
        self.known.get(&room).filter(|(_, since)| since.elapsed() < BELIEVED).map(|(known, _)| known)
    }
}

impl Receipts {
    /// Whether the room is known to be large.
    pub(super) fn is_large(&self, room: RoomId) -> bool {
        self.audiences.size(room) == Some(Size::Large)
    }
}

impl Core {
    /// Finds out how large these rooms are.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn size_up(&self, rooms: &[RoomId]) -> Result<(), Error> {
        let known = &self.receipts.audiences;
        let unknown: Vec<RoomId> = rooms.iter().copied().filter(|room| known.size(*room).is_none()).collect();
        for part in unknown.chunks(AT_ONCE) {
            let before = known.changes.load(Ordering::Acquire);
            let sizes = self.store.receipts().sizes(part).await?;
            if known.changes.load(Ordering::Acquire) == before {
                let now = Instant::now();
                sizes.iter().for_each(|one| known.sizes.insert(one.room, (Size::of(one.members), now)));
            }
        }
        Ok(())
    }

    /// The room, if it is remembered.
    pub(super) fn known_audience(&self, room: RoomId) -> Option<Arc<Audience>> {
        self.receipts.audiences.get(room)
    }

    /// Who is in a room; nobody in one that is large or gone.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn audience(&self, room: RoomId) -> Result<Option<Arc<Audience>>, Error> {
        let known = &self.receipts.audiences;
        if let Some(audience) = known.get(room) {
            return Ok(Some(audience));
        }
        let before = known.changes.load(Ordering::Acquire);
        let Some(found) = self.store.receipts().sizes(&[room]).await?.pop() else { return Ok(None) };
        let size = Size::of(found.members);
        if size == Size::Large {
            if known.changes.load(Ordering::Acquire) == before {
                known.sizes.insert(room, (size, Instant::now()));
            }
            return Ok(None);
        }
        let members: HashMap<_, _> = self.store.members(room, None, 1_000).await?.into_iter().collect();
        let users: Vec<UserId> = members.keys().copied().collect();
        let apart = self.store.circle().apart(&users).await?.into_iter().collect();
        let audience = Arc::new(Audience { handle: found.handle, size, members, apart });
        if known.changes.load(Ordering::Acquire) == before {
            known.known.insert(room, (audience.clone(), Instant::now()));
        }
        Ok(Some(audience))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_told_depends_on_how_many_there_are() {
        let sizes = [1, 100, 101, 1_000, 1_001, u32::MAX].map(Size::of);
        use Size::{Large, Middle, Small};
        assert_eq!(sizes, [Small, Small, Middle, Middle, Large, Large]);
    }
}
