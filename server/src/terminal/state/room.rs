//! One room: its newest messages, what is unread in it, and which part of it is on the screen.

use super::message::{Fate, Message, Place, Told, Voice};
use chat::{Draft, Handle, Seq, Timestamp};
use client::{Receipt, What};
use std::collections::BTreeMap;

/// Messages kept of a room: some screens full. Whoever wants more asks for history.
pub(super) const MESSAGES: usize = 500;

/// Bytes kept of them, about: two hundred rooms of the largest messages stay below 100 MiB.
const BYTES: usize = 256 * 1024;

/// See the module.
#[derive(Debug)]
pub(in crate::terminal) struct Room {
    pub(in crate::terminal) handle: Handle,
    /// With whom, where it is known to be a direct room.
    pub(in crate::terminal) with: Option<Handle>,
    pub(in crate::terminal) unread: u64,
    /// When something was said last.
    pub(in crate::terminal) active: Timestamp,
    /// The last row on the screen: a message and how many of its rows are shown; the end if absent.
    pub(in crate::terminal) bottom: Option<(Place, usize)>,
    pub(super) history: History,
    /// After which entry it was last asked what comes.
    pub(super) asked: Option<Seq>,
    /// The newest entry that was done to another one: it has no row of its own.
    pub(super) done: Seq,
    /// The end of the log, as far as it is known.
    last: Seq,
    /// Up to here `unread` counts.
    counted: Seq,
    messages: BTreeMap<Place, Message>,
    bytes: usize,
    turns: u64,
}

/// How much of the past was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum History {
    Nothing,
    /// A first page.
    Page,
    /// As much as is kept.
    Everything,
}

impl Room {
    pub(super) fn new(handle: Handle) -> Room {
        Room {
            handle,
            with: None,
            unread: 0,
            active: Timestamp(0),
            bottom: None,
            history: History::Nothing,
            asked: None,
            done: Seq::ZERO,
            last: Seq::ZERO,
            counted: Seq::ZERO,
            messages: BTreeMap::new(),
            bytes: 0,
            turns: 0,
        }
    }

    /// What a person calls it.
    pub(in crate::terminal) fn title(&self) -> String {
        self.with.as_ref().map_or_else(|| self.handle.to_string(), |with| format!("@{with}"))
    }

    /// All messages, oldest first.
    pub(in crate::terminal) fn messages(&self) -> impl DoubleEndedIterator<Item = (Place, &Message)> {
        self.messages.iter().map(|(place, message)| (*place, message))
    }

    /// The newest entry that is here.
    pub(super) fn newest(&self) -> Seq {
        let entries = self.messages.iter().rev();
        let mut stored = entries.filter(|(place, one)| place.turn == 0 && one.voice != Voice::Gap);
        stored.next().map_or(Seq::ZERO, |(place, _)| place.seq).max(self.done)
    }

    /// Whether this entry is here.
    pub(super) fn has(&self, seq: Seq) -> bool {
        let is_row = self.messages.get(&Place::of(seq)).is_some_and(|here| here.voice != Voice::Gap);
        is_row || seq == self.done
    }

    /// Whether the end of the log is here, and not only known.
    pub(super) fn has_the_end(&self) -> bool {
        self.newest() >= self.last
    }

    /// The log was told to be this long, with so many messages unread.
    pub(super) fn counted(&mut self, last: Seq, at: Timestamp, unread: u64, me: &Handle) {
        let newer = self
            .messages
            .range(Place::of(last.next())..)
            .filter(|(place, one)| place.turn == 0 && matches!(&one.voice, Voice::Person(who) if who != me));
        self.unread = unread + newer.count() as u64;
        self.counted = self.counted.max(last);
        self.last = self.last.max(last);
        self.active = self.active.max(at);
    }

    /// An entry came. One that is here already changes nothing.
    pub(super) fn told(&mut self, told: &Told, me: &Handle) {
        self.last = self.last.max(told.seq);
        self.active = self.active.max(told.at);
        if told.from == *me && told.counts() {
            // The echo is the message: it need not wait for its receipt.
            if let Some(draft) = told.draft {
                self.take_waiting(draft);
            }
            if told.seq > self.counted {
                // To say something is to have read what was said before.
                self.unread = 0;
            }
        } else if told.counts() && told.seq > self.counted {
            self.unread += 1;
        }
        self.counted = self.counted.max(told.seq);
        if let What::Did(deed) = &told.what {
            self.done = self.done.max(told.seq);
            return self.did(&told.from, deed);
        }
        if let What::Reactions { of, signs } = &told.what {
            self.done = self.done.max(told.seq);
            return self.counted_signs(*of, signs);
        }
        let place = Place::of(told.seq);
        if self.messages.get(&place).is_none_or(|here| here.voice == Voice::Gap) {
            self.put(place, Message::told(told));
        }
    }

    /// Entries up to this one are not here.
    pub(super) fn missing(&mut self, to: Seq) {
        let place = Place::of(to);
        if !self.messages.contains_key(&place) {
            self.put(place, Message::gap());
        }
    }

    /// Something of one's own, on its way.
    pub(super) fn says(&mut self, me: &Handle, draft: Draft, text: &str) {
        self.turns += 1;
        self.put(Place::waiting(self.turns), Message::pending(me, draft, text));
        self.bottom = None;
    }

    /// What became of it; false if it is not here, or was heard already.
    pub(super) fn answered(&mut self, draft: Draft, answer: &Result<Receipt, String>) -> bool {
        let Some((place, mut message)) = self.take_waiting(draft) else { return false };
        match answer {
            Ok(receipt) => {
                message.at = Some(receipt.at);
                message.fate = Fate::Stored;
                self.last = self.last.max(receipt.seq);
                self.counted = self.counted.max(receipt.seq);
                self.active = self.active.max(receipt.at);
                self.put(Place::of(receipt.seq), message);
            }
            Err(why) => {
                message.fate = Fate::Refused(why.clone());
                self.put(Place { seq: self.newest(), turn: place.turn }, message);
            }
        }
        true
    }

    /// Something of one's own that is on its way, taken out.
    fn take_waiting(&mut self, draft: Draft) -> Option<(Place, Message)> {
        let mut waiting = self.messages.range(Place::waiting(0)..);
        let place = waiting.find_map(|(place, one)| (one.draft == Some(draft)).then_some(*place))?;
        Some((place, self.remove(place)?))
    }

    /// Changes a message that is here.
    pub(super) fn change(&mut self, seq: Seq, change: impl FnOnce(&mut Message)) {
        let place = Place::of(seq);
        if let Some(mut message) = self.remove(place) {
            if message.voice != Voice::Gap {
                change(&mut message);
            }
            self.put(place, message);
        }
    }

    fn put(&mut self, place: Place, message: Message) {
        self.remove(place);
        self.bytes += message.size();
        self.messages.insert(place, message);
        while self.messages.len() > MESSAGES || (self.bytes > BYTES && self.messages.len() > 1) {
            let Some((oldest, _)) = self.messages.first_key_value() else { return };
            let oldest = *oldest;
            self.remove(oldest);
        }
    }

    fn remove(&mut self, place: Place) -> Option<Message> {
        let message = self.messages.remove(&place)?;
        self.bytes -= message.size();
        Some(message)
    }
}
