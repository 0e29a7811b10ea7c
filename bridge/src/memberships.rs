//! A user's rooms, each with every membership they had in it.

use chat::{Handle, RoomId, RoomKind, Seq};
use std::collections::HashMap;
use store::{Interval, Membership};

/// One room and every membership of the user in it, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) room: RoomId,
    pub(crate) handle: Handle,
    pub(crate) direct: bool,
    pub(crate) intervals: Vec<Interval>,
}

impl Known {
    /// Whether the user is in the room now.
    pub(crate) fn is_running(&self) -> bool {
        self.ended().is_none()
    }

    /// The entry of the last leave, where the user is not in the room now.
    pub(crate) fn ended(&self) -> Option<Seq> {
        self.intervals.last().and_then(|last| last.to_seq)
    }

    /// What a device is told that is back and had heard up to `cursor`: each membership from the entry of the join on, as
    /// a device hears it that is here when somebody comes. What they may read of earlier times is told only to a device
    /// that asked for it, and is amid it.
    pub(crate) fn told_after(&self, cursor: Seq) -> Vec<Interval> {
        let is_amid = |one: &Interval| one.from_seq <= cursor && cursor < one.joined.before();
        let told = |one: &Interval| Interval {
            from_seq: if is_amid(one) { one.from_seq } else { one.joined },
            ..*one
        };
        self.intervals.iter().map(told).collect()
    }

    /// The place just before the user first came in: what they may read of earlier times is read, not told.
    pub(crate) fn before_all(&self) -> Seq {
        self.intervals.first().map_or(Seq::ZERO, |first| first.joined.before())
    }
}

/// Memberships, room by room.
pub(crate) fn by_room(memberships: Vec<Membership>) -> Vec<Known> {
    let mut rooms: Vec<Known> = Vec::new();
    let mut places: HashMap<RoomId, usize> = HashMap::new();
    for one in memberships {
        let at = *places.entry(one.room).or_insert_with(|| {
            // What a user is told goes before what rooms say, as a person's words do.
            let direct = matches!(one.kind, RoomKind::Direct | RoomKind::Own);
            rooms.push(Known { room: one.room, handle: one.handle.clone(), direct, intervals: Vec::new() });
            rooms.len() - 1
        });
        rooms[at].intervals.push(one.interval);
    }
    rooms.iter_mut().for_each(|room| room.intervals.sort_by_key(|one| one.joined));
    rooms
}
