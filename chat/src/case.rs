//! What comes of a change: the one place where the rules of a room say so.
//!
//! A change is judged once, in the transaction that stores it: whoever commits brings the [`Case`] as it is under the
//! room's lock, and [`Case::judge`] says what comes of it. So two changes that meet can't both be right, and nobody
//! comes in by a door that was shut a moment before.

use crate::{Change, Denial, History, Joining, OpenWays, Policy, Power, Role, RoomKind, Seat, Timestamp};

/// Everything that is to be known when a change is judged, as it is under the room's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// What sort of room.
    pub kind: RoomKind,
    /// What is set for it.
    pub policy: Policy,
    /// How many are in it.
    pub members: u64,
    /// What the one is in it who wants the change.
    pub by: Option<Seat>,
    /// What the one is in it to whom it is done.
    pub seat: Option<Seat>,
    /// Whether that one is banned.
    pub is_banned: bool,
    /// Whether that one was in it before, and so knows that it is there.
    pub was_in: bool,
    /// As what that one may come in by an invitation.
    pub invited: Option<Role>,
    /// As what the link lets in.
    pub linked: Option<Role>,
    /// Whether both are the same one.
    pub is_own: bool,
    /// Whether that one asked to be let in, and waits.
    pub asks: bool,
    /// Whether the link is there that is to be taken back.
    pub has_link: bool,
    /// What is open already.
    pub ways: OpenWays,
}

/// What comes of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is so already.
    Nothing,
    /// They come in as this, and may read what this says.
    Comes(Role, History),
    /// They go.
    Goes,
    /// They are banned; who is in, goes.
    Banned,
    /// They are banned no more.
    Unbanned,
    /// They are this from now on.
    Is(Seat),
    /// They are the owner, and who was it an admin.
    HandedOver,
    /// It is set.
    Set,
    /// There is another way in: an invitation, a request, a link.
    Opens,
    /// There is one less.
    Shuts,
    /// They ask already, and say something else to it from now on. The log tells nothing of that.
    Rewords,
}

/// Why nothing comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    /// The room is none that they may know of.
    Unseen,
    /// They may not do that in this room.
    NotAllowed,
    /// For another reason.
    Denied(Denial),
}

impl From<Denial> for No {
    fn from(denial: Denial) -> No {
        No::Denied(denial)
    }
}

impl Case {
    /// What comes of the change at this time.
    ///
    /// # Errors
    /// Why nothing does. What they may not know of is judged first, so that nothing else tells them of it.
    pub fn judge(&self, change: &Change, at: Timestamp) -> Result<Outcome, No> {
        match change {
            Change::Join { .. } => self.join(),
            Change::Leave { .. } => self.leave(),
            Change::Ask { .. } => self.ask(),
            Change::Uninvite { .. } if self.is_own => {
                self.invited.map_or(Err(No::Unseen), |_| Ok(Outcome::Shuts))
            }
            Change::TurnAway { .. } if self.is_own => self.ask_no_more(),
            _ if self.by.is_none() => Err(No::Unseen),
            _ if self.kind.is_closed() => Err(Denial::RoomOfTwo.into()),
            Change::Add { role, .. } => self.add(*role),
            Change::Kick { .. } => {
                self.may(Power::Manage)?;
                self.lesser(self.seat.ok_or(Denial::NoSuchMember)?)?;
                Ok(Outcome::Goes)
            }
            Change::Ban { .. } => {
                self.may(Power::Manage)?;
                self.seat.map_or(Ok(()), |seat| self.lesser(seat))?;
                Ok(if self.is_banned { Outcome::Nothing } else { Outcome::Banned })
            }
            Change::Unban { .. } => {
                self.may(Power::Manage)?;
                Ok(if self.is_banned { Outcome::Unbanned } else { Outcome::Nothing })
            }
            Change::Mute { until, .. } => self.mute(*until, at),
            Change::Appoint { role, .. } => self.appoint(*role),
            Change::HandOver { .. } => self.hand_over(),
            Change::Set(new) => {
                self.may(if new.is_only_about() { Power::Describe } else { Power::Rule })?;
                Ok(if new.is_empty() { Outcome::Nothing } else { Outcome::Set })
            }
            Change::Invite { role, .. } => self.invite(*role),
            Change::Uninvite { .. } => self.shut(self.invited.is_some()),
            Change::TurnAway { .. } => self.shut(self.asks),
            Change::OpenLink(link) => {
                self.brings_in(link.role)?;
                not_too_many(self.ways.links, OpenWays::LINKS)?;
                Ok(Outcome::Opens)
            }
            Change::EndLink(_) => self.shut(self.has_link),
        }
    }

    fn may(&self, power: Power) -> Result<(), No> {
        let has = self.by.is_some_and(|by| power.is_of(by.role, self.kind, &self.policy));
        if has { Ok(()) } else { Err(No::NotAllowed) }
    }

    /// Only those with a lesser role can be ruled.
    fn lesser(&self, seat: Seat) -> Result<(), No> {
        if self.by.is_some_and(|by| seat.role < by.role) { Ok(()) } else { Err(No::NotAllowed) }
    }

