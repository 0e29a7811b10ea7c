//! Whom messages call: the members they name, or everybody.
//!
//! What counts is how a message is worded last, and who was a member when it was worded so. The call stands at the place
//! of the message: an edit of what somebody has read calls them no more than the message did. A message that is recalled
//! calls nobody.

use super::{EntryPlace, Plan};
use chat::{Mention, UserId};
use std::collections::BTreeSet;

impl Plan<'_> {
    /// For whom a call stands that is for everybody.
    pub const EVERYBODY: UserId = UserId(0);

    /// A message calls these, in its first words or in others.
    pub(super) fn call(&mut self, place: EntryPlace, by: UserId, mentions: &[Mention]) {
        let called = match mentions.contains(&Mention::All) {
            true => BTreeSet::from([Plan::EVERYBODY]),
            false => mentions
                .iter()
                .filter_map(|mention| self.member(place, mention))
                .filter(|who| *who != by)
                .collect(),
        };
        if !called.is_empty() {
            self.called.insert(place, called);
        }
    }

    /// It calls nobody any more.
    pub(super) fn uncall(&mut self, place: EntryPlace) {
        self.called.remove(&place);
        if self.row_at(place).is_none() {
            self.uncalled.insert(place);
        }
    }

    fn member(&self, (room, _): EntryPlace, mention: &Mention) -> Option<UserId> {
        match mention {
            Mention::All => None,
            Mention::Name(who) => self.known.named.get(&(room, who.clone())).copied(),
        }
    }
}
