//! Why the rules of a room let somebody do something not, or not now.

use std::time::Duration;

/// Why a room does not take what somebody says, or what they want to do to it or to who is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denial {
    /// Their role reads and does not write.
    #[error("in this room you may read, but not write")]
    ReadOnly,
    /// They were muted; for how long still, if that ends.
    #[error("you are muted in this room{}", match .0 { Some(left) => format!(" for {} more s", left.as_secs().max(1)), None => String::new() })]
    Muted(Option<Duration>),
    /// They said something a moment ago, and the room is slow.
    #[error("this room is slow; wait {} ms before you say more", .0.as_millis())]
    TooSoon(Duration),
    /// They were banned.
    #[error("you were banned from this room")]
    Banned,
    /// It has as many members as it takes.
    #[error("this room has as many members as it takes")]
    Full,
    /// Who comes in must be invited, and they are not, or not any more.
    #[error("who comes into this room must be invited")]
    NotInvited,
    /// Who is not in the room can't be muted or made something there.
    #[error("they are not in this room")]
    NoSuchMember,
    /// The owner goes last, or hands the room over before.
    #[error("the owner hands the room over before they go")]
    OwnerStays,
    /// A direct room is its two people, and nothing of that changes.
    #[error("a direct room has its two people, and nothing that could be set")]
    RoomOfTwo,
    /// Who is in a room needs no way into it, and who is banned gets none.
    #[error("they are in this room, or banned from it")]
    Pointless,
    /// The room, or the person, has as many invitations, requests or links as there may be.
    #[error("there are as many of these for this room, or for them, as there may be")]
    TooManyWays,
}

impl Denial {
    /// Every denial, for tables and tests.
    pub const ALL: [Denial; 11] = [
        Denial::ReadOnly,
        Denial::Muted(None),
        Denial::TooSoon(Duration::from_secs(1)),
        Denial::Banned,
        Denial::Full,
        Denial::NotInvited,
        Denial::NoSuchMember,
        Denial::OwnerStays,
        Denial::RoomOfTwo,
        Denial::Pointless,
        Denial::TooManyWays,
    ];

    /// The word for it in payloads, stable for ever.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Denial::ReadOnly => "read_only",
            Denial::Muted(_) => "muted",
            Denial::TooSoon(_) => "slow_mode",
            Denial::Banned => "banned",
            Denial::Full => "room_full",
            Denial::NotInvited => "room_by_invitation",
            Denial::NoSuchMember => "no_such_member",
            Denial::OwnerStays => "owner_stays",
            Denial::RoomOfTwo => "room_of_two",
            Denial::Pointless => "pointless",
            Denial::TooManyWays => "too_many_ways",
        }
    }

    /// How long to wait, where waiting helps.
    #[must_use]
    pub const fn wait(self) -> Option<Duration> {
        match self {
            Denial::Muted(left) => left,
            Denial::TooSoon(wait) => Some(wait),
            _ => None,
        }
    }
}
