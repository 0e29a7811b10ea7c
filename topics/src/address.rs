//! The grammar of topics: the page, section by section, as a type and its parser.
//!
//! Outside this crate nobody splits a topic. An [`Address`] is read on every publish, so reading one
//! allocates nothing but the handle in it.
//!
//! Start at [`Address`]'s `FromStr`.

use crate::cut;
use crate::rpc::{Method, NotAMethod};
use chat::Handle;
use std::fmt;
use std::str::FromStr;

/// How payloads are written on a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// A JSON object: topics without a prefix.
    Json,
    /// The body, byte for byte: topics under `plain/`.
    Plain,
    /// The same objects in CBOR, with numbers for keys: topics under `cbor/`.
    Cbor,
}

impl Format {
    /// Every format. Their places are kept in sessions on disk: a new one comes last.
    pub const ALL: [Format; 3] = [Format::Json, Format::Plain, Format::Cbor];

    /// Its place among [`Format::ALL`].
    #[must_use]
    pub const fn place(self) -> u8 {
        self as u8
    }

    /// The Content Type of what is written so. A bare body is text where nobody knows better.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Plain => "text/plain; charset=utf-8",
            Format::Cbor => "application/cbor",
        }
    }

    /// The level in front of its topics, if it has one.
    #[must_use]
    pub const fn level(self) -> Option<&'static str> {
        match self {
            Format::Json => None,
            Format::Plain => Some("plain"),
            Format::Cbor => Some("cbor"),
        }
    }

    /// The format of a topic, and the topic behind the level that says so.
    pub(crate) fn of(topic: &str) -> (Format, &str) {
        let under = |level: &str| Format::ALL.into_iter().find(|format| format.level() == Some(level));
        let prefixed = topic.split_once('/').and_then(|(level, rest)| Some((under(level)?, rest)));
        prefixed.unwrap_or((Format::Json, topic))
    }
}

/// Where a chat message can travel. One variant for each section of `topics.md`, in that order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// `rooms/{room}/say`: a member asks the room to take a message.
    Say(Handle),
    /// `users/{user}/say`: somebody asks the direct room with that user to take a message.
    SayTo(Handle),
    /// `rooms/{room}/said`: the room tells its members what it took.
    Said(Handle),
    /// `rooms/{room}/read`: a member has read up to here.
    Read(Handle),
    /// `rooms/{room}/receipts`: how far messages have come to its members.
    Receipts(Handle),
    /// `rooms/{room}/typing`: a member is writing.
    Typing(Handle),
    /// `rooms/{room}/signal`: what members tell each other and nobody keeps.
    Signal(Handle),
    /// `me/events`: what concerns this user and is in no room's log.
    Events,
    /// `me/replies`: answers meant for the one who asked.
    Replies,
    /// `me/presence`: how this user shows that they are there.
    MyPresence,
    /// `users/{user}/presence`: whether somebody is there.
    Presence(Handle),
    /// `rpc/{method}`: somebody asks for something to be looked up or done.
    Rpc(Method),
}

/// A [`Topic`] without its names: one for each section of `topics.md`, in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// See [`Topic::Say`].
    Say,
    /// See [`Topic::SayTo`].
    SayTo,
    /// See [`Topic::Said`].
    Said,
    /// See [`Topic::Read`].
    Read,
    /// See [`Topic::Receipts`].
    Receipts,
    /// See [`Topic::Typing`].
    Typing,
    /// See [`Topic::Signal`].
    Signal,
    /// See [`Topic::Events`].
    Events,
    /// See [`Topic::Replies`].
    Replies,
    /// See [`Topic::MyPresence`].
    MyPresence,
    /// See [`Topic::Presence`].
    Presence,
    /// See [`Topic::Rpc`].
    Rpc,
}

/// A topic in a format: what the topic name of a PUBLISH says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// How the payloads are written.
    pub format: Format,
    /// Where it leads.
    pub topic: Topic,
}

/// The topic can't be read. It holds the first [`TopicError::KEPT`] bytes of what was sent, and the flaw
/// in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read topic `{topic}`: {flaw}")]
pub struct TopicError {
    /// What was sent, cut to [`TopicError::KEPT`] bytes.
    pub topic: String,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// What is wrong with a topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// No section of the page has this shape.
    #[error("no section of topics.md has this shape")]
    NoSuchTopic,
    /// A level that should name a user or a room doesn't.
    #[error(transparent)]
    NotAHandle(#[from] chat::NotAHandle),
    /// A level that should name a request doesn't.
    #[error(transparent)]
    NotAMethod(#[from] NotAMethod),
}

impl TopicError {
    /// How much of an unreadable topic an error keeps, in bytes: more than any topic that can be read has.
    pub const KEPT: usize = 128;
}

impl Section {
    /// Every section, in the order of the page.
    pub const ALL: [Section; 12] = [
        Section::Say,
        Section::SayTo,
        Section::Said,
        Section::Read,
        Section::Receipts,
        Section::Typing,
        Section::Signal,
        Section::Events,
        Section::Replies,
        Section::MyPresence,
        Section::Presence,
        Section::Rpc,
    ];

    /// How the page writes the topic.
    #[must_use]
    pub const fn template(self) -> &'static str {
        match self {
            Section::Say => "rooms/{room}/say",
            Section::SayTo => "users/{user}/say",
            Section::Said => "rooms/{room}/said",
            Section::Read => "rooms/{room}/read",
            Section::Receipts => "rooms/{room}/receipts",
            Section::Typing => "rooms/{room}/typing",
            Section::Signal => "rooms/{room}/signal",
            Section::Events => "me/events",
            Section::Replies => "me/replies",
            Section::MyPresence => "me/presence",
            Section::Presence => "users/{user}/presence",
            Section::Rpc => "rpc/{method}",
        }
    }
}

impl Topic {
    /// Where the log of this room is heard: a user's own room on `me/events`.
    #[must_use]
    pub fn heard(room: &Handle) -> Topic {
        if room.is_own() { Topic::Events } else { Topic::Said(room.clone()) }
    }

