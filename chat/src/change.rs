//! What is done to a room and to who is in it.
//!
//! A change says what somebody wants, and becomes an entry of the room's log; what comes of it, [`crate::Case`] says.

use crate::{Act, Handle, LinkHash, LinkId, MediaId, NewLink, NewSettings, Plea, Role, Timestamp, UserId};

/// A person, by number and by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Person {
    /// The number inside.
    pub id: UserId,
    /// The name outside.
    pub handle: Handle,
}

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
    /// To invite somebody, who comes in by themselves if they like to.
    Invite {
        /// Whom.
        who: Person,
        /// As what: a guest or a member.
        role: Role,
        /// Until when it is good.
        until: Timestamp,
    },
    /// To take an invitation back, or to decline one's own.
    Uninvite {
        /// Who was invited.
        who: Person,
    },
    /// To be let in.
    Ask {
        /// Oneself.
        who: Person,
        /// What one says to it; may be empty.
        words: Plea,
    },
    /// To turn somebody away who asked, or to take back what one asked oneself.
    TurnAway {
        /// Who asked.
        who: Person,
    },
    /// To make a link that lets in whoever has it.
    OpenLink(Box<NewLink>),
    /// To take a link back.
    EndLink(LinkId),
}

impl Change {
    /// To whom it is done.
    #[must_use]
    pub const fn who(&self) -> Option<&Person> {
        match self {
            Change::Join { who, .. } | Change::Leave { who } | Change::Add { who, .. } => Some(who),
            Change::Kick { who } | Change::Ban { who } | Change::Unban { who } => Some(who),
            Change::Mute { who, .. } | Change::Appoint { who, .. } | Change::HandOver { who } => Some(who),
            Change::Invite { who, .. } | Change::Uninvite { who } => Some(who),
            Change::Ask { who, .. } | Change::TurnAway { who } => Some(who),
            Change::Set(_) | Change::OpenLink(_) | Change::EndLink(_) => None,
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
            Change::Invite { who, role, until } => {
                Act::Invited { who: name(who), role: *role, until: *until }
            }
            Change::Uninvite { who } => Act::Uninvited { who: name(who) },
            Change::Ask { who, .. } => Act::Requested { who: name(who) },
            Change::TurnAway { who } => Act::Declined { who: name(who) },
            Change::OpenLink(link) => {
                let NewLink { id, role, uses, until, .. } = **link;
                Act::LinkMade { link: id, role, uses, until }
            }
            Change::EndLink(link) => Act::LinkEnded { link: *link },
        }
    }

    /// Whether it is about a way into the room. Nobody who is in it may anything else by that.
    #[must_use]
    pub const fn is_of_ways(&self) -> bool {
        match self {
            Change::Invite { .. } | Change::Uninvite { .. } | Change::Ask { .. } => true,
            Change::TurnAway { .. } | Change::OpenLink(_) | Change::EndLink(_) => true,
            Change::Join { .. } | Change::Leave { .. } | Change::Add { .. } | Change::Kick { .. } => false,
            Change::Ban { .. } | Change::Unban { .. } | Change::Mute { .. } | Change::Appoint { .. } => false,
            Change::HandOver { .. } | Change::Set(_) => false,
        }
    }

    /// The upload that shall stand for the room.
    #[must_use]
    pub fn portrait(&self) -> Option<MediaId> {
        match self {
            Change::Set(new) => new.avatar.as_deref().and_then(MediaId::shown_at),
            _ => None,
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
