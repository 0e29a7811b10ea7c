//! What is known of rooms and people, in memory, beside a lane that changes them.
//!
//! The lane puts in or takes away what a commit changed, before anybody is told of that. A reader that did not find one
//! looks into the file, and what it found there is kept only if the lane did not come between: otherwise it may be how it
//! was before.

use quick_cache::sync::{Cache, GuardResult};
use quick_cache::{UnitWeighter, Weighter};
use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;
use store::Error;

/// Something about each of many, within a limit.
pub(crate) struct Known<Key, Value, By = UnitWeighter>(Cache<Key, Value, By>);

impl<Key: Copy + Eq + Hash, Value: Clone, By: Weighter<Key, Value> + Clone> Known<Key, Value, By> {
    /// With room for so many, or for so much of them.
    pub(crate) fn new(usual: usize, most: u64, by: By) -> Known<Key, Value, By> {
        Known(Cache::with_weighter(usual, most, by))
    }

    /// So it is from now on.
    pub(crate) fn put(&self, key: Key, value: Value) {
        self.0.insert(key, value);
    }

    /// It is something else from now on.
    pub(crate) fn forget(&self, key: Key) {
        self.0.remove(&key);
    }

    /// What is known of this one.
    pub(crate) fn get(&self, key: Key) -> Option<Value> {
        self.0.get(&key)
    }

    /// What is known of this one; if nothing is, `read` is asked.
    pub(crate) async fn one(
        &self,
        key: Key,
        read: impl AsyncFnOnce() -> Result<Option<Value>, Error>,
    ) -> Result<Option<Value>, Error> {
        let found = self.of([key].into_iter(), async |_: &[Key]| {
            Ok(read().await?.into_iter().map(|value| (key, value)).collect())
        });
        Ok(found.await?.remove(&key))
    }

    /// What is known of these; `read` is asked for those of which nothing is, if there are any. One that it does not find
    /// is left out.
    pub(crate) async fn of(
        &self,
        keys: impl Iterator<Item = Key>,
        read: impl AsyncFnOnce(&[Key]) -> Result<Vec<(Key, Value)>, Error>,
    ) -> Result<HashMap<Key, Value>, Error> {
        let (mut found, mut missing, mut places) = (HashMap::new(), Vec::new(), HashMap::new());
        for key in keys {
            match self.0.get_value_or_guard(&key, Some(Duration::ZERO)) {
                GuardResult::Value(value) => drop(found.insert(key, value)),
                GuardResult::Guard(place) => {
                    missing.push(key);
                    places.insert(key, place);
                }
                // Somebody else looks it up just now, and will keep it.
                GuardResult::Timeout => missing.push(key),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        for (key, value) in read(&missing).await? {
            if let Some(place) = places.remove(&key) {
                // Refused where the lane came between.
                let _ = place.insert(value.clone());
            }
            found.insert(key, value);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::RoomId;

    const ROOM: RoomId = RoomId(7);

    fn known() -> Known<RoomId, i64> {
        Known::new(8, 8, UnitWeighter)
    }

    async fn asked(known: &Known<RoomId, i64>) -> Option<i64> {
        let found = known.of([ROOM].into_iter(), async |_: &[RoomId]| Ok(Vec::new())).await.unwrap();
        found.get(&ROOM).copied()
    }

    #[tokio::test]
    async fn what_a_reader_found_is_kept() {
        let known = known();
        known.of([ROOM].into_iter(), async |_: &[RoomId]| Ok(vec![(ROOM, 5)])).await.unwrap();
        assert_eq!(asked(&known).await, Some(5));
    }

    #[tokio::test]
    async fn what_a_reader_found_does_not_take_the_place_of_what_was_said_meanwhile() {
        let known = known();
        let read = async |_: &[RoomId]| {
            known.put(ROOM, 6);
            Ok(vec![(ROOM, 5)])
        };
        known.of([ROOM].into_iter(), read).await.unwrap();
        assert_eq!(asked(&known).await, Some(6));
    }

    #[tokio::test]
    async fn what_a_reader_found_is_not_kept_if_it_was_taken_away_meanwhile() {
        let known = known();
        let read = async |_: &[RoomId]| {
            known.forget(ROOM);
            Ok(vec![(ROOM, 5)])
        };
        known.of([ROOM].into_iter(), read).await.unwrap();
        assert_eq!(asked(&known).await, None);
    }
}