    /// The section of the page that describes it.
    #[must_use]
    pub const fn section(&self) -> Section {
        match self {
            Topic::Say(_) => Section::Say,
            Topic::SayTo(_) => Section::SayTo,
            Topic::Said(_) => Section::Said,
            Topic::Read(_) => Section::Read,
            Topic::Receipts(_) => Section::Receipts,
            Topic::Typing(_) => Section::Typing,
            Topic::Signal(_) => Section::Signal,
            Topic::Events => Section::Events,
            Topic::Replies => Section::Replies,
            Topic::MyPresence => Section::MyPresence,
            Topic::Presence(_) => Section::Presence,
            Topic::Rpc(_) => Section::Rpc,
        }
    }
}

impl FromStr for Address {
    type Err = TopicError;

    fn from_str(topic: &str) -> Result<Address, TopicError> {
        let (format, rest) = Format::of(topic);
        match read(rest) {
            // Its payload is an object, and under `plain/` there are none.
            Ok(Topic::Rpc(_) | Topic::Receipts(_)) if format == Format::Plain => {
                Err(TopicError { topic: cut(topic, TopicError::KEPT).to_owned(), flaw: Flaw::NoSuchTopic })
            }
            Ok(topic) => Ok(Address { format, topic }),
            Err(flaw) => Err(TopicError { topic: cut(topic, TopicError::KEPT).to_owned(), flaw }),
        }
    }
}

/// The topic behind the format. Four levels are looked at and no more, however many there are.
fn read(topic: &str) -> Result<Topic, Flaw> {
    let mut levels = topic.split('/');
    match [levels.next(), levels.next(), levels.next(), levels.next()] {
        [Some("rooms"), Some(room), Some("say"), None] => Ok(Topic::Say(Handle::new(room)?)),
        [Some("users"), Some(user), Some("say"), None] => Ok(Topic::SayTo(Handle::new(user)?)),
        [Some("rooms"), Some(room), Some("said"), None] => Ok(Topic::Said(Handle::new(room)?)),
        [Some("rooms"), Some(room), Some("read"), None] => Ok(Topic::Read(Handle::new(room)?)),
        [Some("rooms"), Some(room), Some("receipts"), None] => Ok(Topic::Receipts(Handle::new(room)?)),
        [Some("rooms"), Some(room), Some("typing"), None] => Ok(Topic::Typing(Handle::new(room)?)),
        [Some("rooms"), Some(room), Some("signal"), None] => Ok(Topic::Signal(Handle::new(room)?)),
        [Some("me"), Some("events"), None, None] => Ok(Topic::Events),
        [Some("me"), Some("replies"), None, None] => Ok(Topic::Replies),
        [Some("me"), Some("presence"), None, None] => Ok(Topic::MyPresence),
        [Some("users"), Some(user), Some("presence"), None] => Ok(Topic::Presence(Handle::new(user)?)),
        [Some("rpc"), Some(method), None, None] => Ok(Topic::Rpc(method.parse()?)),
        _ => Err(Flaw::NoSuchTopic),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.format.level() {
            None => self.topic.fmt(f),
            Some(level) => write!(f, "{level}/{}", self.topic),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::Say(room) => write!(f, "rooms/{room}/say"),
            Topic::SayTo(user) => write!(f, "users/{user}/say"),
            Topic::Said(room) => write!(f, "rooms/{room}/said"),
            Topic::Read(room) => write!(f, "rooms/{room}/read"),
            Topic::Receipts(room) => write!(f, "rooms/{room}/receipts"),
            Topic::Typing(room) => write!(f, "rooms/{room}/typing"),
            Topic::Signal(room) => write!(f, "rooms/{room}/signal"),
            Topic::Events => f.write_str("me/events"),
            Topic::Replies => f.write_str("me/replies"),
            Topic::MyPresence => f.write_str("me/presence"),
            Topic::Presence(user) => write!(f, "users/{user}/presence"),
            Topic::Rpc(method) => write!(f, "rpc/{method}"),
        }
    }
}
