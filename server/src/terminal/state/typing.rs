//! What keys and entered lines do.

use super::{History, Key, LETTERS, Link, MESSAGES, Panel, State, Wish};
use crate::terminal::command::{self, Line};
use crate::terminal::layout::Areas;
use crate::terminal::rows;
use chat::{Deed, Handle, Seq, Wording};
use client::To;

impl State {
    pub(super) fn key(&mut self, key: Key) {
        let was_covered = self.panel.take().is_some();
        match key {
            Key::Type(letter) => self.type_in(letter.encode_utf8(&mut [0; 4])),
            Key::Enter => self.enter(),
            Key::NextRoom => self.rooms.step(1),
            Key::PreviousRoom => self.rooms.step(-1),
            Key::PageUp => self.scroll(-self.page()),
            Key::PageDown => self.scroll(self.page()),
            Key::RowUp => self.scroll(-1),
            Key::RowDown => self.scroll(1),
            Key::Escape if was_covered => {}
            Key::Escape | Key::Leave => self.wishes.push(Wish::Leave),
            edit => self.edit(edit),
        }
    }

    fn edit(&mut self, key: Key) {
        let editor = &mut self.editor;
        match key {
            Key::Left => editor.left(),
            Key::Right => editor.right(),
            Key::WordLeft => editor.word_left(),
            Key::WordRight => editor.word_right(),
            Key::Home => editor.home(),
            Key::End => editor.end(),
            Key::Backspace => editor.backspace(),
            Key::Delete => editor.delete(),
            Key::EraseWord => editor.erase_word(),
            Key::EraseBefore => editor.erase_before(),
            Key::EraseAfter => editor.erase_after(),
            _ => {}
        }
    }

    pub(super) fn type_in(&mut self, text: &str) {
        self.panel = None;
        if !self.editor.insert(text) {
            self.notice = Some("the line is full; what did not fit was left out".to_owned());
        }
    }

    fn enter(&mut self) {
        self.notice = None;
        match command::read(&self.editor.take()) {
            Line::Nothing => {}
            Line::Say(text) => self.say(text),
            Line::To(user, text) => self.say_to(user, text),
            Line::Open(room) => self.rooms.go_to(&room),
            Line::Edit(text) => {
                let wording = Wording::text(text);
                self.act(true, |of| Deed::Edit { of, wording });
            }
            Line::Recall => self.act(true, |of| Deed::Recall { of }),
            Line::React(sign) => self.act(false, |of| Deed::React { of, sign }),
            Line::Help => self.panel = Some(Panel::Help),
            Line::Rooms => self.panel = Some(Panel::Rooms),
            Line::Quit => self.wishes.push(Wish::Leave),
            Line::Wrong(hint) => self.notice = Some(hint),
        }
    }

    fn say(&mut self, text: String) {
        let draft = (self.drafts)();
        let Some(room) = self.rooms.open_mut() else {
            self.notice = Some("you are in no room yet; write to somebody with /to NAME TEXT".to_owned());
            return;
        };
        room.says(&self.me, draft, &text);
        let to = To::Room(room.handle.clone());
        self.wishes.push(Wish::Say { draft, to, text });
    }

    /// Does something to the last message of the open room: to one's own, or to anybody's.
    fn act(&mut self, to_own: bool, deed: impl FnOnce(Seq) -> Deed) {
        let by = to_own.then(|| self.me.clone());
        let Some((_, room)) = self.rooms.open() else { return };
        match room.last_message(by.as_ref()) {
            Some(of) => self.wishes.push(Wish::Act(room.handle.clone(), deed(of))),
            None => self.notice = Some("there is no message here to do that to".to_owned()),
        }
    }

    fn say_to(&mut self, user: Handle, text: String) {
        if let Some(room) = self.rooms.with(&user) {
            let room = room.handle.clone();
            self.rooms.go_to(&room);
            return self.say(text);
        }
        if self.letters.len() >= LETTERS {
            self.notice = Some("too many direct messages are on their way; wait for them".to_owned());
            return;
        }
        let draft = (self.drafts)();
        self.notice = Some(format!("to {user}: on its way"));
        self.letters.insert(draft, (user.clone(), text.clone()));
        self.wishes.push(Wish::Say { draft, to: To::User(user), text });
    }

    fn page(&self) -> isize {
        let height = Areas::of(self.size).messages.height;
        isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1)
    }

    /// Moves by rows, down for more than 0. At the top of what is here, more is asked for.
    fn scroll(&mut self, down: isize) {
        let messages = Areas::of(self.size).messages;
        let Some((_, room)) = self.rooms.open() else { return };
        let (bottom, is_top) = rows::walk(room, &self.look_of(messages.width), down, messages.height);
        let Some(room) = self.rooms.open_mut() else { return };
        room.bottom = bottom;
        if is_top && room.history == History::Page && self.link == Link::Up {
            room.history = History::Everything;
            self.wishes.push(Wish::Newest(room.handle.clone(), MESSAGES as u64));
        }
    }
}
