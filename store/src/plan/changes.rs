//! What is done to rooms and to who is in them: judged by [`chat::Case`], as everything is at this place in the log.

use super::{Linked, Plan};
use crate::{Error, Fate, NewEntry};
use chat::{
    Case, Change, History, LinkHash, No, Objection, Outcome, Person, Role, RoomId, Seat, Seq, Timestamp,
    UserId,
};
use std::time::Duration;

/// Who is let in no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banned {
    /// What they are called.
    pub handle: String,
    /// Who said so.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

impl<'a> Plan<'a> {
    /// Changes the room, if its rules allow that.
    pub(super) fn change(&mut self, entry: &'a NewEntry, change: &'a Change) -> Result<Fate, Error> {
        let people = change.who().map(|who| who.id).into_iter().chain([entry.sender]);
        if people.into_iter().any(|user| !self.known.accounts.contains(&user)) {
            return Ok(Fate::NoSuchUser);
        }
        let Some(case) = self.case(entry, change) else { return Ok(Fate::NoSuchRoom) };
        match self.judged(case, entry, change) {
            Err(No::Unseen) => Ok(Fate::NoSuchRoom),
            Err(No::NotAllowed) => Ok(Fate::Objected(Objection::NotAllowed)),
            Err(No::Denied(denial)) => Ok(Fate::Denied(denial)),
            Ok(Outcome::Nothing) => Ok(Fate::Unchanged),
            Ok(outcome) => self.comes_of_it(entry, change, outcome),
        }
    }

    /// What is set already need not be set.
    fn judged(&self, case: Case, entry: &NewEntry, change: &Change) -> Result<Outcome, No> {
        let outcome = case.judge(change, entry.at)?;
        match (change, self.known.ruled.get(&entry.room)) {
            (Change::Set(new), Some(ruled)) if (**new).clone().unlike(&ruled.settings).is_empty() => {
                Ok(Outcome::Nothing)
            }
            _ => Ok(outcome),
        }
    }

    /// Everything that is to be known of it.
    fn case(&self, entry: &NewEntry, change: &Change) -> Option<Case> {
        let (room, at) = (entry.room, entry.at);
        let known = &self.known;
        let ruled = known.ruled.get(&room)?;
        let seat = |user: UserId| known.members.get(&(room, user)).map(|sits| sits.seat);
        let guest = change.who().map(|who| (room, who.id));
        let of_guest = |there: &dyn Fn(&(RoomId, UserId)) -> bool| guest.is_some_and(|guest| there(&guest));
        let invited = guest.and_then(|guest| known.invited.get(&guest));
        Some(Case {
            kind: ruled.kind,
            policy: ruled.settings.policy,
            members: known.heads.get(&room)?.members.try_into().unwrap_or(0),
            by: seat(entry.sender),
            seat: guest.and_then(|(_, user)| seat(user)),
            is_banned: of_guest(&|guest| known.banned.contains(guest)),
            was_in: of_guest(&|guest| known.left.contains_key(guest)),
            invited: invited.filter(|one| at < one.expires_at).map(|one| one.role),
            linked: self.good_link(change.link(), room, at).map(|(_, link)| link.role),
        })
    }

    fn good_link(&self, hash: Option<LinkHash>, room: RoomId, at: Timestamp) -> Option<(LinkHash, Linked)> {
        let hash = hash?;
        let link = *self.known.links.get(&hash)?;
        let is_good = link.room == room
            && link.expires_at.is_none_or(|end| at < end)
            && link.uses_left.is_none_or(|left| left > 0);
        is_good.then_some((hash, link))
    }

    fn comes_of_it(
        &mut self,
        entry: &'a NewEntry,
        change: &'a Change,
        outcome: Outcome,
    ) -> Result<Fate, Error> {
        let stored = self.store(entry, None)?;
        let (room, (seq, _)) = (entry.room, stored);
        let rules = self.known.heads.get(&room).map(|head| head.rules);
        match (outcome, change.who()) {
            (Outcome::Comes(role, history), Some(who)) => self.comes(entry, who, (role, history), stored),
            (Outcome::Goes, Some(who)) => self.see_out(room, who.id, (seq, entry.at)),
            (Outcome::Banned, Some(who)) => self.ban(entry, who, seq),
            (Outcome::Unbanned, Some(who)) => self.lift((room, who.id)),
            (Outcome::Is(seat), Some(who)) => self.seat(room, who.id, seat),
            (Outcome::HandedOver, Some(who)) => {
                self.seat(room, entry.sender, Seat { role: Role::Admin, muted_until: None });
                self.seat(room, who.id, Seat { role: Role::Owner, muted_until: None });
            }
            (Outcome::Set, _) => self.set(room, change),
            (Outcome::Nothing, _) | (_, None) => {}
        }
        // Whoever comes or goes has raised it already.
        if self.known.heads.get(&room).map(|head| head.rules) == rules {
            self.change_rules(room, 0);
        }
        self.stored()
    }

