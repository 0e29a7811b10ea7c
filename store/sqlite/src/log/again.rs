//! What was sent before: by its draft, or by the packet it came in. It may be in the file or earlier in the batch.

use super::earlier::{DraftKey, Found};
use super::plan::{Plan, Row};
use crate::session::inbound_id;
use store::{Fate, NewEntry, Resend};

impl<'a> Plan<'a> {
    /// What became of this entry when it was sent before, if it was.
    pub(super) fn sent_before(&mut self, entry: &'a NewEntry) -> Option<Fate> {
        let Some(fate) = self.same_draft(entry) else { return self.same_packet(entry) };
        if let Fate::Duplicate { seq, .. } = fate {
            self.note_packet(entry, entry.room, seq);
        }
        Some(fate)
    }

    fn same_draft(&self, entry: &NewEntry) -> Option<Fate> {
        let key = draft_key(entry)?;
        let (fate, same) = match self.drafts.get(&key) {
            Some(&row) => (self.rows[row].again(), self.rows[row].entry.act == entry.act),
            None => {
                let found = self.earlier.drafts.get(&key)?;
                (again(found), found.says(entry, &self.earlier.keys))
            }
        };
        Some(if same { fate } else { Fate::DraftReused })
    }

    fn same_packet(&self, entry: &NewEntry) -> Option<Fate> {
        let inbound = entry.inbound.filter(|inbound| inbound.resend != Resend::New)?;
        let id = inbound_id(inbound.session, inbound.packet_id);
        let (fate, same) = match self.packets.get(&id) {
            Some(&row) => {
                let first = self.rows[row].entry;
                (self.rows[row].again(), first.room == entry.room && first.act == entry.act)
            }
            None => {
                let found = self.earlier.inbound.get(&id)?;
                (again(found), found.room() == entry.room && found.says(entry, &self.earlier.keys))
            }
        };
        (same || inbound.resend == Resend::Always).then_some(fate)
    }
}

impl Row<'_> {
    fn again(&self) -> Fate {
        Fate::Duplicate { seq: self.seq, n: self.n, at: self.entry.at }
    }
}

fn again(found: &Found) -> Fate {
    Fate::Duplicate { seq: found.seq(), n: found.n(), at: found.at() }
}

/// What finds an entry by its draft.
pub(super) fn draft_key(entry: &NewEntry) -> Option<DraftKey> {
    Some((entry.draft?.bytes(), entry.sender, entry.room))
}
