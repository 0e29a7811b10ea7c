//! What the model takes of what people say, and do to what was said.

use super::model::{Answer, Calls, Entry, Message, Model, Person, Room, Seat};
use chat::{Kind, Role};

const NOT_IN: Answer = Answer::No("not_a_member");

/// Who speaks, where.
pub(super) type Place = (usize, Person);

impl Model {
    /// Whether somebody may speak in a room at all: write something of their own, or do something else.
    fn may_speak(&self, (room, by): Place, writes: bool, takes_back: bool) -> Result<(), Answer> {
        let there = &self.rooms[room];
        let Seat { role, is_muted } = *there.seats.get(&by).ok_or(NOT_IN)?;
        if writes && !there.is_of_two && role < there.write {
            return Err(Answer::No("read_only"));
        }
        if is_muted && !takes_back {
            return Err(Answer::No("muted"));
        }
        Ok(())
    }

    fn may_call(&self, (room, by): Place, calls: &Calls) -> Result<(), Answer> {
        let there = &self.rooms[room];
        let may = there.is_of_two || there.seats.get(&by).is_some_and(|seat| seat.role >= there.call_all);
        match calls.all && !may {
            true => Err(Answer::No("may_not_call_all")),
            false => Ok(()),
        }
    }

    fn is_open(&self, room: usize) -> Result<(), Answer> {
        if self.is_closed(room) { Err(Answer::No("not_allowed")) } else { Ok(()) }
    }

    pub(super) fn say(&mut self, place: Place, calls: &Calls) -> Result<Answer, Answer> {
        self.may_speak(place, true, false)?;
        self.is_open(place.0)?;
        self.may_call(place, calls)?;
        Ok(self.rooms[place.0].take(place.1, calls))
    }

    /// A message of another room, or of this one, is said here.
    pub(super) fn forward(&mut self, place: Place, from: usize, of: u64) -> Result<Answer, Answer> {
        if !self.rooms[place.0].seats.contains_key(&place.1) {
            return Err(NOT_IN);
        }
        let source = &self.rooms[from];
        let entry = source.entry(of).filter(|_| source.may_read(place.1, of));
        match entry.and_then(|entry| entry.message.as_ref()) {
            None => return Err(Answer::No("no_such_message")),
            Some(message) if message.is_recalled => return Err(Answer::No("recalled")),
            Some(_) => {}
        }
        self.say(place, &Calls::default())
    }

    pub(super) fn edit(&mut self, place: Place, of: u64, calls: &Calls) -> Result<Answer, Answer> {
        self.may_speak(place, true, false)?;
        self.is_open(place.0)?;
        self.may_call(place, calls)?;
        let room = self.room(place.0);
        room.target(place.1, of)?;
        room.is_theirs(place.1, of)?;
        let calls = room.called(place.1, calls);
        let seq = room.put(place.1, Kind::Edit);
        if let Some(entry) = room.log.last_mut() {
            entry.edits = Some(of);
        }
        if let Some(message) = room.message(of) {
            (message.calls, message.is_edited) = (calls, true);
        }
        Ok(Answer::Entry(seq))
    }

    /// One's own words can be taken back wherever they are.
    pub(super) fn recall(&mut self, place: Place, of: u64) -> Result<Answer, Answer> {
        self.may_speak(place, false, true)?;
        let room = self.room(place.0);
        room.target(place.1, of)?;
        if !room.keeps_order(place.1) {
            room.is_theirs(place.1, of)?;
        }
        let seq = room.put(place.1, Kind::Recall);
        if let Some(message) = room.message(of) {
            *message = Message { is_recalled: true, ..Message::default() };
        }
        Ok(Answer::Entry(seq))
    }

    pub(super) fn react(&mut self, place: Place, of: u64, sign: usize) -> Result<Answer, Answer> {
        self.may_speak(place, false, false)?;
        self.is_open(place.0)?;
        let room = self.room(place.0);
        let key = (place.1, sign);
        if let Some(seq) = room.target(place.1, of)?.signs.get(&key) {
            return Ok(Answer::Before(*seq));
        }
        let seq = room.put(place.1, Kind::React);
        if let Some(message) = room.message(of) {
            message.signs.insert(key, seq);
        }
        Ok(Answer::Entry(seq))
    }