    fn comes(
        &mut self,
        entry: &NewEntry,
        who: &'a Person,
        (role, history): (Role, History),
        stored: (Seq, u64),
    ) {
        let place = (entry.room, who.id);
        let hears_from = self.hears_from(place, Some(history), stored.0);
        self.use_up(entry, who);
        self.admit(entry.room, (who.id, who.handle.as_str()), role, (stored, hears_from));
        self.known.invited.remove(&place);
    }

    /// What they may read who come in with this entry, if that is more than what comes after it.
    pub(super) fn hears_from(
        &self,
        place: (RoomId, UserId),
        history: Option<History>,
        joined: Seq,
    ) -> Option<Seq> {
        let earlier = self.known.left.get(&place).map_or(Seq::FIRST, |left| left.next());
        (history == Some(History::All)).then_some(earlier).filter(|from| *from < joined)
    }

    /// A link is used only by those who had no other way.
    fn use_up(&mut self, entry: &NewEntry, who: &Person) {
        let NewEntry { room, at, act: crate::NewAct::Change(change), .. } = entry else { return };
        let is_invited = self.known.invited.get(&(*room, who.id)).is_some_and(|one| *at < one.expires_at);
        let link = self.good_link(change.link(), *room, *at).filter(|_| !is_invited);
        if let Some((hash, Linked { uses_left: Some(left), .. })) = link {
            let left = left.saturating_sub(1);
            self.used.insert(hash, left);
            if let Some(link) = self.known.links.get_mut(&hash) {
                link.uses_left = Some(left);
            }
        }
    }

    fn ban(&mut self, entry: &NewEntry, who: &Person, seq: Seq) {
        let place = (entry.room, who.id);
        self.see_out(entry.room, who.id, (seq, entry.at));
        let banned = Banned { handle: who.handle.to_string(), by: entry.sender, at: entry.at };
        self.banned.insert(place, Some(banned));
        self.known.banned.insert(place);
        self.known.invited.remove(&place);
        self.answered.insert(place);
    }

    /// Ends a ban, if there is one; the tables are asked where nobody looked.
    pub(super) fn lift(&mut self, place: (RoomId, UserId)) {
        self.known.banned.remove(&place);
        self.banned.insert(place, None);
    }

    fn seat(&mut self, room: RoomId, user: UserId, seat: Seat) {
        let Some(sits) = self.known.members.get_mut(&(room, user)) else { return };
        sits.seat = seat;
        let from_seq = sits.from_seq;
        match self.begun(room, user) {
            Some(joined) => joined.seat = seat,
            None => drop(self.seated.insert((room, user), (from_seq, seat))),
        }
    }

    fn set(&mut self, room: RoomId, change: &Change) {
        if let (Change::Set(new), Some(ruled)) = (change, self.known.ruled.get_mut(&room)) {
            ruled.settings.set(new);
            self.ruled.insert(room);
        }
    }

    /// How long the sender still has to pause; if not at all, the next pause begins.
    pub(super) fn pause(&mut self, entry: &NewEntry) -> Option<Duration> {
        let (pause, place) = (entry.pause?, (entry.room, entry.sender));
        if let Some(last) = self.known.paused.get(&place) {
            // A clock that went back since makes nobody wait longer than a pause.
            let passed = u64::try_from(entry.at.0.saturating_sub(last.0)).unwrap_or(u64::MAX);
            let wait = pause.saturating_sub(Duration::from_millis(passed));
            if !wait.is_zero() {
                return Some(wait);
            }
        }
        self.known.paused.insert(place, entry.at);
        self.paused.insert(place, entry.at);
        None
    }
}
