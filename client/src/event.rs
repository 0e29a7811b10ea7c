//! What a program hears.
//!
//! Start at [`Event`].

use crate::answer::{Receipt, SayError};
use crate::inbox::Ticket;
use crate::offline::Offline;
use crate::outbox::{Outbox, Turn};
use crate::payload::Entry;
use bytes::Bytes;
use chat::{Content, Deed, Draft, Handle, LinkId, NewSettings, Role, Seq, Sign, Timestamp};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Something happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A room told an entry.
    Said(Said),
    /// Entries of a room were not told.
    Gap(Gap),
    /// A message that an earlier run of the program left in the outbox file was answered.
    Answered(Answered),
    /// The connection came or went. Only the newest is kept where several wait to be looked at.
    Connection(Connection),
}

/// An entry of a room, yours to take.
///
/// Until [`Said::taken`] is called it counts as not heard: when this is dropped without, the server is not told,
/// and the entry comes again after the next reconnect, maybe behind newer ones. The server sends at most 256
/// entries ahead of what was taken.
#[derive(Debug)]
pub struct Said {
    /// In which room.
    pub room: Handle,
    /// Its place there; `(room, seq)` is its identity.
    pub seq: Seq,
    /// The entry before it on this device's way.
    pub prev: Seq,
    /// How many messages the room has up to here, without comings and goings.
    pub n: u64,
    /// Who wrote it.
    pub from: Handle,
    /// When the server took it. For people; never for order.
    pub at: Timestamp,
    /// Its sender's own key for it.
    pub draft: Option<Draft>,
    /// What it says or does.
    pub what: What,
    /// Whether this run of the program had it before, and asked for it again: see
    /// [`Client::replay`](crate::Client::replay).
    pub again: bool,
    ticket: Ticket,
}

impl Said {
    pub(crate) fn new(entry: Entry, again: bool, ticket: Ticket) -> Said {
        let Entry { room, seq, prev, n, from, at, draft, what } = entry;
        Said { room, seq, prev, n, from, at, draft, what, again, ticket }
    }

    /// You have it: it is acknowledged, and doesn't come again. A second call changes nothing.
    pub fn taken(&mut self) {
        self.ticket.take();
    }

    /// The kind as the server names it.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.what.kind()
    }

    /// The words of a message, where its body is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.what {
            What::Message(content) => std::str::from_utf8(&content.body).ok(),
            _ => None,
        }
    }
}

/// What an entry says or does.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// Somebody said something.
    Message(Content),
    /// Somebody had said something and took it back, or it was taken back: nothing is left but its place.
    Recalled,
    /// Somebody did something to an earlier message of the room: gave it other words, took it back, put a sign to it,
    /// pinned it. [`Deed::of`] says to which.
    Did(Deed),
    /// The room began, with these members.
    Created {
        /// Its first members.
        members: Vec<Handle>,
    },
    /// Somebody came in.
    Joined {
        /// Who.
        user: Handle,
    },
    /// Somebody went out, or was shown out if that is not who wrote it.
    Left {
        /// Who.
        user: Handle,
    },
    /// Somebody is let in no more; if they were in, they went out.
    Banned {
        /// Who.
        user: Handle,
    },
    /// And may come in again.
    Unbanned {
        /// Who.
        user: Handle,
    },
    /// Somebody is a guest, a member or an admin from now on.
    Appointed {
        /// Who.
        user: Handle,
        /// What.
        role: Role,
    },
    /// Somebody listens only.
    Muted {
        /// Who.
        user: Handle,
        /// Until when, if it ends by itself.
        until: Option<Timestamp>,
    },
    /// And may speak again.
    Unmuted {
        /// Who.
        user: Handle,
    },
    /// Somebody is the owner from now on, and who wrote it is an admin.
    HandedOver {
        /// Who.
        user: Handle,
    },
    /// Something was set for the room.
    Set(Box<NewSettings>),
    /// So many people have put these signs to an earlier message of a large room, where you are not told who does.
    Reactions {
        /// The message.
        of: Seq,
        /// Its signs, all of them, and how many people have put each.
        signs: Vec<(Sign, u64)>,
    },
    /// Somebody who is not in the room may come in if they like to.
    Invited {
        /// Who.
        user: Handle,
        /// As what.
        role: Role,
        /// Until when.
        until: Timestamp,
    },
    /// And may not any more: it was taken back, or they declined if it is they who wrote it.
    Uninvited {
        /// Who.
        user: Handle,
    },
    /// Somebody asked to be let in.
    Requested {
        /// Who.
        user: Handle,
    },
    /// And is not: they were turned away, or took it back if it is they who wrote it.
    Declined {
        /// Who.
        user: Handle,
    },
    /// There is a link that lets in whoever has it.
    LinkMade {
        /// By which it is taken back; nobody comes in by that.
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
    /// A kind that a later server knows and this version doesn't.
    Unknown {
        /// Its name.
        kind: Box<str>,
        /// The whole JSON object.
        payload: Bytes,
    },
}