    pub(super) fn unreact(&mut self, place: Place, of: u64, sign: usize) -> Result<Answer, Answer> {
        self.may_speak(place, false, true)?;
        self.is_open(place.0)?;
        let room = self.room(place.0);
        let removed = room.target(place.1, of)?.signs.remove(&(place.1, sign));
        removed.ok_or(Answer::No("not_done"))?;
        Ok(Answer::Entry(room.put(place.1, Kind::Unreact)))
    }

    pub(super) fn pin(&mut self, place: Place, of: u64) -> Result<Answer, Answer> {
        self.may_speak(place, false, false)?;
        self.is_open(place.0)?;
        let room = self.room(place.0);
        let pinned = room.target(place.1, of)?.pinned;
        room.may_pin(place.1)?;
        if let Some(seq) = pinned {
            return Ok(Answer::Before(seq));
        }
        let seq = room.put(place.1, Kind::Pin);
        if let Some(message) = room.message(of) {
            message.pinned = Some(seq);
        }
        Ok(Answer::Entry(seq))
    }

    /// Who may pin sees what is pinned, also from before they came.
    pub(super) fn unpin(&mut self, place: Place, of: u64) -> Result<Answer, Answer> {
        self.may_speak(place, false, true)?;
        self.is_open(place.0)?;
        let room = self.room(place.0);
        let is_pinned = room.message(of).is_some_and(|message| message.pinned.is_some());
        if !(is_pinned && room.may_pin(place.1).is_ok()) {
            room.target(place.1, of)?;
            room.may_pin(place.1)?;
            return Err(Answer::No("not_done"));
        }
        if let Some(message) = room.message(of) {
            message.pinned = None;
        }
        Ok(Answer::Entry(room.put(place.1, Kind::Unpin)))
    }

    pub(super) fn mark(&mut self, place: Place, seq: u64) -> Result<Answer, Answer> {
        let room = self.room(place.0);
        if !room.seats.contains_key(&place.1) {
            return Err(NOT_IN);
        }
        let mine = room.mine(place.1);
        (mine.read, mine.marked) = (mine.read.max(seq), false);
        Ok(Answer::Done)
    }
}

impl Room {
    /// Takes a message. Whoever speaks has read what was said before.
    fn take(&mut self, by: Person, calls: &Calls) -> Answer {
        let message = Message { calls: self.called(by, calls), ..Message::default() };
        self.log.push(Entry { by, kind: Kind::Text, edits: None, message: Some(message) });
        let last = self.last();
        let mine = self.mine(by);
        (mine.read, mine.marked, mine.began) = (last, false, false);
        Answer::Entry(last)
    }

    /// A message that is there for them: since their last coming, or their own.
    fn target(&mut self, by: Person, of: u64) -> Result<&mut Message, Answer> {
        let none = Answer::No("no_such_message");
        let from = self.stretches.get(&by).and_then(|all| all.last()).ok_or(none)?.from;
        let is_theirs = self.entry(of).is_some_and(|entry| entry.by == by);
        match self.message(of).filter(|_| of >= from || is_theirs).ok_or(none)? {
            message if message.is_recalled => Err(Answer::No("recalled")),
            message => Ok(message),
        }
    }

    fn is_theirs(&self, by: Person, of: u64) -> Result<(), Answer> {
        let theirs = self.entry(of).is_some_and(|entry| entry.by == by);
        if theirs { Ok(()) } else { Err(Answer::No("not_yours")) }
    }

    fn keeps_order(&self, who: Person) -> bool {
        !self.is_of_two && self.seats.get(&who).is_some_and(|seat| seat.role >= Role::Admin)
    }

    fn may_pin(&self, who: Person) -> Result<(), Answer> {
        let may = self.is_of_two || self.seats.get(&who).is_some_and(|seat| seat.role >= self.pin);
        if may { Ok(()) } else { Err(Answer::No("not_allowed")) }
    }
}
