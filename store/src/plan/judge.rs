//! One entry after another: what becomes of each, and what has to be written for it.
//!
//! The order is the one a person would expect: what was sent before is found before anything else is asked, then
//! whether the room is there and its rules are the ones the entry was judged by, then what it does.

use super::{About, Known, Mark, Named, Plan};
use crate::{Error, Fate, NewAct, NewEntry};
use chat::{Attached, Content, Denial};

impl<'a> Plan<'a> {
    /// Judges a batch in its order; with the plan comes what becomes of each entry once it is written.
    ///
    /// # Errors
    /// Nothing of the batch may be written: the cipher refused, or `known` does not belong to the batch.
    pub fn of(known: Known, batch: &[&'a NewEntry]) -> Result<(Plan<'a>, Vec<Fate>), Error> {
        let mut plan = Plan::new(known);
        let fates = batch.iter().map(|entry| plan.judge(entry)).collect::<Result<_, _>>()?;
        Ok((plan, fates))
    }

    /// What becomes of this entry.
    fn judge(&mut self, entry: &'a NewEntry) -> Result<Fate, Error> {
        if let Some(fate) = self.sent_before(entry) {
            return Ok(fate);
        }
        let Some(head) = self.known.heads.get(&entry.room) else { return Ok(Fate::NoSuchRoom) };
        // These three are judged under the rules in force, and see for themselves who is there.
        let is_judged_now =
            matches!(entry.act, NewAct::Change(_) | NewAct::Succeed(_) | NewAct::Count { .. });
        if !is_judged_now && head.rules != entry.rules.0 {
            return Ok(Fate::Stale);
        }
        if !is_judged_now && !self.is_there(entry) {
            return Ok(Fate::NoSuchUser);
        }
        match &entry.act {
            NewAct::Say(content) => self.say(entry, content),
            NewAct::Change(change) => self.change(entry, change),
            NewAct::Count { of, upto, .. } => self.tell_counts((entry.room, *of), *upto, entry),
            NewAct::Do { deed, warrant } => self.do_to(entry, deed, warrant),
            NewAct::Join { user, who } => self.join(entry, *user, who),
            NewAct::Leave { user, .. } => self.leave(entry, *user),
            NewAct::Succeed(who) => self.succeed(entry, who),
            NewAct::Tell(event) => {
                let (seq, _) = self.store(entry, None)?;
                if event.kind.may_call() {
                    self.spoken.entry(entry.room).or_insert((seq, entry.at));
                }
                self.stored()
            }
        }
    }

    /// Whether who says it has an account; who says it in words, a key.
    fn is_there(&self, entry: &NewEntry) -> bool {
        let has_words = match &entry.act {
            NewAct::Say(_) | NewAct::Tell(_) => true,
            NewAct::Do { deed, .. } => deed.kind().is_private(),
            _ => false,
        };
        match has_words {
            true => self.known.keys.contains_key(&(entry.room, entry.sender)),
            false => self.known.accounts.contains(&entry.sender),
        }
    }

    fn say(&mut self, entry: &'a NewEntry, content: &Content) -> Result<Fate, Error> {
        let media = content.media.as_ref().map(Attached::id);
        if media.is_some_and(|media| !self.known.media.contains(&(media, entry.sender))) {
            return Ok(Fate::NoSuchMedia);
        }
        if let Some(wait) = self.pause(entry) {
            return Ok(Fate::Denied(Denial::TooSoon(wait)));
        }
        let (seq, n) = self.store(entry, entry.expires_at)?;
        let named = |media| Named { media, room: entry.room, seq, expires_at: entry.expires_at };
        self.named.extend(media.map(named));
        // What is not there yet can't be answered, whatever comes to stand there.
        if let Some(of) = content.reply_to.filter(|of| *of < seq) {
            self.replies.push(About { room: entry.room, of, seq });
        }
        self.call((entry.room, seq), entry.sender, &content.mentions);
        self.marks.insert((entry.sender, entry.room), Mark { seq, n });
        self.spoken.entry(entry.room).or_insert((seq, entry.at));
        self.stored()
    }
}
