//! Where saying something takes something away: a text that was begun, a room that was marked as unread.
//!
//! Few people have such a thing at the moment they speak, and a writer that asked its tables for each message would ask
//! for nothing. So it remembers where there is one; after a transaction that was undone it asks again, every time.

use super::MarkPlace;
use std::collections::HashSet;

/// What one writer remembers.
#[derive(Debug)]
pub struct Waiting(Option<HashSet<MarkPlace>>);

impl Waiting {
    /// How many places are remembered, about 32 bytes each. With more of them the tables are asked.
    pub const MOST: usize = 100_000;

    /// These, as the tables say them: at most one more than [`Waiting::MOST`].
    #[must_use]
    pub fn in_these(places: impl Iterator<Item = MarkPlace>) -> Waiting {
        let places: HashSet<MarkPlace> = places.collect();
        Waiting((places.len() <= Waiting::MOST).then_some(places))
    }

    /// Something waits there.
    pub fn note(&mut self, place: MarkPlace) {
        if let Some(places) = &mut self.0 {
            places.insert(place);
            if places.len() > Waiting::MOST {
                self.0 = None;
            }
        }
    }

    /// In which of these places something waits, or may.
    pub fn in_some_of<'a>(&self, places: impl Iterator<Item = &'a MarkPlace>) -> Vec<MarkPlace> {
        let may = |place: &&MarkPlace| self.0.as_ref().is_none_or(|known| known.contains(*place));
        places.filter(may).copied().collect()
    }

    /// It was taken away there.
    pub fn taken(&mut self, places: &[MarkPlace]) {
        if let Some(known) = &mut self.0 {
            for place in places {
                known.remove(place);
            }
        }
    }

    /// A transaction was undone: what was noted and taken in it was not.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{RoomId, UserId};

    const HERE: MarkPlace = (UserId(1), RoomId(7));
    const THERE: MarkPlace = (UserId(2), RoomId(7));

    #[test]
    fn a_place_is_known_until_it_is_taken() {
        let mut waiting = Waiting::in_these([HERE].into_iter());
        waiting.note(THERE);
        assert_eq!(waiting.in_some_of([HERE, THERE].iter()), [HERE, THERE]);
        waiting.taken(&[HERE]);
        assert_eq!(waiting.in_some_of([HERE, THERE].iter()), [THERE]);
    }

    #[test]
    fn what_is_not_known_may_be_anywhere() {
        let mut waiting = Waiting::in_these([HERE].into_iter());
        waiting.forget();
        waiting.taken(&[HERE]);
        assert_eq!(waiting.in_some_of([THERE].iter()), [THERE]);
        let many = (0..=Waiting::MOST as i64).map(|user| (UserId(user), RoomId(7)));
        assert_eq!(Waiting::in_these(many).in_some_of([(UserId(-1), RoomId(7))].iter()).len(), 1);
    }
}
