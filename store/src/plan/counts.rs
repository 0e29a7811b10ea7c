//! How often a message of a large room was liked: told to everybody in one entry, instead of who did it in many.

use super::{EntryPlace, Plan};
use crate::{Error, Fate, NewEntry};
use chat::{Deed, Seq};

impl<'a> Plan<'a> {
    /// Takes down that the message has other signs now, if few were told so.
    pub(super) fn note_uncounted(&mut self, place: EntryPlace, deed: &Deed) {
        let row = self.rows.last().filter(|row| row.reach.few && deed.sign().is_some());
        if let Some((sender, seq)) = row.map(|row| (row.entry.sender, row.seq)) {
            self.uncounted.insert(place, (sender, seq));
        }
    }

    /// Tells the room, if there is still something to tell.
    pub(super) fn tell_counts(
        &mut self,
        place: EntryPlace,
        upto: Seq,
        entry: &'a NewEntry,
    ) -> Result<Fate, Error> {
        self.counted.insert(place, upto);
        if !self.known.accounts.contains(&entry.sender) {
            return Ok(Fate::NoSuchUser);
        }
        match self.known.aims.get(&place) {
            Some(aim) if aim.kind.is_message() => self.store(entry, None).and_then(|_| self.stored()),
            _ => Ok(Fate::Unchanged),
        }
    }
}
