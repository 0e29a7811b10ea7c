//! What the chat knows: a plain value that every event passes through.
//!
//! [`State::on`] takes what happened and gives back what shall be done about it. It opens no socket, draws nothing and
//! reads no clock, so a test can play a whole evening through it; [`super::view`] draws what it holds, and
//! [`super::hands`] does what it wishes.
//!
//! Bounds: [`rooms::ROOMS`] rooms, each with a bounded number of messages and bytes; one line being typed;
//! [`LETTERS`] direct messages on their way to people with whom there is no room yet.

mod message; // what somebody said

mod changes; // what became of a room, in words

mod room; // where

mod deeds; // and what is done to it

mod rooms; // all of them

mod typing; // keys and lines

#[cfg(test)]
pub(super) mod tests;

pub(super) use message::{Fate, Message, Place, Told, Voice};
pub(super) use room::Room;
pub(super) use rooms::{ROOMS, Rooms};

use super::clean;
use super::editor::Editor;
use super::keys::Key;
use super::rows::Look;
use chat::{Deed, Draft, Handle, Seq, Timestamp};
use client::{Receipt, To};
use room::{History, MESSAGES};
use std::collections::HashMap;
use time::UtcOffset;

/// Messages of a first page of history: more than a screen has rows.
const PAGE: u64 = 100;

/// Direct messages on their way to people with whom there is no room yet.
const LETTERS: usize = 100;

/// What happened.
#[derive(Debug)]
pub(super) enum Happening {
    Key(Key),
    Pasted(String),
    /// The terminal has so many columns and rows.
    Resized(u16, u16),
    /// The server's word on a room: the end of its log, when that was said, and what is unread.
    Counted {
        room: Handle,
        with: Option<Handle>,
        last: Seq,
        at: Timestamp,
        unread: u64,
    },
    Told(Told),
    /// Entries of a room were not told.
    Missing {
        room: Handle,
        from: Seq,
        to: Seq,
    },
    Linked(Link),
    /// A second has passed.
    Second,
    /// What became of something said.
    Answered(Draft, Result<Receipt, String>),
    /// Something else did not work.
    Failed(String),
    /// Somebody wants us to end.
    Dismissed,
}

/// Whether the server can be reached, and otherwise why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    Up,
    /// It is tried again after so many seconds, 0 while it is being tried.
    Down {
        why: String,
        again: u64,
    },
    /// It is not tried again.
    Gone(String),
}

/// What shall be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Say {
        draft: Draft,
        to: To,
        text: String,
    },
    /// Do something to a message of a room.
    Act(Handle, Deed),
    Read(Handle, Seq),
    /// Hear the newest entries of a room again.
    Newest(Handle, u64),
    /// Hear what came after an entry again.
    Since(Handle, Seq),
    /// Ask for the rooms, and what is unread.
    Count,
    Leave,
}

/// What lies over the messages until a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Panel {
    Help,
    Rooms,
}

/// See the module.
pub(super) struct State {
    pub(super) me: Handle,
    /// Where the server is, in words.
    pub(super) place: String,
    pub(super) rooms: Rooms,
    pub(super) editor: Editor,
    pub(super) link: Link,
    /// A word to the person, until the next line is entered.
    pub(super) notice: Option<String>,
    pub(super) panel: Option<Panel>,
    pub(super) size: (u16, u16),
    /// The time of the place, as it was at the start.
    pub(super) zone: UtcOffset,
    drafts: Box<dyn FnMut() -> Draft + Send>,
    letters: HashMap<Draft, (Handle, String)>,
    wishes: Vec<Wish>,
}

impl State {
    /// Somebody who is connected and has heard nothing yet. `drafts` gives a fresh one each time.
    pub(super) fn new(
        me: Handle,
        place: String,
        zone: UtcOffset,
        drafts: impl FnMut() -> Draft + Send + 'static,
    ) -> State {
        State {
            me,
            place,
            rooms: Rooms::default(),
            editor: Editor::default(),
            link: Link::Up,
            notice: None,
            panel: None,
            size: (80, 24),
            zone,
            drafts: Box::new(drafts),
            letters: HashMap::new(),
            wishes: vec![Wish::Count],
        }
    }

