//! One note, from what it says to what came of it.

use super::came::{self, Came};
use super::{Pace, Tells, after, words};
use crate::address::Address;
use crate::answer::Answer;
use crate::clock::Clock;
use crate::manner::{self, Manner};
use crate::notification::{Lifetime, Notification};
use crate::worker::Notes;
use crate::worker::decide::said;
use chat::{Act, Deed, Entry, Seq};
use store::{Error, Note, NoteContext, Settled, Settling};
use uuid::Uuid;

/// Back from the last entry, in which the newest is sought that can still be told.
const BACK: u64 = 20;

/// What telling needs.
pub(super) struct Telling<'a> {
    pub(super) notes: &'a dyn Notes,
    pub(super) by: &'a dyn Tells,
    pub(super) pace: &'a Pace,
    pub(super) clock: &'a Clock,
}

/// What there is to tell once it was looked at again.
enum Fresh {
    /// This.
    Tell(Box<Notification>),
    /// What the device shows is to be taken back.
    TakeBack(Box<Notification>),
    /// Nothing any more: it was read, recalled or is over, or they went out.
    Nothing,
}

impl Telling<'_> {
    /// Looks at a note once more, tells the device, and says what came of it.
    ///
    /// # Errors
    /// The store's: nothing was told.
    pub(super) async fn tell(&self, note: &Note, context: Option<&NoteContext>) -> Result<Settled, Error> {
        let (address, manner) = match manner::reached(&note.device) {
            Ok(reached) => reached,
            Err(why) => return Ok(self.settled(note, Came::unusable(&why))),
        };
        let now = self.clock.now();
        let lifetime = Lifetime::Until(after(note.since, self.pace.lifetime));
        let fresh = match context {
            _ if note.room == Note::TEST => Fresh::Tell(Box::new(words::test(note, &manner, lifetime))),
            Some(context) if context.is_member => self.look(note, context, &manner, lifetime).await?,
            _ => Fresh::Nothing,
        };
        let came = match fresh {
            Fresh::Nothing => Came { what: Settling::Dropped, outcome: None },
            Fresh::Tell(_) if lifetime.left(now).is_none() => Came::expired(now),
            Fresh::Tell(what) => self.send(note, &address, &what, Settling::Told).await,
            Fresh::TakeBack(what) => self.send(note, &address, &what, Settling::TakenBack).await,
        };
        Ok(self.settled(note, came))
    }

    async fn send(&self, note: &Note, to: &Address, what: &Notification, good: Settling) -> Came {
        let answer: Answer = self.by.send(to, what).await;
        came::of(answer, note, (good, what.lifetime), &self.pace.schedule, self.clock.now())
    }

    /// Whether it was read, recalled or ran out meanwhile.
    async fn look(
        &self,
        note: &Note,
        context: &NoteContext,
        manner: &Manner,
        lifetime: Lifetime,
    ) -> Result<Fresh, Error> {
        let back = |upto: Seq| {
            let lifetime = Lifetime::Until(after(self.clock.now(), self.pace.lifetime));
            Fresh::TakeBack(Box::new(words::withdrawal(id(note, "back"), context, upto, lifetime)))
        };
        let Some((from, to)) = note.what else { return Ok(back(note.told)) };
        if context.read >= to {
            return Ok(if note.told > Seq::ZERO { back(note.told) } else { Fresh::Nothing });
        }
        let after = from.before().max(context.read).max(Seq(to.0.saturating_sub(BACK)));
        let entries = self.notes.pushes().said(
            note.room,
            after,
            to,
            u32::try_from(BACK).unwrap_or(1),
            self.clock.now(),
        );
        let entries: Vec<Entry> = entries.await?;
        let newest = entries
            .iter()
            .rev()
            .find(|entry| said(note.room, entry).is_some_and(|said| said.by != Some(note.device.user)));
        let Some(newest) = newest else { return Ok(Fresh::Nothing) };
        let entry = self.as_worded_now(newest.clone()).await?;
        Ok(Fresh::Tell(Box::new(words::told(id(note, "tell"), &entry, context, manner, lifetime))))
    }

    /// A message in its last words: whoever mended a slip does not want the slip told.
    async fn as_worded_now(&self, mut entry: Entry) -> Result<Entry, Error> {
        let edit = self.notes.pushes().edit_of((entry.room, entry.seq), self.clock.now()).await?;
        if let (Act::Said(content), Some(Act::Did(Deed::Edit { wording, .. }))) =
            (&mut entry.act, edit.map(|edit| edit.act))
        {
            content.body = wording.body;
        }
        Ok(entry)
    }

    fn settled(&self, note: &Note, came: Came) -> Settled {
        Settled {
            device: note.device.id,
            user: note.device.user,
            way: (note.device.app.clone(), note.device.provider.clone()),
            room: note.room,
            seq: note.what.map_or(note.told, |(_, to)| to),
            since: note.since,
            by: note.by,
            what: came.what,
            outcome: came.outcome,
            at: self.clock.now(),
        }
    }
}

/// The same for each attempt at the same thing, so that a provider that has it already can tell.
fn id(note: &Note, what: &str) -> Uuid {
    let seq = note.what.map_or(note.told, |(_, to)| to);
    let name = format!("{}.{}.{}.{what}", note.device.id.0, note.room.0, seq.0);
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}
