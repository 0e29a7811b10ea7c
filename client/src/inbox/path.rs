//! How far a room was heard, and how it goes back.
//!
//! Where a room is heard again, the server sends what it said before in its order, but when that begins only the
//! entries tell: what was on its way already comes first. The first entry of the replay is the one whose `prev` is
//! not behind the place that was asked for; nothing else that comes has such a `prev`, unless it was lost before.
//!
//! Start at [`Path::passes`].

use crate::payload::Heard;
use chat::Seq;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// The last entry that was heard in order.
    pub(super) newest: Option<Seq>,
    /// The newest that was ever heard. The same as `newest`, unless the room is being heard again.
    pub(super) known: Option<Seq>,
    /// A replay from here on was asked for, and has not begun to come.
    rewinds_to: Option<Seq>,
}

impl Path {
    /// A replay is asked for. Of two that have not begun to come, the longer one counts.
    pub(super) fn will_rewind(&mut self, since: Seq) {
        self.rewinds_to = Some(self.rewinds_to.map_or(since, |earlier| earlier.min(since)));
    }

    /// It will not come.
    pub(super) fn will_not_rewind(&mut self) {
        self.rewinds_to = None;
    }

    /// Goes back if the entry behind `prev` is the first of the replay.
    pub(super) fn rewind_at(&mut self, prev: Seq) {
        if let Some(since) = self.rewinds_to.take_if(|since| prev <= *since) {
            self.newest = self.newest.map(|newest| newest.min(since));
        }
    }

    /// What the entry says is missing, and was never heard.
    pub(super) fn missing_before(&self, heard: &Heard) -> Option<(Seq, Seq)> {
        let (Heard::Entry(entry), Some(known)) = (heard, self.known) else { return None };
        (entry.prev > known).then(|| (known.next(), entry.prev))
    }

    /// An entry was heard. One that was under way twice when a connection was lost may come before its turn in the
    /// replay: that is no progress on the path.
    pub(super) fn passes(&mut self, seq: Seq, prev: Seq) {
        let is_early = self.newest.is_some_and(|newest| prev > newest) && self.known >= Some(seq);
        if !is_early {
            self.newest = self.newest.max(Some(seq));
        }
        self.known = self.known.max(Some(seq));
    }
}
