//! What the log keeps.

use crate::{
    Content, Deed, Draft, Event, Handle, Kind, LinkId, NewSettings, Origin, Reach, Role, RoomId, Sign,
    Timestamp, UserId,
};
use std::fmt;

/// The place of an entry in its room: 1, 2, 3 … without a hole. (room, seq) is the identity of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Seq(pub u64);

impl Seq {
    /// Before the first entry.
    pub const ZERO: Seq = Seq(0);
    /// The first entry of a room.
    pub const FIRST: Seq = Seq(1);

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Seq {
        Seq(self.0 + 1)
    }

    /// The place before this one; before the first entry it stays where it is.
    #[must_use]
    pub const fn before(self) -> Seq {
        Seq(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an entry does, beside being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Somebody said something.
    Said(Content),
    /// Somebody had said something and it was recalled: what it was is gone.
    Recalled,
    /// Somebody did something to an earlier message.
    Did(Deed),
    /// The room began, with these members.
    Created {
        /// Its first members, who hear from this entry on.
        members: Vec<Handle>,
    },
    /// Somebody came in and hears from this entry on.
    Joined {
        /// Who.
        who: Handle,
    },
    /// Somebody went out, or was shown out if somebody else wrote it; this is the last entry they hear.
    Left {
        /// Who.
        who: Handle,
    },
    /// A user was told something, in their own room.
    Told(Event),
    /// Somebody is let in no more; if they were in, this is the last entry they hear.
    Banned {
        /// Who.
        who: Handle,
    },
    /// And may come in again.
    Unbanned {
        /// Who.
        who: Handle,
    },
    /// Somebody is a guest, a member or an admin from now on.
    Appointed {
        /// Who.
        who: Handle,
        /// What.
        role: Role,
    },
    /// Somebody listens only.
    Muted {
        /// Who.
        who: Handle,
        /// Until when, if it ends by itself.
        until: Option<Timestamp>,
    },
    /// And may speak again.
    Unmuted {
        /// Who.
        who: Handle,
    },
    /// Somebody is the owner from now on, and who wrote it is an admin.
    HandedOver {
        /// Who.
        who: Handle,
    },
    /// Something was set for the room.
    Set(Box<NewSettings>),
    /// So many people have put these signs to an earlier message of a large room, where few are told who does.
    Reactions {
        /// The message.
        of: Seq,
        /// The signs, and how many people have put each; at most [`Deed::MAX_SIGNS`].
        signs: Vec<(Sign, u64)>,
    },
    /// Somebody who is not in the room may come in if they like to.
    Invited {
        /// Who.
        who: Handle,
        /// As what.
        role: Role,
        /// Until when.
        until: Timestamp,
    },
    /// And may not any more: it was taken back, or they declined it themselves.
    Uninvited {
        /// Who.
        who: Handle,
    },
    /// Somebody asked to be let in. What they said to it is told to those who let people in, and is not in here.
    Requested {
        /// Who.
        who: Handle,
    },
    /// And is not let in: somebody turned them away, or they took it back themselves.
    Declined {
        /// Who.
        who: Handle,
    },
    /// There is a link that lets in whoever has it. What is in the link is nowhere but with who has it.
    LinkMade {
        /// By which it is taken back.
        link: LinkId,
        /// As what it lets in.
        role: Role,
        /// How often, if that is bounded.
        uses: Option<u32>,
        /// Until when, if it ends by itself.
        until: Option<Timestamp>,
    },
    /// And was taken back.
    LinkEnded {
        /// Which.
        link: LinkId,
    },
}

impl Act {
    /// Whom it is about, where it is about somebody in the room, or on their way into it.
    #[must_use]
    pub const fn who(&self) -> Option<&Handle> {
        match self {
            Act::Joined { who } | Act::Left { who } | Act::Banned { who } | Act::Unbanned { who } => {
                Some(who)
            }
            Act::Appointed { who, .. } | Act::Muted { who, .. } => Some(who),
            Act::Unmuted { who } | Act::HandedOver { who } => Some(who),
            Act::Invited { who, .. } | Act::Uninvited { who } => Some(who),
            Act::Requested { who } | Act::Declined { who } => Some(who),
            Act::Said(_) | Act::Recalled | Act::Did(_) | Act::Created { .. } => None,
            Act::Set(_) | Act::Told(_) | Act::Reactions { .. } => None,
            Act::LinkMade { .. } | Act::LinkEnded { .. } => None,
        }
    }

    /// Whether both say or do the same, see [`Content::says_the_same`].
    #[must_use]
    pub fn says_the_same(&self, other: &Act) -> bool {
        match (self, other) {
            (Act::Said(one), Act::Said(other)) => one.says_the_same(other),
            _ => self == other,
        }
    }

    /// What sort of entry this makes.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Act::Said(content) => content.kind,
            Act::Recalled => Kind::Recalled,
            Act::Did(deed) => deed.kind(),
            Act::Created { .. } => Kind::Created,
            Act::Joined { .. } => Kind::Joined,
            Act::Left { .. } => Kind::Left,
            Act::Told(_) => Kind::Told,
            Act::Banned { .. } => Kind::Banned,
            Act::Unbanned { .. } => Kind::Unbanned,
            Act::Appointed { .. } => Kind::Role,
            Act::Muted { .. } => Kind::Muted,
            Act::Unmuted { .. } => Kind::Unmuted,
            Act::HandedOver { .. } => Kind::HandedOver,
            Act::Set(_) => Kind::Settings,
            Act::Reactions { .. } => Kind::Reactions,
            Act::Invited { .. } => Kind::Invited,
            Act::Uninvited { .. } => Kind::Uninvited,
            Act::Requested { .. } => Kind::Requested,
            Act::Declined { .. } => Kind::Declined,
            Act::LinkMade { .. } => Kind::LinkMade,
            Act::LinkEnded { .. } => Kind::LinkEnded,
        }
    }
}

/// One entry of a room's log, as read back from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose log it is in.
    pub room: RoomId,
    /// Where in the log.
    pub seq: Seq,
    /// How many counting entries the room had, this one included.
    pub n: u64,
    /// Who wrote it.
    pub sender: UserId,
    /// What the sender is called.
    pub from: Handle,
    /// The device it came from, where it came from one.
    pub origin: Option<Origin>,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being shown, where its sender set an end.
    pub expires_at: Option<Timestamp>,
    /// The sender's own key for it.
    pub draft: Option<Draft>,
    /// What it says or does.
    pub act: Act,
    /// Who is told of it.
    pub reach: Reach,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_up_and_down_and_never_below_nothing() {
        assert_eq!(Seq::ZERO.next(), Seq::FIRST);
        assert_eq!(Seq(42).before().next(), Seq(42));
        assert_eq!(Seq::ZERO.before(), Seq::ZERO);
    }

    #[test]
    fn what_a_room_tells_of_itself_does_not_count_as_a_message() {
        let who = Handle::new("bo").unwrap();
        let told = [
            Act::Created { members: vec![who.clone()] },
            Act::Joined { who: who.clone() },
            Act::Left { who },
        ];
        assert_eq!(told.each_ref().map(Act::kind), [Kind::Created, Kind::Joined, Kind::Left]);
        assert!(told.iter().all(|act| !act.kind().counts()));
        assert!(Act::Said(Content::text("hello")).kind().counts());
    }
}
