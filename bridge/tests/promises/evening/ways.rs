//! What the model takes of who is invited, asks to be let in, or has a link.

use super::model::{Answer, Link, Model, Person, Room};
use super::order::{NOT_ALLOWED, NOT_IN};
use super::speech::Place;
use chat::{Joining, Kind, Role};

const NO_LINK: Answer = Answer::No("no_such_link");

impl Model {
    /// As what a link lets into this room, if it is good.
    pub(super) fn good_link(&self, room: usize, at: usize) -> Option<Role> {
        let link = self.links.get(at).filter(|link| link.room == room)?;
        (!link.is_over && link.uses_left != Some(0)).then_some(link.role)
    }

    pub(super) fn invite(&mut self, (room, by): Place, who: Person, role: Role) -> Result<Answer, Answer> {
        self.meets(by, who)?;
        let there = self.room(room);
        there.inviting(by, role)?;
        there.needs_a_way(who)?;
        there.invited.insert(who, role);
        there.put(by, Kind::Invited);
        Ok(Answer::Done)
    }

    /// Only who asked is let in by this.
    pub(super) fn approve(&mut self, (room, by): Place, who: Person) -> Result<Answer, Answer> {
        self.rooms[room].inviting(by, Role::Member)?;
        self.meets(by, who)?;
        if !self.rooms[room].asked.contains(&who) {
            return Err(Answer::No("not_found"));
        }
        self.add((room, by), who, Role::Member)
    }

    pub(super) fn link(
        &mut self,
        (room, by): Place,
        role: Role,
        uses: Option<u32>,
    ) -> Result<Answer, Answer> {
        self.rooms[room].inviting(by, role)?;
        self.links.push(Link { room, role, uses_left: uses, is_over: false });
        self.rooms[room].put(by, Kind::LinkMade);
        Ok(Answer::Done)
    }

    /// One that is used up is over by that.
    pub(super) fn end_link(&mut self, (room, by): Place, at: usize) -> Result<Answer, Answer> {
        self.rooms[room].inviting(by, Role::Guest)?;
        self.good_link(room, at).ok_or(NO_LINK)?;
        self.links[at].is_over = true;
        self.rooms[room].put(by, Kind::LinkEnded);
        Ok(Answer::Done)
    }

    /// One that was never made, is used up or over leads nowhere.
    pub(super) fn follow(&mut self, by: Person, at: usize) -> Result<Answer, Answer> {
        let room = self.links.get(at).map(|link| link.room);
        let room = room.filter(|room| self.good_link(*room, at).is_some());
        self.join((room.ok_or(NO_LINK)?, by), Some(at))
    }
}

impl Room {
    /// Whether somebody may bring in others as this.
    fn inviting(&self, by: Person, role: Role) -> Result<(), Answer> {
        let own = self.inside(by)?;
        if own >= self.invite && role <= own { Ok(()) } else { Err(NOT_ALLOWED) }
    }

    /// Who is in needs no way in, and who is banned gets none.
    fn needs_a_way(&self, who: Person) -> Result<(), Answer> {
        let is_pointless = self.seats.contains_key(&who) || self.banned.contains(&who);
        if is_pointless { Err(Answer::No("pointless")) } else { Ok(()) }
    }

    /// By one who may invite, or by who was invited.
    pub(super) fn uninvite(&mut self, by: Person, who: Person) -> Result<Answer, Answer> {
        if by == who {
            return self.decline(by);
        }
        self.inviting(by, Role::Guest)?;
        if self.invited.remove(&who).is_some() {
            self.put(by, Kind::Uninvited);
        }
        Ok(Answer::Done)
    }

    pub(super) fn decline(&mut self, by: Person) -> Result<Answer, Answer> {
        self.invited.remove(&by).ok_or(NOT_IN)?;
        self.put(by, Kind::Uninvited);
        Ok(Answer::Done)
    }

    /// Who asks already only says something else to it.
    pub(super) fn ask_in(&mut self, by: Person) -> Result<Answer, Answer> {
        if self.is_of_two || !self.is_seen() {
            return Err(NOT_IN);
        }
        if self.join == Joining::Invite {
            return Err(Answer::No("room_by_invitation"));
        }
        self.needs_a_way(by)?;
        if self.asked.insert(by) {
            self.put(by, Kind::Requested);
        }
        Ok(Answer::Done)
    }

    /// By one who may invite, or by who asked: they know of the room, also if it takes no requests any more.
    pub(super) fn turn_away(&mut self, by: Person, who: Person) -> Result<Answer, Answer> {
        let knows = self.asked.contains(&by) || self.seats.contains_key(&by) || self.is_seen();
        match by == who {
            true if !knows => return Err(NOT_IN),
            true => {}
            false => self.inviting(by, Role::Guest)?,
        }
        if self.asked.remove(&who) {
            self.put(by, Kind::Declined);
        }
        Ok(Answer::Done)
    }
}
