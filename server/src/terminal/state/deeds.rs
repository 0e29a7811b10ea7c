//! What is done to a message changes how it is shown. A message that is not here is not changed: when it comes, what was
//! done to it comes behind it.

use super::message::{Fate, Voice, in_words};
use super::room::Room;
use chat::{Deed, Handle, Kind, Seq, Sign};

impl Room {
    /// The newest message that is here and still has words: of this person, or of anybody.
    pub(super) fn last_message(&self, by: Option<&Handle>) -> Option<Seq> {
        let is_by = |voice: &Voice| match (voice, by) {
            (Voice::Person(who), Some(by)) => who == by,
            (Voice::Person(_), None) => true,
            (Voice::Room | Voice::Gap, _) => false,
        };
        let mut messages = self.messages().rev();
        messages.find_map(|(place, one)| {
            let is_meant = one.fate == Fate::Stored && is_by(&one.voice) && !one.is_gone();
            is_meant.then_some(place.seq)
        })
    }

    /// So many people have put these signs to a message of a large room, as the server counts them.
    pub(super) fn counted_signs(&mut self, of: Seq, signs: &[(Sign, u64)]) {
        self.change(of, |message| message.counted = Some(signs.iter().cloned().collect()));
    }

    /// Somebody did this. Hearing it twice changes nothing more.
    pub(super) fn did(&mut self, by: &Handle, deed: &Deed) {
        self.change(deed.of(), |message| match deed {
            Deed::Edit { wording, .. } => message.says(&in_words(Kind::Text, &wording.body)),
            Deed::Recall { .. } => message.is_recalled(),
            Deed::React { sign, .. } => {
                message.signs.entry(sign.clone()).or_default().insert(by.clone());
            }
            Deed::Unreact { sign, .. } => {
                if let Some(people) = message.signs.get_mut(sign) {
                    people.remove(by);
                    message.signs.retain(|_, people| !people.is_empty());
                }
            }
            // Where they are looked at is not on this screen.
            Deed::Pin { .. } | Deed::Unpin { .. } => {}
        });
    }
}
