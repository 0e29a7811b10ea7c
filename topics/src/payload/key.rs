//! The keys of every object of the page: a name in JSON, a number in CBOR.
//!
//! This is the one table of them; the page shows it, and a test compares the two. A number never changes its
//! meaning: there are devices that can't be updated.
//!
//! Start at [`Key::names`].

use super::PayloadError;
use super::object::Notation;

/// A key that an object of the page can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Room,
    Seq,
    From,
    At,
    Kind,
    Of,
    Role,
    Until,
    Settings,
    Media,
    Body,
    BodyBase64,
    ReplyTo,
    Mentions,
    Data,
    Draft,
    N,
    Prev,
    User,
    Members,
    To,
    Refused,
    Topic,
    Packet,
    Reason,
    RetryAfterMs,
    Reply,
    Id,
    Result,
    Problem,
    Params,
    Once,
    OfRoom,
    OriginRoom,
    OriginSeq,
    OriginFrom,
    Link,
    Uses,
    Signs,
    Delivered,
    Read,
    State,
    Words,
    LastSeen,
    Typing,
    Background,
}

/// What stands under a key that clients write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Words.
    Text,
    /// Words, or bytes that need not be UTF-8, where the notation has bytes.
    TextOrBytes,
    /// A whole number from 0.
    Number,
    /// Words, or a whole number from 0.
    TextOrNumber,
    /// A list of handles.
    Names,
    /// An object of the client's own.
    Data,
    /// True or false.
    Flag,
}

impl Key {
    /// The name in JSON, and the number in CBOR if it stands there too.
    ///
    /// Up to 23 a number takes one byte: these are for what is said and heard all day. What is rare begins at 32.
    const fn names(self) -> (&'static str, Option<u8>) {
        match self {
            Key::Room => ("room", Some(1)),
            Key::Seq => ("seq", Some(2)),
            Key::From => ("from", Some(3)),
            Key::At => ("at", Some(4)),
            Key::Kind => ("kind", Some(5)),
            Key::Body => ("body", Some(6)),
            Key::BodyBase64 => ("body_base64", None), // CBOR has bytes.
            Key::ReplyTo => ("reply_to", Some(7)),
            Key::Mentions => ("mentions", Some(8)),
            Key::Data => ("data", Some(9)),
            Key::Draft => ("draft", Some(10)),
            Key::N => ("n", Some(11)),
            Key::Prev => ("prev", Some(12)),
            Key::User => ("user", Some(13)),
            Key::Members => ("members", Some(14)),
            Key::To => ("to", Some(15)),
            Key::Of => ("of", Some(16)),
            Key::Role => ("role", Some(20)),
            Key::Until => ("until", Some(21)),
            Key::Settings => ("settings", Some(22)),
            Key::Media => ("media", Some(17)),
            Key::OfRoom => ("of_room", Some(18)),
            Key::OriginRoom => ("origin_room", Some(19)),
            Key::OriginSeq => ("origin_seq", Some(23)),
            Key::OriginFrom => ("origin_from", Some(24)),
            Key::Link => ("link", Some(25)),
            Key::Uses => ("uses", Some(26)),
            Key::Signs => ("signs", Some(27)),
            Key::Delivered => ("delivered", Some(28)),
            Key::Read => ("read", Some(29)),
            Key::Refused => ("refused", Some(32)),
            Key::Topic => ("topic", Some(33)),
            Key::Packet => ("packet", Some(34)),
            Key::Reason => ("reason", Some(35)),
            Key::RetryAfterMs => ("retry_after_ms", Some(36)),
            Key::Reply => ("reply", Some(40)),
            Key::Id => ("id", Some(41)),
            Key::Result => ("result", Some(42)),
            Key::Problem => ("problem", Some(43)),
            Key::Params => ("params", Some(44)),
            Key::Once => ("key", Some(45)),
            Key::State => ("state", Some(50)),
            Key::Words => ("text", Some(51)),
            Key::LastSeen => ("last_seen", Some(52)),
            Key::Typing => ("typing", Some(53)),
            Key::Background => ("background", Some(54)),
        }
    }

    /// The name in JSON.
    pub(super) const fn word(self) -> &'static str {
        self.names().0
    }

    /// The number in CBOR.
    pub(super) const fn number(self) -> Option<u8> {
        self.names().1
    }

    /// What a client may write under it. What only the server writes is read nowhere.
    pub(super) const fn holds(self) -> Holds {
        match self {
            Key::Body | Key::Draft => Holds::TextOrBytes,
            Key::Of | Key::ReplyTo | Key::Seq => Holds::Number,
            Key::Mentions => Holds::Names,
            Key::Data | Key::Params => Holds::Data,
            Key::Id => Holds::TextOrNumber,
            Key::Typing | Key::Background => Holds::Flag,
            _ => Holds::Text,
        }
    }

    /// The error for a value that can't stand under it.
    pub(super) const fn wrong(self, notation: Notation) -> PayloadError {
        PayloadError::Wrong { key: self.word(), expected: self.expected(notation) }
    }

    /// What it holds, in words for whoever wrote something else.
    const fn expected(self, notation: Notation) -> &'static str {
        match (self, notation) {
            (Key::Media, _) => "a text of up to 19 digits",
            (Key::BodyBase64, _) => "a text in base 64 with padding",
            (Key::Draft, Notation::Cbor) => "a text, or the 16 bytes of a UUID",
            _ => match (self.holds(), notation) {
                (Holds::TextOrBytes, Notation::Cbor) => "a text or bytes",
                (Holds::Text | Holds::TextOrBytes, _) => "a text",
                (Holds::Number, _) => "a whole number from 1",
                (Holds::TextOrNumber, _) => "a text of at most 64 bytes, or a whole number",
                (Holds::Names, _) => "a list of at most 50 handles",
                (Holds::Data, _) => "an object",
                (Holds::Flag, _) => "true or false",
            },
        }
    }
}
