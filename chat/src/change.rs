//! What is done to a room and to who is in it.
//!
//! A change is judged once, in the transaction that stores it: whoever commits brings the [`Case`] as it is under the
//! room's lock, and [`Case::judge`] says what comes of it. So two changes that meet can't both be right, and nobody
//! comes in by a door that was shut a moment before.

use crate::{
    Act, Denial, Handle, History, Joining, NewSettings, Policy, Power, Role, RoomKind, Timestamp, UserId,
};
use std::time::Duration;

/// A person, by number and by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Person {
    /// The number inside.
    pub id: UserId,
    /// The name outside.
    pub handle: Handle,
}

/// The hash of a link that lets people in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkHash(pub [u8; 32]);

/// Something that a person wants done to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// To come in oneself: where everybody may, by an invitation, or by this link.
    Join {
        /// Oneself.
        who: Person,
        /// The link, if it is by one.
        link: Option<LinkHash>,
    },
    /// To go out oneself.
    Leave {
        /// Oneself.
        who: Person,
    },
    /// To bring somebody in, whether they asked to or not.
    Add {
        /// Whom.
        who: Person,
        /// As what: a guest or a member.
        role: Role,
    },
    /// To show somebody out. They may come again if they find a way.
    Kick {
        /// Whom.
        who: Person,
    },
    /// To show somebody out, if they are in, and let them in no more.
    Ban {
        /// Whom.
        who: Person,
    },
    /// To let somebody in again who was banned; they come by themselves.
    Unban {
        /// Whom.
        who: Person,
    },
    /// To have somebody listen only.
    Mute {
        /// Whom.
        who: Person,
        /// Until when; [`Timestamp::NEVER`] is until they are let speak again, and the past lets them.
        until: Timestamp,
    },
    /// To make somebody a guest, a member or an admin.
    Appoint {
        /// Whom.
        who: Person,
        /// What.
        role: Role,
    },
    /// To make somebody the owner in one's own place, and be an admin.
    HandOver {
        /// Whom.
        who: Person,
    },
    /// To set something.
    Set(Box<NewSettings>),
}

impl Change {
    /// To whom it is done.
    #[must_use]
    pub const fn who(&self) -> Option<&Person> {
        match self {
            Change::Join { who, .. } | Change::Leave { who } | Change::Add { who, .. } => Some(who),
            Change::Kick { who } | Change::Ban { who } | Change::Unban { who } => Some(who),
            Change::Mute { who, .. } | Change::Appoint { who, .. } | Change::HandOver { who } => Some(who),
            Change::Set(_) => None,
        }
    }

    /// What the log tells of it, once it is done at this time.
    #[must_use]
    pub fn tells(&self, at: Timestamp) -> Act {
        let name = |who: &Person| who.handle.clone();
        match self {
            Change::Join { who, .. } | Change::Add { who, .. } => Act::Joined { who: name(who) },
            Change::Leave { who } | Change::Kick { who } => Act::Left { who: name(who) },
            Change::Ban { who } => Act::Banned { who: name(who) },
            Change::Unban { who } => Act::Unbanned { who: name(who) },
            Change::Mute { who, until } if *until <= at => Act::Unmuted { who: name(who) },
            Change::Mute { who, until } => {
                Act::Muted { who: name(who), until: Some(*until).filter(|until| *until != Timestamp::NEVER) }
            }
            Change::Appoint { who, role } => Act::Appointed { who: name(who), role: *role },
            Change::HandOver { who } => Act::HandedOver { who: name(who) },
            Change::Set(new) => Act::Set(new.clone()),
        }
    }

    /// The link it is done by.
    #[must_use]
    pub const fn link(&self) -> Option<LinkHash> {
        match self {
            Change::Join { link, .. } => *link,
            _ => None,
        }
    }
}

/// What somebody is in a room now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Their role.
    pub role: Role,
    /// Until when they listen only.
    pub muted_until: Option<Timestamp>,
}

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

    fn add(&self, role: Role) -> Result<Outcome, No> {
        self.may(Power::Invite)?;
        if role > Role::Member || self.by.is_some_and(|by| role > by.role) {
            return Err(No::NotAllowed);
        }
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

impl Seat {
    /// How long they still listen only, if they do.
    ///
    /// # Errors
    /// [`Denial::Muted`].
    pub fn may_speak(&self, at: Timestamp) -> Result<(), Denial> {
        match self.muted_until.filter(|until| *until > at) {
            None => Ok(()),
            Some(Timestamp::NEVER) => Err(Denial::Muted(None)),
            Some(until) => {
                let left = u64::try_from(until.0.saturating_sub(at.0)).unwrap_or(0);
                Err(Denial::Muted(Some(Duration::from_millis(left))))
            }
        }
    }
}

#[cfg(test)]
mod tests;
