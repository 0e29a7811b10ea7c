//! What is known of rooms, in memory, beside a lane that changes them.
//!
//! The lane puts in or takes away what a commit changed, before anybody is told of that. A reader that did not find a
//! room looks into the file, and what it found there is kept only if the lane did not come between: otherwise it may be
//! how the room was before.

use chat::RoomId;
use quick_cache::sync::{Cache, GuardResult};
use quick_cache::{UnitWeighter, Weighter};
use std::collections::HashMap;
use std::time::Duration;
use store::Error;

/// Something about each of many rooms, within a limit.
pub(crate) struct Known<Value, By = UnitWeighter>(Cache<RoomId, Value, By>);

impl<Value: Clone, By: Weighter<RoomId, Value> + Clone> Known<Value, By> {
    /// With room for so many, or for so much of them.
    pub(crate) fn new(usual: usize, most: u64, by: By) -> Known<Value, By> {
        Known(Cache::with_weighter(usual, most, by))
    }

    /// So it is from now on.
    pub(crate) fn put(&self, room: RoomId, value: Value) {
        self.0.insert(room, value);
    }

    /// It is something else from now on.
    pub(crate) fn forget(&self, room: RoomId) {
        self.0.remove(&room);
    }

    /// What is known of these rooms; `read` is asked for those of which nothing is, if there are any. A room that it does
    /// not find is left out.
    pub(crate) async fn of(
        &self,
        rooms: impl Iterator<Item = RoomId>,
        read: impl AsyncFnOnce(&[i64]) -> Result<Vec<(RoomId, Value)>, Error>,
    ) -> Result<HashMap<RoomId, Value>, Error> {
        let (mut found, mut missing, mut places) = (HashMap::new(), Vec::new(), HashMap::new());
        for room in rooms {
            match self.0.get_value_or_guard(&room, Some(Duration::ZERO)) {
                GuardResult::Value(value) => drop(found.insert(room, value)),
                GuardResult::Guard(place) => {
                    missing.push(room.0);
                    places.insert(room, place);
                }
                // Somebody else looks it up just now, and will keep it.
                GuardResult::Timeout => missing.push(room.0),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        for (room, value) in read(&missing).await? {
            if let Some(place) = places.remove(&room) {
                // Refused where the lane came between.
                let _ = place.insert(value.clone());
            }
            found.insert(room, value);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId(7);

    fn known() -> Known<i64> {
        Known::new(8, 8, UnitWeighter)
    }

    async fn asked(known: &Known<i64>) -> Option<i64> {
        let found = known.of([ROOM].into_iter(), async |_: &[i64]| Ok(Vec::new())).await.unwrap();
        found.get(&ROOM).copied()
    }

    #[tokio::test]
    async fn what_a_reader_found_is_kept() {
        let known = known();
        known.of([ROOM].into_iter(), async |_: &[i64]| Ok(vec![(ROOM, 5)])).await.unwrap();
        assert_eq!(asked(&known).await, Some(5));
    }

    #[tokio::test]
    async fn what_a_reader_found_does_not_take_the_place_of_what_was_said_meanwhile() {
        let known = known();
        let read = async |_: &[i64]| {
            known.put(ROOM, 6);
            Ok(vec![(ROOM, 5)])
        };
        known.of([ROOM].into_iter(), read).await.unwrap();
        assert_eq!(asked(&known).await, Some(6));
    }

    #[tokio::test]
    async fn what_a_reader_found_is_not_kept_if_it_was_taken_away_meanwhile() {
        let known = known();
        let read = async |_: &[i64]| {
            known.forget(ROOM);
            Ok(vec![(ROOM, 5)])
        };
        known.of([ROOM].into_iter(), read).await.unwrap();
        assert_eq!(asked(&known).await, None);
    }
}
