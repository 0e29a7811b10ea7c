//! What is done to what was said: to a message of the log, or of earlier in the batch.

use super::aim::few;
use super::{About, Aim, EntryPlace, Plan, Row, Standing};
use crate::{Error, Fate, NewEntry};
use chat::{Deed, Kind, Pins, Sign, Signs, Target, UserId, Warrant};

impl<'a> Plan<'a> {
    /// Does it, if the warrant permits it as the message is now.
    pub(super) fn do_to(
        &mut self,
        entry: &'a NewEntry,
        deed: &'a Deed,
        warrant: &Warrant,
    ) -> Result<Fate, Error> {
        let place = (entry.room, deed.of());
        self.aim_at(place);
        let target = self.target(place, entry.sender, deed);
        if let Err(objection) = warrant.permits(deed, entry.sender, entry.at, target.as_ref()) {
            return Ok(Fate::Objected(objection));
        }
        if let Some(again) = self.stands(place, entry.sender, deed) {
            return Ok(Fate::Duplicate { seq: again.seq, n: again.n, at: again.at });
        }
        // Other words for what is no longer shown are no longer shown either.
        let end = target.and_then(|target| target.expires_at).filter(|_| deed.kind() == Kind::Edit);
        let (seq, n) = self.store(entry, end)?;
        self.changes(place, entry.sender, deed, Standing { seq, n, at: entry.at });
        self.note_uncounted(place, deed);
        self.stored()
    }

    /// The message as one sees it who does this to it.
    fn target(&self, place: EntryPlace, by: UserId, deed: &Deed) -> Option<Target> {
        let aim = self.known.aims.get(&place)?;
        let pins = self.known.pins.get(&place.0);
        Some(Target {
            seq: place.1,
            sender: aim.sender,
            kind: aim.kind,
            at: aim.at,
            expires_at: aim.expires_at,
            edits: few(aim.edits.len()),
            signs: deed.sign().map_or_else(Signs::default, |sign| aim.signs(by, sign)),
            pins: pins.map_or_else(Pins::default, |pins| Pins {
                count: few(pins.len()),
                has_it: pins.contains_key(&place.1),
            }),
        })
    }

    /// What the deed asks for, where it is so already.
    fn stands(&self, place: EntryPlace, by: UserId, deed: &Deed) -> Option<Standing> {
        match deed {
            Deed::React { sign, .. } => self.known.aims.get(&place)?.own.get(&by)?.get(sign).copied(),
            Deed::Pin { of } => self.known.pins.get(&place.0)?.get(of).copied(),
            Deed::Edit { .. } | Deed::Recall { .. } | Deed::Unreact { .. } | Deed::Unpin { .. } => None,
        }
    }

    /// What is different after it.
    fn changes(&mut self, place: EntryPlace, by: UserId, deed: &Deed, done: Standing) {
        match deed {
            Deed::Edit { wording, .. } => {
                self.uncall(place);
                self.call(place, by, &wording.mentions);
                self.edits.push(About { room: place.0, of: place.1, seq: done.seq });
                if let Some(aim) = self.known.aims.get_mut(&place) {
                    aim.edits.push(done.seq);
                }
            }
            Deed::Recall { .. } => {
                self.erase(place);
                self.uncall(place);
                self.pin(place, None);
            }
            Deed::React { sign, .. } => self.put(place, by, sign, Some(done)),
            Deed::Unreact { sign, .. } => self.put(place, by, sign, None),
            Deed::Pin { .. } => self.pin(place, Some(done)),
            Deed::Unpin { .. } => self.pin(place, None),
        }
    }

    /// Pins a message, or takes it from there.
    fn pin(&mut self, place: EntryPlace, done: Option<Standing>) {
        self.pins.insert(place, done.map(|done| done.seq));
        match (self.known.pins.get_mut(&place.0), done) {
            (Some(pins), Some(done)) => drop(pins.insert(place.1, done)),
            (Some(pins), None) => drop(pins.remove(&place.1)),
            // Where nothing else is pinned in this batch, nobody asks.
            (None, _) => {}
        }
    }

    /// Sees to it that the entry is known, if this batch made it.
    fn aim_at(&mut self, place: EntryPlace) {
        if !self.known.aims.contains_key(&place)
            && let Some(row) = self.row_at(place)
            && let Some(kind) = Kind::from_number(row.kind)
        {
            let aim = Aim::untouched(row.entry.sender, kind, row.entry.at, row.expires_at);
            self.known.aims.insert(place, aim);
        }
    }

    /// Puts a person's sign to a message, or takes it back.
    fn put(&mut self, place: EntryPlace, by: UserId, sign: &Sign, standing: Option<Standing>) {
        let Some(aim) = self.known.aims.get_mut(&place) else { return };
        let people = aim.put(by, sign, standing);
        self.signs.insert((place, by, sign.clone()), standing.map(|standing| standing.seq));
        self.signed.insert((place, sign.clone()), people);
    }

    /// Takes away what a message said, in all its words.
    fn erase(&mut self, place: EntryPlace) {
        let Some(aim) = self.known.aims.get_mut(&place) else { return };
        aim.kind = Kind::Recalled;
        let edits = std::mem::take(&mut aim.edits);
        self.empty(place);
        edits.into_iter().for_each(|edit| self.empty((place.0, edit)));
    }

    /// Takes away what one entry said: from this batch, or from the log and what is known of it.
    fn empty(&mut self, place: EntryPlace) {
        if let Some(row) = self.row_at(place) {
            row.body.clear();
            row.kind = emptied(row.kind);
            let taken = self.named.extract_if(.., |one| (one.room, one.seq) == place);
            self.unnamed.extend(taken.map(|one| one.media));
            return;
        }
        self.erased.push(place);
        for found in self.known.drafts.values_mut().chain(self.known.inbound.values_mut()) {
            if (found.room, found.seq) == place {
                found.body.clear();
            }
        }
    }

    /// The row of this batch at a place. Deeds are rare, so rows are not kept by place for them.
    pub(super) fn row_at(&mut self, (room, seq): EntryPlace) -> Option<&mut Row<'a>> {
        self.rows.iter_mut().rev().find(|row| (row.entry.room, row.seq) == (room, seq))
    }
}

/// The kind of an entry that has lost its words: of a message, that there was one.
fn emptied(kind: u8) -> u8 {
    let is_message = Kind::from_number(kind).is_some_and(Kind::is_message);
    if is_message { Kind::Recalled as u8 } else { kind }
}
