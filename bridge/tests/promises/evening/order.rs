//! What the model takes of what is done to rooms, and to who is in them.

use super::act::{Own, Setting};
use super::model::{Answer, Model, Person, Room, Seat, Stretch};
use super::speech::Place;
use chat::{History, Joining, Kind, Role};
use std::cmp::Reverse;

pub(super) const NOT_IN: Answer = Answer::No("not_a_member");
pub(super) const NOT_ALLOWED: Answer = Answer::No("not_allowed");
const NOBODY: Answer = Answer::No("no_such_user");

impl Model {
    /// Somebody whom this one may bring in or invite: who keeps them away is not there.
    pub(super) fn meets(&self, by: Person, who: Person) -> Result<(), Answer> {
        if self.away.contains(&(who, by)) { Err(NOBODY) } else { Ok(()) }
    }

    pub(super) fn join(&mut self, (room, by): Place, link: Option<usize>) -> Result<Answer, Answer> {
        let linked = link.and_then(|at| self.good_link(room, at));
        let there = self.room(room);
        if there.seats.contains_key(&by) {
            return Ok(Answer::Done);
        }
        let invited = there.invited.get(&by).copied();
        let way = invited.or(linked);
        let was_in = there.stretches.contains_key(&by);
        if there.is_of_two || !(way.is_some() || was_in || there.is_seen()) {
            return Err(NOT_IN);
        }
        if there.banned.contains(&by) {
            return Err(Answer::No("banned"));
        }
        let open = (there.join == Joining::Open).then_some(Role::Member);
        let role = way.or(open).ok_or(Answer::No("room_by_invitation"))?;
        there.has_room()?;
        let answer = there.comes((by, by), role);
        if invited.is_none()
            && let Some(left) = link.and_then(|at| self.links.get_mut(at)?.uses_left.as_mut())
        {
            *left = left.saturating_sub(1);
        }
        Ok(answer)
    }

    pub(super) fn add(&mut self, (room, by): Place, who: Person, role: Role) -> Result<Answer, Answer> {
        self.meets(by, who)?;
        let there = self.room(room);
        let own = there.inside(by)?;
        if own < there.invite || role > own {
            return Err(NOT_ALLOWED);
        }
        if there.seats.contains_key(&who) {
            return Ok(Answer::Done);
        }
        if there.banned.contains(&who) {
            return Err(Answer::No("banned"));
        }
        there.has_room()?;
        Ok(there.comes((by, who), role))
    }
}

impl Room {
    pub(super) fn is_seen(&self) -> bool {
        self.listed || self.join != Joining::Invite
    }

    fn has_room(&self) -> Result<(), Answer> {
        let is_full = self.limit > 0 && self.seats.len() >= self.limit as usize;
        if is_full { Err(Answer::No("room_full")) } else { Ok(()) }
    }

    /// What somebody is in a room whose members can change.
    pub(super) fn inside(&self, by: Person) -> Result<Role, Answer> {
        let seat = self.seats.get(&by).ok_or(NOT_IN)?;
        if self.is_of_two { Err(Answer::No("room_of_two")) } else { Ok(seat.role) }
    }

    /// The same of one who sees to order in it.
    fn managing(&self, by: Person) -> Result<Role, Answer> {
        let role = self.inside(by)?;
        if role >= Role::Admin { Ok(role) } else { Err(NOT_ALLOWED) }
    }

    /// Somebody below them.
    fn ruled(&mut self, by: Person, who: Person) -> Result<(Role, &mut Seat), Answer> {
        let role = self.managing(by)?;
        let seat = self.seats.get_mut(&who).ok_or(Answer::No("no_such_member"))?;
        if seat.role < role { Ok((role, seat)) } else { Err(NOT_ALLOWED) }
    }

    /// Somebody comes in, brought by the first or by themselves. They have read everything before.
    fn comes(&mut self, (by, who): (Person, Person), role: Role) -> Answer {
        let seq = self.put(by, Kind::Joined);
        let stretches = self.stretches.entry(who).or_default();
        let went = stretches.last().and_then(|last| last.to).unwrap_or(0);
        let from = if self.history == History::All { went + 1 } else { seq };
        stretches.push(Stretch { from, joined: seq, to: None });
        self.seats.insert(who, Seat { role, is_muted: false });
        self.mine(who).read = seq;
        self.invited.remove(&who);
        self.asked.remove(&who);
        Answer::Entry(seq)
    }

    /// Somebody goes with the last entry.
    fn goes(&mut self, who: Person) {
        let last = self.last();
        if self.seats.remove(&who).is_some() {
            if let Some(stretch) = self.stretches.get_mut(&who).and_then(|all| all.last_mut()) {
                stretch.to = Some(last);
            }
            let mine = self.mine(who);
            *mine = super::model::Mine { read: mine.read, ..Default::default() };
        }
    }

    pub(super) fn leave(&mut self, by: Person) -> Result<Answer, Answer> {
        let role = self.inside(by)?;
        if role == Role::Owner && self.seats.len() > 1 {
            return Err(Answer::No("owner_stays"));
        }
        let seq = self.put(by, Kind::Left);
        self.goes(by);
        Ok(Answer::Entry(seq))
    }

    pub(super) fn kick(&mut self, by: Person, who: Person) -> Result<Answer, Answer> {
        self.ruled(by, who)?;
        let seq = self.put(by, Kind::Left);
        self.goes(who);
        Ok(Answer::Entry(seq))
    }