    /// Something happened; what shall be done, in this order.
    pub(super) fn on(&mut self, happening: Happening) -> Vec<Wish> {
        match happening {
            Happening::Key(key) => self.key(key),
            Happening::Pasted(text) => self.type_in(&text),
            Happening::Resized(columns, rows) => self.size = (columns, rows),
            Happening::Counted { room, with, last, at, unread } => {
                self.counted(&room, with, last, at, unread)
            }
            Happening::Told(told) => self.told(&told),
            Happening::Missing { room, from, to } => self.missing(&room, from, to),
            Happening::Linked(link) => self.linked(link),
            Happening::Second => self.second(),
            Happening::Answered(draft, answer) => self.answered(draft, answer),
            Happening::Failed(why) => self.notice = Some(clean::line(&why)),
            Happening::Dismissed => self.wishes.push(Wish::Leave),
        }
        self.attend();
        std::mem::take(&mut self.wishes)
    }

    fn told(&mut self, told: &Told) {
        let is_new = !self.rooms.has(&told.room);
        self.rooms.get(&told.room).told(told, &self.me);
        self.rooms.sort();
        if is_new {
            // It may be a direct room, and only the server knows with whom.
            self.wishes.push(Wish::Count);
        }
    }

    fn counted(&mut self, room: &Handle, with: Option<Handle>, last: Seq, at: Timestamp, unread: u64) {
        let room = self.rooms.get(room);
        room.counted(last, at, unread, &self.me);
        room.with = with.or(room.with.take());
        self.rooms.sort();
    }

    /// What goes on from an entry that is here is completed. The past has its gaps, and of a room that was not opened it
    /// is enough to know that there is more.
    fn missing(&mut self, room: &Handle, from: Seq, to: Seq) {
        let room = self.rooms.get(room);
        let last = from.before();
        let goes_on = room.has(last) && room.history > History::Nothing && room.asked != Some(last);
        room.missing(to);
        if goes_on {
            room.asked = Some(last);
            self.wishes.push(Wish::Since(room.handle.clone(), last));
        }
    }

    /// The server keeps nothing of this device, so what was said meanwhile is asked for.
    fn linked(&mut self, link: Link) {
        if link == Link::Up && self.link != Link::Up {
            self.wishes.push(Wish::Count);
            for room in self.rooms.iter_mut().filter(|room| room.history > History::Nothing) {
                let (handle, newest) = (room.handle.clone(), room.newest());
                room.asked = Some(newest);
                self.wishes.push(match newest {
                    // Of a room of which nothing is here, not everything there ever was.
                    Seq::ZERO => Wish::Newest(handle, PAGE),
                    newest => Wish::Since(handle, newest),
                });
            }
        }
        self.link = match link {
            Link::Up => Link::Up,
            Link::Down { why, again } => Link::Down { why: clean::line(&why), again },
            Link::Gone(why) => Link::Gone(clean::line(&why)),
        };
    }

    fn second(&mut self) {
        if let Link::Down { again, .. } = &mut self.link {
            *again = again.saturating_sub(1);
        }
    }

    fn answered(&mut self, draft: Draft, answer: Result<Receipt, String>) {
        let answer = answer.map_err(|why| clean::line(&why));
        if let Some((user, text)) = self.letters.remove(&draft) {
            return self.delivered(&user, &text, draft, answer);
        }
        for room in self.rooms.iter_mut() {
            if room.answered(draft, &answer) {
                break;
            }
        }
        self.rooms.sort();
    }

    /// A first direct message made its room, or found one that was not known.
    fn delivered(&mut self, user: &Handle, text: &str, draft: Draft, answer: Result<Receipt, String>) {
        match answer {
            Ok(receipt) => {
                self.rooms.go_to(&receipt.room);
                let room = self.rooms.get(&receipt.room);
                room.with = Some(user.clone());
                room.says(&self.me, draft, text);
                room.answered(draft, &Ok(receipt));
                self.rooms.sort();
            }
            Err(why) => self.notice = Some(format!("to {user}: {why}")),
        }
    }

    /// How messages of the room that is open are to be drawn.
    pub(super) fn look_of(&self, width: u16) -> Look<'_> {
        Look { me: &self.me, zone: self.zone, width: usize::from(width) }
    }

    /// Whatever room is open is looked at: it is filled, and read when its newest entry is on the screen.
    fn attend(&mut self) {
        let is_covered = self.panel.is_some();
        let Some(room) = self.rooms.open_mut() else { return };
        if room.history == History::Nothing {
            room.history = History::Page;
            self.wishes.push(Wish::Newest(room.handle.clone(), PAGE));
        }
        if room.unread > 0 && room.bottom.is_none() && room.has_the_end() && !is_covered {
            room.unread = 0;
            self.wishes.push(Wish::Read(room.handle.clone(), room.newest()));
        }
    }
}
