//! Who comes in and who goes out.

use super::{Joined, Left, Mark, Plan, Sits};
use crate::{Error, Fate, NewEntry};
use chat::{Denial, Handle, Role, RoomId, Seat, Seq, Timestamp, UserId};

impl<'a> Plan<'a> {
    /// The one who comes in has read everything before: they can't see it.
    pub(super) fn join(&mut self, entry: &'a NewEntry, user: UserId, who: &'a Handle) -> Result<Fate, Error> {
        let place = (entry.room, user);
        if !self.known.accounts.contains(&user) {
            return Ok(Fate::NoSuchUser);
        }
        if self.known.members.contains_key(&place) {
            return Ok(Fate::Unchanged);
        }
        let stored = self.store(entry, None)?;
        let history = self.known.ruled.get(&entry.room).map(|ruled| ruled.settings.policy.history);
        let hears_from = self.hears_from(place, history, stored.0);
        self.admit(entry.room, (user, who.as_str()), Role::Member, (stored, hears_from));
        self.answer(place, entry.at);
        self.lift(place);
        self.stored()
    }

    /// Somebody is in from this entry on, and may read from `hears_from`, if that is before it.
    pub(super) fn admit(
        &mut self,
        room: RoomId,
        (user, handle): (UserId, &'a str),
        role: Role,
        ((seq, n), hears_from): ((Seq, u64), Option<Seq>),
    ) {
        let seat = Seat { role, muted_until: None };
        self.change_rules(room, 1);
        self.known.members.insert((room, user), Sits { from_seq: seq, seat });
        self.admitted.insert((user, room), Mark { seq, n });
        self.known.named.extend(Handle::stored(handle).map(|who| ((room, who), user)));
        self.joined.push(Joined { room, user, handle, from_seq: seq, hears_from, seat, end: None });
    }

    /// A room with others in it is never left without an owner.
    pub(super) fn leave(&mut self, entry: &'a NewEntry, user: UserId) -> Result<Fate, Error> {
        let known = &self.known;
        let Some(sits) = known.members.get(&(entry.room, user)) else { return Ok(Fate::Unchanged) };
        let is_closed = known.ruled.get(&entry.room).is_none_or(|ruled| ruled.kind.is_closed());
        let others = known.heads.get(&entry.room).is_some_and(|head| head.members > 1);
        if sits.seat.role == Role::Owner && others && !is_closed {
            return Ok(Fate::Denied(Denial::OwnerStays));
        }
        let (seq, _) = self.store(entry, None)?;
        self.see_out(entry.room, user, (seq, entry.at));
        self.stored()
    }

    /// Somebody is in up to this entry; nothing for a stranger.
    pub(super) fn see_out(&mut self, room: RoomId, user: UserId, (seq, at): (Seq, Timestamp)) {
        let Some(Sits { from_seq, .. }) = self.known.members.remove(&(room, user)) else { return };
        self.change_rules(room, -1);
        self.known.left.insert((room, user), seq);
        self.known.named.retain(|(at, _), named| (*at, *named) != (room, user));
        self.seated.remove(&(room, user));
        match self.begun(room, user) {
            Some(joined) => joined.end = Some((seq, at)),
            None => self.left.push(Left { room, user, from_seq, to_seq: seq, at }),
        }
    }

    /// The membership that began in this batch and goes on.
    pub(super) fn begun(&mut self, room: RoomId, user: UserId) -> Option<&mut Joined<'a>> {
        let begun = self.joined.iter_mut().rev().find(|one| (one.room, one.user) == (room, user));
        begun.filter(|one| one.end.is_none())
    }

    pub(super) fn change_rules(&mut self, room: RoomId, members: i64) {
        if let Some(head) = self.known.heads.get_mut(&room) {
            head.rules += 1;
            head.members += members;
            self.changed.insert(room);
        }
    }
}
