//! Marks on their way: the furthest of each person and room, and not more of them than there may be.

use chat::{RoomId, Seq, UserId};
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use std::collections::BTreeMap;

/// Where a mark is: in this room, of this person.
pub(crate) type Place = (RoomId, UserId);

/// Places at most, about 64 bytes each: twice as many as there may be receipts in a second, of which a round takes
/// up what came in a third of one. Past it, what is new is lost until the same person acknowledges again.
pub(crate) const MOST: usize = 100_000;

/// A mark that only grows.
pub(crate) trait Grows: Copy {
    /// Whatever of both is further.
    fn furthest(self, other: Self) -> Self;
}

impl Grows for Seq {
    fn furthest(self, other: Seq) -> Seq {
        self.max(other)
    }
}

impl Grows for (Seq, Seq) {
    fn furthest(self, other: (Seq, Seq)) -> (Seq, Seq) {
        (self.0.max(other.0), self.1.max(other.1))
    }
}

/// Marks, room by room.
#[derive(Debug)]
pub(crate) struct Moved<M>(Mutex<BTreeMap<Place, M>>);

impl<M> Default for Moved<M> {
    fn default() -> Moved<M> {
        Moved(Mutex::default())
    }
}

impl<M: Grows> Moved<M> {
    /// One more, or further. False if there is no room for it.
    pub(crate) fn put(&self, place: Place, mark: M) -> bool {
        let mut marks = self.0.lock();
        let is_full = marks.len() >= MOST;
        match marks.get_mut(&place) {
            Some(known) => *known = known.furthest(mark),
            None if is_full => return false,
            None => drop(marks.insert(place, mark)),
        }
        true
    }

    /// Whether there is room for more places.
    pub(crate) fn has_room(&self) -> bool {
        self.0.lock().len() < MOST
    }

    /// All of them, in the order of the rooms.
    pub(crate) fn take(&self) -> Vec<(Place, M)> {
        std::mem::take(&mut *self.0.lock()).into_iter().collect()
    }

    /// Rooms in which something is.
    pub(crate) fn rooms(&self) -> Vec<RoomId> {
        let marks = self.0.lock();
        let mut rooms: Vec<RoomId> = marks.keys().map(|(room, _)| *room).collect();
        rooms.dedup();
        rooms
    }

    /// Only what is in such rooms.
    pub(crate) fn retain(&self, is_meant: impl Fn(RoomId) -> bool) {
        self.0.lock().retain(|(room, _), _| is_meant(*room));
    }
}

/// Remembered at most, about 64 bytes each: the members of a few hundred busy rooms.
const REMEMBERED: usize = 262_144;

/// How far people were when somebody was last told, where only those who said something are. Who is not remembered has moved
/// past one message.
#[derive(Debug)]
pub(crate) struct Recent(Cache<Place, (Seq, Seq)>);

impl Default for Recent {
    fn default() -> Recent {
        Recent(Cache::new(REMEMBERED))
    }
}

impl Recent {
    /// How far somebody was before they were here.
    pub(crate) fn before(&self, place: Place, now: (Seq, Seq)) -> (Seq, Seq) {
        self.0.get(&place).unwrap_or((now.0.before(), now.1.before()))
    }

    /// They are here, and it is told.
    pub(crate) fn told(&self, place: Place, now: (Seq, Seq)) {
        self.0.insert(place, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_person_in_one_room_the_furthest_is_kept() {
        let moved = Moved::default();
        let (tea, den) = ((RoomId(1), UserId(7)), (RoomId(2), UserId(7)));
        for (place, seq) in [(den, 9), (tea, 4), (tea, 6), (tea, 5)] {
            assert!(moved.put(place, Seq(seq)));
        }
        assert_eq!(moved.rooms(), [RoomId(1), RoomId(2)]);
        assert_eq!(moved.take(), [(tea, Seq(6)), (den, Seq(9))]);
        assert_eq!(moved.take(), []);
    }

    #[test]
    fn there_are_so_many_places_and_no_more_and_what_is_there_still_moves() {
        let moved = Moved::default();
        for user in 0..MOST as i64 {
            assert!(moved.put((RoomId(1), UserId(user)), Seq(1)));
        }
        assert!(!moved.put((RoomId(2), UserId(1)), Seq(1)) && !moved.has_room());
        assert!(moved.put((RoomId(1), UserId(5)), Seq(2)));
        moved.retain(|room| room == RoomId(2));
        assert!(moved.has_room() && moved.take().is_empty());
    }
}
