//! Entries on their way into the log, and what became of them.

use crate::SessionId;
use chat::{
    Change, Content, Deed, Denial, Draft, Event, Handle, Mention, Objection, Origin, Person, Reach, RoomId,
    RulesVersion, Seq, Sign, Timestamp, UserId, Warrant,
};
use std::time::Duration;

/// An entry that the rules allowed and that has no number yet.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// Where to.
    pub room: RoomId,
    /// Which rules it was judged by; under others it comes back as [`Fate::Stale`].
    pub rules: RulesVersion,
    /// Who.
    pub sender: UserId,
    /// From which device, where it is one.
    pub origin: Option<Origin>,
    /// The sender's key for it; what was said under it before is found again, not said twice.
    pub draft: Option<Draft>,
    /// The packet it came in, where its session outlives the connection.
    pub inbound: Option<Inbound>,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being shown.
    pub expires_at: Option<Timestamp>,
    /// How long after the sender's last message here it may be said, where the room is slow; sooner it is
    /// [`chat::Denial::TooSoon`].
    pub pause: Option<Duration>,
    /// What it does.
    pub act: NewAct,
}

/// What a new entry does.
#[derive(Debug, Clone, PartialEq)]
pub enum NewAct {
    /// Say something.
    Say(Content),
    /// Do something to a message, if the warrant permits it when it is committed; else [`Fate::Objected`]. An edit is
    /// shown no longer than its message. A recall erases what the message and its edits said. What is so already (a
    /// sign of the same person, a pin) is a [`Fate::Duplicate`] of the entry that did it.
    Do {
        /// What is done.
        deed: Deed,
        /// By what right.
        warrant: Warrant,
    },
    /// Change the room, or who is in it, if its rules allow that when it is committed: judged by [`chat::Case`], under no
    /// version of the rules but the one in force. What is so already is [`Fate::Unchanged`].
    Change(Change),
    /// Make `user` a member from this entry on, as an administrator of the server may, whom the room's rules do not bind.
    /// For a member nothing is written: [`Fate::Unchanged`].
    Join {
        /// Who comes in.
        user: UserId,
        /// What they are called.
        who: Handle,
    },
    /// Tell the sender something, in their own room. See [`crate::NewEvent`], which is what it is made of.
    Tell(Event),
    /// Tell a large room, where few are told who puts a sign to a message, how many people have put which to this one: what
    /// was true at the entry `upto`, or later. See [`crate::Rooms::uncounted`]. Of a message that was taken back meanwhile
    /// nothing is told: [`Fate::Unchanged`].
    Count {
        /// The message.
        of: Seq,
        /// Its signs, and how many people have put each.
        signs: Vec<(Sign, u64)>,
        /// The last entry that is surely counted.
        upto: Seq,
    },
    /// End the membership of `user` with this entry, as such an administrator may. For a stranger nothing is written: [`Fate::Unchanged`].
    /// A room with others in it keeps its owner ([`Denial::OwnerStays`]) until another one is made it.
    Leave {
        /// Who goes out.
        user: UserId,
        /// What they are called.
        who: Handle,
    },
    /// Make this member the owner, and whoever was it an admin, as such an administrator may.
    Succeed(Person),
}

impl NewAct {
    /// Whom it calls.
    #[must_use]
    pub fn mentions(&self) -> &[Mention] {
        match self {
            NewAct::Say(content) => &content.mentions,
            NewAct::Do { deed: Deed::Edit { wording, .. }, .. } => &wording.mentions,
            NewAct::Do { .. } | NewAct::Change(_) | NewAct::Count { .. } => &[],
            NewAct::Join { .. } | NewAct::Leave { .. } | NewAct::Succeed(_) | NewAct::Tell(_) => &[],
        }
    }

    /// Whose place in the room it is about.
    #[must_use]
    pub fn about(&self) -> Option<UserId> {
        match self {
            NewAct::Change(change) => change.who().map(|who| who.id),
            NewAct::Succeed(who) => Some(who.id),
            NewAct::Join { user, .. } | NewAct::Leave { user, .. } => Some(*user),
            NewAct::Say(_) | NewAct::Do { .. } | NewAct::Tell(_) | NewAct::Count { .. } => None,
        }
    }

    /// Whether both ask for the same thing. By what right is not part of it: rules change, and what is sent again is
    /// judged again.
    #[must_use]
    pub fn says_the_same(&self, other: &NewAct) -> bool {
        match (self, other) {
            (NewAct::Say(content), NewAct::Say(other)) => content.says_the_same(other),
            (NewAct::Do { deed, .. }, NewAct::Do { deed: other, .. }) => deed == other,
            _ => self == other,
        }
    }
}

/// The packet an entry came in: the second sending of a PUBLISH is found by it when there is no draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbound {
    /// Whose packet.
    pub session: SessionId,
    /// Its number.
    pub packet_id: u16,
    /// How an earlier row of the same number is to be read.
    pub resend: Resend,
}

/// What an earlier inbound row of the same packet id means for a PUBLISH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// QoS 1, DUP 0: a new message; the row is overwritten.
    New,
    /// QoS 1, DUP 1: the same message if room and content are the same; otherwise the number was used again
    /// for a message that never reached us, and it is new.
    IfSame,
    /// QoS 2: the row stays until PUBREL, so it is the same message.
    Always,
}

/// What became of a [`NewEntry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is in the log.
    Stored {
        /// Its place.
        seq: Seq,
        /// The room's counting entries with it.
        n: u64,
        /// Who is told of it.
        reach: Reach,
    },
    /// It had been in the log before.
    Duplicate {
        /// Its place.
        seq: Seq,
        /// The room's counting entries with it.
        n: u64,
        /// When it was first taken.
        at: Timestamp,
    },
    /// Another message of this sender and room has its draft.
    DraftReused,
    /// The upload it names is not there, or its sender may not see it.
    NoSuchMedia,
    /// What was to be done to a message can't be done to it.
    Objected(Objection),
    /// The rules of the room say no.
    Denied(Denial),
    /// The room's rules changed since it was judged; judge it again.
    Stale,
    /// A join of a member or a leave of a stranger.
    Unchanged,
    /// There is no such room, or none that the sender may know of.
    NoSuchRoom,
    /// The sender, or the one who comes in, has no account.
    NoSuchUser,
}

impl Fate {
    /// What becomes of an entry in a room that never was large: it is stored, and everybody is told.
    #[must_use]
    pub const fn stored(seq: Seq, n: u64) -> Fate {
        Fate::Stored { seq, n, reach: Reach::everybody(seq) }
    }
}