    pub(super) fn ban(&mut self, by: Person, who: Person) -> Result<Answer, Answer> {
        self.managing(by)?;
        if self.seats.contains_key(&who) {
            self.ruled(by, who)?;
        }
        if !self.banned.insert(who) {
            return Ok(Answer::Done);
        }
        let seq = self.put(by, Kind::Banned);
        self.goes(who);
        self.invited.remove(&who);
        self.asked.remove(&who);
        Ok(Answer::Entry(seq))
    }

    pub(super) fn unban(&mut self, by: Person, who: Person) -> Result<Answer, Answer> {
        self.managing(by)?;
        let was = self.banned.remove(&who);
        Ok(if was { Answer::Entry(self.put(by, Kind::Unbanned)) } else { Answer::Done })
    }

    pub(super) fn mute(&mut self, by: Person, who: Person, mute: bool) -> Result<Answer, Answer> {
        let (_, seat) = self.ruled(by, who)?;
        if std::mem::replace(&mut seat.is_muted, mute) == mute {
            return Ok(Answer::Done);
        }
        Ok(Answer::Entry(self.put(by, if mute { Kind::Muted } else { Kind::Unmuted })))
    }

    /// Who speaks for the room is not muted in it.
    pub(super) fn appoint(&mut self, by: Person, who: Person, role: Role) -> Result<Answer, Answer> {
        let (own, seat) = self.ruled(by, who)?;
        if role >= own {
            return Err(NOT_ALLOWED);
        }
        if seat.role == role {
            return Ok(Answer::Done);
        }
        *seat = Seat { role, is_muted: seat.is_muted && role < Role::Admin };
        Ok(Answer::Entry(self.put(by, Kind::Role)))
    }

    pub(super) fn hand_over(&mut self, by: Person, who: Person) -> Result<Answer, Answer> {
        if self.inside(by)? != Role::Owner {
            return Err(NOT_ALLOWED);
        }
        if !self.seats.contains_key(&who) {
            return Err(Answer::No("no_such_member"));
        }
        if by == who {
            return Ok(Answer::Done);
        }
        self.seats.insert(by, Seat { role: Role::Admin, is_muted: false });
        self.seats.insert(who, Seat { role: Role::Owner, is_muted: false });
        Ok(Answer::Entry(self.put(by, Kind::HandedOver)))
    }

    pub(super) fn set(&mut self, by: Person, setting: Setting) -> Result<Answer, Answer> {
        fn put<T: PartialEq>(at: &mut T, new: T) -> bool {
            let is_new = *at != new;
            *at = new;
            is_new
        }
        self.managing(by)?;
        let is_new = match setting {
            Setting::Description(new) => put(&mut self.described, new),
            Setting::Join(new) => put(&mut self.join, new),
            Setting::Listed(new) => put(&mut self.listed, new),
            Setting::History(new) => put(&mut self.history, new),
            Setting::Write(new) => put(&mut self.write, new),
            Setting::Pin(new) => put(&mut self.pin, new),
            Setting::Invite(new) => put(&mut self.invite, new),
            Setting::CallAll(new) => put(&mut self.call_all, new),
            Setting::Limit(new) => put(&mut self.limit, new),
        };
        Ok(if is_new { Answer::Entry(self.put(by, Kind::Settings)) } else { Answer::Done })
    }

    /// An administrator of the server is bound by nothing of it, and ends a ban.
    pub(super) fn brought(&mut self, who: Person) {
        if !self.seats.contains_key(&who) {
            self.comes((who, who), Role::Member);
            self.banned.remove(&who);
        }
    }

    /// An owner's room is handed on before: to who is most in it, and of those to who has been in it longest.
    pub(super) fn taken_out(&mut self, who: Person) {
        let Some(seat) = self.seats.get(&who) else { return };
        if seat.role == Role::Owner {
            let joined =
                |one: &Person| self.stretches.get(one).and_then(|all| all.last()).map(|one| one.joined);
            let others = self.seats.iter().filter(|(other, _)| **other != who);
            let heir = others.max_by_key(|(other, seat)| (seat.role, Reverse((joined(other), **other))));
            if let Some(heir) = heir.map(|(heir, _)| *heir) {
                self.crown(who, heir);
            }
        }
        self.put(who, Kind::Left);
        self.goes(who);
    }

    /// Who was the owner is an admin then.
    fn crown(&mut self, by: Person, who: Person) {
        self.put(by, Kind::HandedOver);
        for seat in self.seats.values_mut().filter(|seat| seat.role == Role::Owner) {
            *seat = Seat { role: Role::Admin, is_muted: false };
        }
        self.seats.insert(who, Seat { role: Role::Owner, is_muted: false });
    }

    pub(super) fn enthroned(&mut self, who: Person) -> Result<Answer, Answer> {
        match self.seats.get(&who) {
            _ if self.is_of_two => return Err(Answer::No("room_of_two")),
            None => return Err(Answer::No("no_such_member")),
            Some(seat) if seat.role == Role::Owner => {}
            Some(_) => self.crown(who, who),
        }
        Ok(Answer::Done)
    }

    pub(super) fn set_own(&mut self, by: Person, own: Own) -> Result<Answer, Answer> {
        if !self.seats.contains_key(&by) {
            return Err(NOT_IN);
        }
        let mine = self.mine(by);
        match own {
            Own::Pinned(new) => mine.pinned = new,
            Own::Archived(new) => mine.archived = new,
            Own::Marked(new) => mine.marked = new,
        }
        Ok(Answer::Done)
    }

    pub(super) fn begin(&mut self, by: Person, text: bool) -> Result<Answer, Answer> {
        if !self.seats.contains_key(&by) {
            return Err(NOT_IN);
        }
        self.mine(by).began = text;
        Ok(Answer::Done)
    }
}
