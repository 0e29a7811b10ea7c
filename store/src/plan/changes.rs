//! What is done to rooms and to who is in them: judged by [`chat::Case`], as everything is at this place in the log.

use super::Plan;
use crate::{Error, Fate, NewEntry};
use chat::{
    Case, Change, Denial, History, No, Objection, OpenWays, Outcome, Person, Role, RoomId, Seat, Seq,
    Timestamp, UserId,
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

    /// Another is the owner, whoever was it and whatever the room's rules say.
    pub(super) fn succeed(&mut self, entry: &'a NewEntry, who: &Person) -> Result<Fate, Error> {
        let (room, known) = (entry.room, &self.known);
        if [entry.sender, who.id].iter().any(|user| !known.accounts.contains(user)) {
            return Ok(Fate::NoSuchUser);
        }
        let Some(ruled) = known.ruled.get(&room) else { return Ok(Fate::NoSuchRoom) };
        if ruled.kind.is_closed() {
            return Ok(Fate::Denied(Denial::RoomOfTwo));
        }
        match known.members.get(&(room, who.id)) {
            None => return Ok(Fate::Denied(Denial::NoSuchMember)),
            Some(sits) if sits.seat.role == Role::Owner => return Ok(Fate::Unchanged),
            Some(_) => {}
        }
        let owns = |((at, _), sits): &(&(RoomId, UserId), &super::Sits)| {
            *at == room && sits.seat.role == Role::Owner
        };
        let owners: Vec<UserId> = known.members.iter().filter(owns).map(|((_, user), _)| *user).collect();
        self.store(entry, None)?;
        for owner in owners {
            self.seat(room, owner, Seat { role: Role::Admin, muted_until: None });
        }
        self.seat(room, who.id, Seat { role: Role::Owner, muted_until: None });
        self.change_rules(room, 0);
        self.stored()
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
        let room = entry.room;
        let known = &self.known;
        let ruled = known.ruled.get(&room)?;
        let seat = |user: UserId| known.members.get(&(room, user)).map(|sits| sits.seat);
        let guest = change.who().map(|who| (room, who.id));
        let of_guest = |there: &dyn Fn(&(RoomId, UserId)) -> bool| guest.is_some_and(|guest| there(&guest));
        let case = Case {
            kind: ruled.kind,
            policy: ruled.settings.policy,
            members: known.heads.get(&room)?.members.try_into().unwrap_or(0),
            by: seat(entry.sender),
            seat: guest.and_then(|(_, user)| seat(user)),
            is_banned: of_guest(&|guest| known.banned.contains(guest)),
            was_in: of_guest(&|guest| known.left.contains_key(guest)),
            is_own: guest.is_some_and(|(_, user)| user == entry.sender),
            invited: None,
            linked: None,
            asks: false,
            has_link: false,
            ways: OpenWays::default(),
        };
        Some(self.with_ways(entry, change, case))
    }

    fn comes_of_it(
        &mut self,
        entry: &'a NewEntry,
        change: &'a Change,
        outcome: Outcome,
    ) -> Result<Fate, Error> {
        if !self.may_hang(entry, change) {
            return Ok(Fate::NoSuchMedia);
        }
        if outcome == Outcome::Rewords {
            self.ask(entry, change);
            return Ok(Fate::Unchanged);
        }
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
            (Outcome::Set, _) => self.set(entry, change),
            (Outcome::Opens, _) => self.open(entry, change),
            (Outcome::Shuts, _) => self.shut(entry, change),
            (Outcome::Nothing | Outcome::Rewords, _) | (_, None) => {}
        }
        // Whoever comes or goes has raised it already, and a way in changes nothing for those who are in.
        if !change.is_of_ways() && self.known.heads.get(&room).map(|head| head.rules) == rules {
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
        self.answer(place, entry.at);
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

    fn ban(&mut self, entry: &NewEntry, who: &Person, seq: Seq) {
        let place = (entry.room, who.id);
        self.see_out(entry.room, who.id, (seq, entry.at));
        let banned = Banned { handle: who.handle.to_string(), by: entry.sender, at: entry.at };
        self.banned.insert(place, Some(banned));
        self.known.banned.insert(place);
        self.answer(place, entry.at);
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

    /// Whether the picture that shall stand for the room is there and its sender's; it may stay, whosever it is.
    fn may_hang(&self, entry: &NewEntry, change: &Change) -> bool {
        let Some(media) = change.portrait() else { return true };
        let known = &self.known;
        let hangs = known.ruled.get(&entry.room).and_then(|ruled| ruled.settings.about.portrait());
        hangs == Some(media) || known.portraits.contains(&(media, entry.sender))
    }

    fn set(&mut self, entry: &NewEntry, change: &Change) {
        let (Change::Set(new), Some(ruled)) = (change, self.known.ruled.get_mut(&entry.room)) else { return };
        let before = ruled.settings.about.portrait();
        ruled.settings.set(new);
        self.ruled.insert(entry.room);
        let now = ruled.settings.about.portrait();
        if now != before {
            self.hung.insert(entry.room, (now, entry.sender));
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
