//! What was sent before: by its draft, or by the packet it came in. It may be in the log or earlier in the batch.

use super::{DraftKey, Found, Plan, Row};
use crate::{Fate, NewEntry, Resend};

impl<'a> Plan<'a> {
    /// What became of this entry when it was sent before, if it was.
    pub(super) fn sent_before(&mut self, entry: &'a NewEntry) -> Option<Fate> {
        self.same_draft(entry).or_else(|| self.same_packet(entry))
    }

    /// What a recall erased can't be compared: its draft tells that it was said. The packet it came in this time is the one it is found by from now on.
    fn same_draft(&mut self, entry: &'a NewEntry) -> Option<Fate> {
        let key = draft_key(entry)?;
        if let Some(&row) = self.drafts.get(&key) {
            if !self.rows[row].is_erased() && !self.rows[row].entry.act.says_the_same(&entry.act) {
                return Some(Fate::DraftReused);
            }
            if let Some(id) = self.note_packet(entry, self.rows[row].seq) {
                self.packets.insert(id, row);
            }
            return Some(self.rows[row].again());
        }
        let found = self.known.drafts.get(&key)?.clone();
        if !found.is_erased() && !found.says(entry, &self.known.keys) {
            return Some(Fate::DraftReused);
        }
        let fate = again(&found);
        if let Some(id) = self.note_packet(entry, found.seq) {
            self.packets.remove(&id);
            self.known.inbound.insert(id, found);
        }
        Some(fate)
    }

    /// What a recall erased is not found by its packet: the number may have come round, and a new message must not be
    /// taken for it.
    fn same_packet(&self, entry: &NewEntry) -> Option<Fate> {
        let inbound = entry.inbound.filter(|inbound| inbound.resend != Resend::New)?;
        let id = inbound.session.packet(inbound.packet_id);
        let (fate, same) = match self.packets.get(&id) {
            Some(&row) => {
                let first = self.rows[row].entry;
                let same = (first.room, first.sender) == (entry.room, entry.sender)
                    && !self.rows[row].is_erased()
                    && first.act.says_the_same(&entry.act);
                (self.rows[row].again(), same)
            }
            None => {
                let found = self.known.inbound.get(&id)?;
                (again(found), found.says(entry, &self.known.keys))
            }
        };
        (same || inbound.resend == Resend::Always).then_some(fate)
    }
}

impl Row<'_> {
    fn is_erased(&self) -> bool {
        self.body.is_empty()
    }

    fn again(&self) -> Fate {
        Fate::Duplicate { seq: self.seq, n: self.n, at: self.entry.at }
    }
}

fn again(found: &Found) -> Fate {
    Fate::Duplicate { seq: found.seq, n: found.n, at: found.at }
}

/// What finds an entry by its draft.
pub(super) fn draft_key(entry: &NewEntry) -> Option<DraftKey> {
    Some((entry.draft?.bytes(), entry.sender, entry.room))
}