impl What {
    fn kind(&self) -> &str {
        match self {
            What::Message(content) => content.kind.word(),
            What::Recalled => chat::Kind::Recalled.word(),
            What::Did(deed) => deed.kind().word(),
            What::Created { .. } => chat::Kind::Created.word(),
            What::Joined { .. } => chat::Kind::Joined.word(),
            What::Left { .. } => chat::Kind::Left.word(),
            What::Banned { .. } => chat::Kind::Banned.word(),
            What::Unbanned { .. } => chat::Kind::Unbanned.word(),
            What::Appointed { .. } => chat::Kind::Role.word(),
            What::Muted { .. } => chat::Kind::Muted.word(),
            What::Unmuted { .. } => chat::Kind::Unmuted.word(),
            What::HandedOver { .. } => chat::Kind::HandedOver.word(),
            What::Set(_) => chat::Kind::Settings.word(),
            What::Reactions { .. } => chat::Kind::Reactions.word(),
            What::Invited { .. } => chat::Kind::Invited.word(),
            What::Uninvited { .. } => chat::Kind::Uninvited.word(),
            What::Requested { .. } => chat::Kind::Requested.word(),
            What::Declined { .. } => chat::Kind::Declined.word(),
            What::LinkMade { .. } => chat::Kind::LinkMade.word(),
            What::LinkEnded { .. } => chat::Kind::LinkEnded.word(),
            What::Unknown { kind, .. } => kind,
        }
    }
}

/// Tells the kind, never what was said.
impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "What({})", self.kind())
    }
}

/// Entries that were not told, both ends included: the server said so, or the next entry's `prev` did.
///
/// As with [`Said`], one that is dropped without [`Gap::taken`] comes again if it was the server's own marker.
#[derive(Debug)]
pub struct Gap {
    /// In which room.
    pub room: Handle,
    /// The first of them.
    pub from: Seq,
    /// The last of them.
    pub to: Seq,
    ticket: Option<Ticket>,
}

impl Gap {
    pub(crate) fn new(room: Handle, from: Seq, to: Seq, ticket: Option<Ticket>) -> Gap {
        Gap { room, from, to, ticket }
    }

    /// You know of it. A second call changes nothing.
    pub fn taken(&mut self) {
        if let Some(ticket) = &mut self.ticket {
            ticket.take();
        }
    }
}

/// What became of a message that an earlier run of the program said: it was in the outbox file, and whoever waited
/// for its receipt is no more.
///
/// It stays in the file until [`Answered::taken`] is called. Dropped without, it is sent again at the next start of
/// the program, as the same draft, and answered again.
#[derive(Debug)]
pub struct Answered {
    /// Where it was said.
    pub to: To,
    /// The draft under which it was said, as its [`Said::draft`] has it too.
    pub draft: Draft,
    /// The receipt, or why there is none. A receipt may be a `duplicate`: the earlier run sent it already.
    pub answer: Result<Receipt, SayError>,
    outbox: Arc<Outbox>,
    turn: Turn,
}

impl Answered {
    pub(crate) fn new(
        (to, draft): (To, Draft),
        answer: Result<Receipt, SayError>,
        (outbox, turn): (Arc<Outbox>, Turn),
    ) -> Answered {
        Answered { to, draft, answer, outbox, turn }
    }

    /// You know of it: it leaves the file. A second call changes nothing.
    pub fn taken(&mut self) {
        self.outbox.taken(self.turn);
    }
}

/// Where something is said.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum To {
    /// In this room.
    Room(Handle),
    /// In the direct room with this user, which is made if there is none yet.
    User(Handle),
}

/// Whether the server can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// Connected and subscribed: from now on everything is heard.
    Up {
        /// Whether the server knew this device, and goes on where it stopped.
        session_present: bool,
    },
    /// Not connected.
    Down {
        /// Why.
        why: Offline,
        /// How long until the next attempt. None follows when the client was closed, or the device taken over.
        again: Option<Duration>,
    },
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Connection::Up { .. } => f.write_str("connected"),
            Connection::Down { why, .. } => write!(f, "not connected: {why}"),
        }
    }
}