    /// Whoever was invited, or has a link, knows of the room; others only of one that strangers may see.
    fn join(&self) -> Result<Outcome, No> {
        if self.seat.is_some() {
            return Ok(Outcome::Nothing);
        }
        let way = self.invited.or(self.linked);
        let is_open = self.policy.join == Joining::Open;
        let knows = way.is_some() || self.was_in || self.policy.is_seen_by_strangers();
        if !knows || self.kind.is_closed() {
            return Err(No::Unseen);
        }
        if self.is_banned {
            return Err(Denial::Banned.into());
        }
        let role = way.or(is_open.then_some(Role::Member)).ok_or(Denial::NotInvited)?;
        self.room_for_one()?;
        Ok(Outcome::Comes(role, self.policy.history))
    }

    fn room_for_one(&self) -> Result<(), No> {
        let is_full = self.policy.member_limit.is_some_and(|most| self.members >= u64::from(most));
        if is_full { Err(Denial::Full.into()) } else { Ok(()) }
    }

    /// Nobody gives more than they are themselves.
    fn brings_in(&self, role: Role) -> Result<(), No> {
        self.may(Power::Invite)?;
        let is_too_much = role > Role::Member || self.by.is_some_and(|by| role > by.role);
        if is_too_much { Err(No::NotAllowed) } else { Ok(()) }
    }

    /// Who is in needs no way in, and who is banned gets none.
    fn needs_a_way(&self) -> Result<(), No> {
        if self.seat.is_some() || self.is_banned { Err(Denial::Pointless.into()) } else { Ok(()) }
    }

    fn invite(&self, role: Role) -> Result<Outcome, No> {
        self.brings_in(role)?;
        self.needs_a_way()?;
        // Another one takes the place of the earlier.
        if self.invited.is_none() {
            not_too_many(self.ways.invitations, OpenWays::INVITATIONS)?;
            not_too_many(self.ways.of_one, OpenWays::INVITATIONS_OF_ONE)?;
        }
        Ok(Outcome::Opens)
    }

    fn ask(&self) -> Result<Outcome, No> {
        if !self.policy.is_seen_by_strangers() || self.kind.is_closed() {
            return Err(No::Unseen);
        }
        if self.policy.join == Joining::Invite {
            return Err(Denial::NotInvited.into());
        }
        self.needs_a_way()?;
        if self.asks {
            return Ok(Outcome::Rewords);
        }
        not_too_many(self.ways.requests, OpenWays::REQUESTS)?;
        Ok(Outcome::Opens)
    }

    /// Who asked knows of the room, also if it takes no requests any more.
    fn ask_no_more(&self) -> Result<Outcome, No> {
        match self.asks {
            true => Ok(Outcome::Shuts),
            false if self.by.is_some() || self.policy.is_seen_by_strangers() => Ok(Outcome::Nothing),
            false => Err(No::Unseen),
        }
    }

    fn shut(&self, is_open: bool) -> Result<Outcome, No> {
        self.may(Power::Invite)?;
        Ok(if is_open { Outcome::Shuts } else { Outcome::Nothing })
    }

    fn add(&self, role: Role) -> Result<Outcome, No> {
        self.brings_in(role)?;
        if self.seat.is_some() {
            return Ok(Outcome::Nothing);
        }
        if self.is_banned {
            // Who keeps order lets them in again first, so that nobody else undoes what they did.
            return Err(Denial::Banned.into());
        }
        self.room_for_one()?;
        Ok(Outcome::Comes(role, self.policy.history))
    }

    fn leave(&self) -> Result<Outcome, No> {
        let seat = self.seat.ok_or(No::Unseen)?;
        match self.kind {
            RoomKind::Direct | RoomKind::Own => Err(Denial::RoomOfTwo.into()),
            _ if seat.role == Role::Owner && self.members > 1 => Err(Denial::OwnerStays.into()),
            _ => Ok(Outcome::Goes),
        }
    }

    fn mute(&self, until: Timestamp, at: Timestamp) -> Result<Outcome, No> {
        self.may(Power::Manage)?;
        let seat = self.seat.ok_or(Denial::NoSuchMember)?;
        self.lesser(seat)?;
        let is_muted = |until: Option<Timestamp>| until.filter(|until| *until > at);
        let (before, after) = (is_muted(seat.muted_until), is_muted(Some(until)));
        let is_so = before == after;
        Ok(if is_so { Outcome::Nothing } else { Outcome::Is(Seat { muted_until: after, ..seat }) })
    }

    fn appoint(&self, role: Role) -> Result<Outcome, No> {
        self.may(Power::Appoint)?;
        let seat = self.seat.ok_or(Denial::NoSuchMember)?;
        self.lesser(seat)?;
        if self.by.is_none_or(|by| role >= by.role) {
            return Err(No::NotAllowed);
        }
        // Who speaks for the room is not muted in it.
        let muted_until = seat.muted_until.filter(|_| !role.manages());
        let is_so = seat.role == role;
        Ok(if is_so { Outcome::Nothing } else { Outcome::Is(Seat { role, muted_until }) })
    }

    fn hand_over(&self) -> Result<Outcome, No> {
        self.may(Power::HandOver)?;
        let seat = self.seat.ok_or(Denial::NoSuchMember)?;
        Ok(if seat.role == Role::Owner { Outcome::Nothing } else { Outcome::HandedOver })
    }
}

fn not_too_many(open: u32, most: u32) -> Result<(), No> {
    if open < most { Ok(()) } else { Err(Denial::TooManyWays.into()) }
}

#[cfg(test)]
mod tests;
