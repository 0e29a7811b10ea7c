//! Connections of one service share what its rooms say: `$share/{group}/rooms/+/said` (SEMANTICS 16).
//!
//! The promise: each room is heard by one connection of the group, in order; when that is gone, another goes on after
//! what was acknowledged; and while nobody is here, everything waits, as for any device. The group has a session row of
//! its own, with the cursors of all its rooms, and its connections keep none. Which room belongs to whom follows from
//! their names alone (rendezvous hashing), so one more or one less moves no room that it need not.

mod change; // somebody comes, goes, or has moved on

use crate::session::Session;
use chat::{Origin, RoomId, Seq, UserId};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, OnceLock};
use store::SessionId;

/// Whether a client id is what the row of a group is called: then it can't be a device's.
pub(crate) fn names_a_group(client_id: &str) -> bool {
    client_id.starts_with("$share/")
}

/// Groups that somebody here is in: at most as many as there are connections.
#[derive(Debug, Default)]
pub(crate) struct Shares(Mutex<HashMap<(UserId, String), Arc<Group>>>);

/// The connections of one service under one shared filter.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) user: UserId,
    /// `$share/{group}/…`: also the name of its session row, which no client can have as its own.
    pub(crate) filter: String,
    /// Its row and the opening of it, as long as somebody is here.
    row: OnceLock<(SessionId, u64)>,
    members: Mutex<Vec<Member>>,
    /// Where its rooms stand that nobody hears just now. One change at a time.
    places: tokio::sync::Mutex<Places>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Member {
    slot: u32,
    /// The device: when it comes back it has the same rooms.
    origin: Origin,
}

/// Cursors of rooms by what was known when they were given up.
#[derive(Debug, Default)]
struct Places {
    cursors: HashMap<RoomId, Seq>,
    /// Nobody is here any more, and the row is closed: who comes now begins another group.
    is_over: bool,
}

impl Shares {
    /// The group, which may have nobody in it yet.
    fn group(&self, user: UserId, filter: &str) -> Arc<Group> {
        let new = || {
            Arc::new(Group {
                user,
                filter: filter.to_owned(),
                row: OnceLock::new(),
                members: Mutex::default(),
                places: tokio::sync::Mutex::default(),
            })
        };
        self.0.lock().entry((user, filter.to_owned())).or_insert_with(new).clone()
    }

    fn forget(&self, group: &Arc<Group>) {
        let mut groups = self.0.lock();
        let key = (group.user, group.filter.clone());
        if groups.get(&key).is_some_and(|here| Arc::ptr_eq(here, group)) {
            groups.remove(&key);
        }
    }
}

impl Group {
    /// Its row, once it is open.
    pub(crate) fn row(&self) -> Option<(SessionId, u64)> {
        self.row.get().copied()
    }

    /// Whether this room is for this connection.
    pub(crate) fn gives(&self, room: RoomId, session: &Session) -> bool {
        owner(&self.members.lock(), room) == Some(session.slot)
    }

    fn add(&self, session: &Session) {
        let mut members = self.members.lock();
        if !members.iter().any(|one| one.slot == session.slot) {
            members.push(Member { slot: session.slot, origin: session.origin });
        }
    }

    /// True if nobody is left.
    fn remove(&self, session: &Session) -> bool {
        let mut members = self.members.lock();
        members.retain(|one| one.slot != session.slot);
        members.is_empty()
    }

    fn slots(&self) -> Vec<u32> {
        self.members.lock().iter().map(|one| one.slot).collect()
    }
}

/// Who hears this room: the one whose name and the room's together weigh most.
fn owner(members: &[Member], room: RoomId) -> Option<u32> {
    let weight = |member: &&Member| {
        let mut hash = DefaultHasher::new();
        (room.0, member.origin.0).hash(&mut hash);
        (hash.finish(), member.slot)
    };
    members.iter().max_by_key(weight).map(|member| member.slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(count: u32) -> Vec<Member> {
        (0..count).map(|slot| Member { slot, origin: Origin(i64::from(slot) * 7_919) }).collect()
    }

    #[test]
    fn rooms_are_spread_evenly_and_one_more_takes_only_what_it_hears() {
        let (four, five) = (members(4), members(5));
        let mut counts = [0; 4];
        let mut moved = 0;
        for room in (0..10_000).map(RoomId) {
            let (before, after) = (owner(&four, room).unwrap(), owner(&five, room).unwrap());
            counts[before as usize] += 1;
            if before != after {
                assert_eq!(after, 4, "it moves to the new one or not at all");
                moved += 1;
            }
        }
        assert!(counts.iter().all(|count| (2_200..2_800).contains(count)), "{counts:?}");
        assert!((1_700..2_300).contains(&moved), "{moved}");
        assert_eq!(owner(&[], RoomId(1)), None);
    }
}
