//! What is said.

use crate::{Forwarded, Media, MediaId, Mention, Seq};
use bytes::Bytes;
use std::fmt;

/// What sort of thing an entry carries. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Words.
    Text = 1,
    /// A picture: `media`, or `data` says where it is.
    Image = 2,
    /// A file, likewise.
    File = 3,
    /// A sound, likewise.
    Audio = 4,
    /// A film, likewise.
    Video = 5,
    /// A place; `data` says which.
    Location = 6,
    /// A person's or a thing's card in `data`.
    Card = 7,
    /// Whatever the apps agree on.
    Custom = 8,
    /// End-to-end encrypted: opaque to the server.
    Sealed = 9,
    /// What stood here was recalled. It keeps its place and its number among the messages, and nothing else.
    Recalled = 31,
    /// The room began.
    Created = 32,
    /// A user came in.
    Joined = 33,
    /// A user went out.
    Left = 34,
    /// A user is let in no more.
    Banned = 35,
    /// And may come in again.
    Unbanned = 36,
    /// A member is something else from now on.
    Role = 37,
    /// A member listens only.
    Muted = 38,
    /// And may speak again.
    Unmuted = 39,
    /// The room has another owner.
    HandedOver = 40,
    /// Something was set for the room.
    Settings = 41,
    /// A user was invited.
    Invited = 42,
    /// And is no longer: it was taken back, or they declined.
    Uninvited = 43,
    /// A user asked to be let in.
    Requested = 44,
    /// And is not: they were turned away, or took it back.
    Declined = 45,
    /// There is a link that lets in whoever has it.
    LinkMade = 46,
    /// And is no longer.
    LinkEnded = 47,
    /// Other words for an earlier message.
    Edit = 48,
    /// An earlier message was taken back.
    Recall = 49,
    /// Somebody put a sign to an earlier message.
    React = 50,
    /// Somebody took their sign back.
    Unreact = 51,
    /// An earlier message was pinned.
    Pin = 52,
    /// And is no longer.
    Unpin = 53,
    /// A user was told something, in their own room.
    Told = 64,
    /// How many people have put which signs to an earlier message of a large room.
    Reactions = 65,
}

impl Kind {
    /// Every kind, for tables and tests.
    pub const ALL: [Kind; 34] = [
        Kind::Text,
        Kind::Image,
        Kind::File,
        Kind::Audio,
        Kind::Video,
        Kind::Location,
        Kind::Card,
        Kind::Custom,
        Kind::Sealed,
        Kind::Recalled,
        Kind::Created,
        Kind::Joined,
        Kind::Left,
        Kind::Banned,
        Kind::Unbanned,
        Kind::Role,
        Kind::Muted,
        Kind::Unmuted,
        Kind::HandedOver,
        Kind::Settings,
        Kind::Invited,
        Kind::Uninvited,
        Kind::Requested,
        Kind::Declined,
        Kind::LinkMade,
        Kind::LinkEnded,
        Kind::Edit,
        Kind::Recall,
        Kind::React,
        Kind::Unreact,
        Kind::Pin,
        Kind::Unpin,
        Kind::Told,
        Kind::Reactions,
    ];

    /// The word for it in payloads and properties.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Image => "image",
            Kind::File => "file",
            Kind::Audio => "audio",
            Kind::Video => "video",
            Kind::Location => "location",
            Kind::Card => "card",
            Kind::Custom => "custom",
            Kind::Sealed => "sealed",
            Kind::Created => "created",
            Kind::Joined => "joined",
            Kind::Left => "left",
            Kind::Banned => "banned",
            Kind::Unbanned => "unbanned",
            Kind::Role => "role",
            Kind::Muted => "muted",
            Kind::Unmuted => "unmuted",
            Kind::HandedOver => "handed_over",
            Kind::Settings => "settings",
            Kind::Invited => "invited",
            Kind::Uninvited => "uninvited",
            Kind::Requested => "requested",
            Kind::Declined => "declined",
            Kind::LinkMade => "link_made",
            Kind::LinkEnded => "link_ended",
            Kind::Recalled => "recalled",
            Kind::Edit => "edit",
            Kind::Recall => "recall",
            Kind::React => "react",
            Kind::Unreact => "unreact",
            Kind::Pin => "pin",
            Kind::Unpin => "unpin",
            Kind::Told => "told",
            Kind::Reactions => "reactions",
        }
    }

    /// The kind with this stored number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// The kind of message a client may say by this word. What the room itself tells (who comes and goes,
    /// what is set, what was recalled) is not among them, and neither is what is done to a message.
    #[must_use]
    pub fn said_by_clients(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word && kind.is_message())
    }

    /// Whether it is a message with something in it, to which something can be done.
    #[must_use]
    pub const fn is_message(self) -> bool {
        (self as u8) < Kind::Recalled as u8
    }

    /// The same, or one that was recalled since.
    #[must_use]
    pub const fn was_message(self) -> bool {
        (self as u8) <= Kind::Recalled as u8
    }

    /// Whether a message of this kind may name an upload. What is sealed or an app's own may be anything.
    #[must_use]
    pub const fn may_carry(self) -> bool {
        matches!(self, Kind::Image | Kind::File | Kind::Audio | Kind::Video | Kind::Custom | Kind::Sealed)
    }

    /// What an upload must be for a message of this kind, as the family of its type; absent where anything will do.
    #[must_use]
    pub const fn family(self) -> Option<&'static str> {
        match self {
            Kind::Image => Some("image"),
            Kind::Audio => Some("audio"),
            Kind::Video => Some("video"),
            _ => None,
        }
    }

    /// Whether an entry of this kind is done to an earlier one.
    #[must_use]
    pub const fn is_deed(self) -> bool {
        (self as u8) >= Kind::Edit as u8 && (self as u8) < Kind::Told as u8
    }

    /// Whether an entry of this kind holds a person's own words, or what only they are told: it is kept sealed with that
    /// person's key.
    #[must_use]
    pub const fn is_private(self) -> bool {
        self.is_message() || matches!(self, Kind::Edit | Kind::React | Kind::Unreact | Kind::Told)
    }

    /// Whether an entry of this kind is news to few in a large room (see [`crate::Reach`]): who came, who went, who would
    /// like to or may, and who put which sign to what.
    #[must_use]
    pub const fn is_for_few(self) -> bool {
        let way = matches!(self, Kind::Invited | Kind::Uninvited | Kind::Requested | Kind::Declined);
        let link = matches!(self, Kind::LinkMade | Kind::LinkEnded);
        let sign = matches!(self, Kind::React | Kind::Unreact);
        way || link || sign || matches!(self, Kind::Joined | Kind::Left | Kind::Banned)
    }

    /// Whether an entry of this kind counts as a message that can be unread.
    #[must_use]
    pub const fn counts(self) -> bool {
        (self as u8) < Kind::Created as u8
    }
}

/// An upload that a message names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attached {
    /// As its sender says it: by its number.
    Named(MediaId),
    /// As it is kept and heard: what it is was looked up.
    Known(Box<Media>),
}

impl Attached {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> MediaId {
        match self {
            Attached::Named(id) => *id,
            Attached::Known(media) => media.id,
        }
    }
}

/// What a person said, as it is kept: the same on the way in and on the way out. Its `Debug` tells how
/// much was said, never what.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// What sort of thing it is.
    pub kind: Kind,
    /// The body, byte for byte; text where it is UTF-8. May be empty where `data` says it all.
    pub body: Bytes,
    /// The entry of the same room that this answers.
    pub reply_to: Option<Seq>,
    /// Whom it calls; at most [`Content::MAX_MENTIONS`].
    pub mentions: Vec<Mention>,
    /// What the kind needs beside the body: a JSON object, kept as it was written.
    pub data: Option<Box<str>>,
    /// The upload it shows.
    pub media: Option<Attached>,
    /// Where it was said first, if somebody only repeats it.
    pub forwarded: Option<Box<Forwarded>>,
}

impl Content {
    /// How many people one message may call by name: beyond it, it is a message to all.
    pub const MAX_MENTIONS: usize = 50;

    /// Plain words and nothing else.
    #[must_use]
    pub fn text(body: impl Into<Bytes>) -> Content {
        Content {
            kind: Kind::Text,
            body: body.into(),
            reply_to: None,
            mentions: Vec::new(),
            data: None,
            media: None,
            forwarded: None,
        }
    }

    /// Whether both say the same. What repeats the same message does, however that was worded meanwhile: a message that is
    /// sent again is not another one. Where that message can't be read any more ([`Forwarded::lost`]), whatever was
    /// repeated is the same. An upload is the same by its number.
    #[must_use]
    pub fn says_the_same(&self, other: &Content) -> bool {
        let Content { kind, body, reply_to, mentions, data, media, forwarded } = self;
        match (forwarded, &other.forwarded) {
            (Some(one), Some(other)) => one.is_same(other),
            (None, None) => {
                let media = media.as_ref().map(Attached::id);
                (kind, body, reply_to, mentions, data)
                    == (&other.kind, &other.body, &other.reply_to, &other.mentions, &other.data)
                    && media == other.media.as_ref().map(Attached::id)
            }
            _ => false,
        }
    }

    /// How many bytes of the sender's are in it; the size limit is about these.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len() + self.data.as_ref().map_or(0, |data| data.len())
    }

    /// Whether nothing was said at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.media.is_none()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("kind", &self.kind).field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_in_no_debug_output() {
        let secret = "the spare key is under the mat";
        let said =
            Content { data: Some(format!("{{\"note\":\"{secret}\"}}").into()), ..Content::text(secret) };
        assert_eq!(format!("{said:?}"), "Content { kind: Text, len: 71, .. }");
    }

    #[test]
    fn the_length_of_a_message_is_its_body_and_its_data() {
        let card = Content { data: Some("{}".into()), ..Content::text("ann") };
        assert_eq!((card.len(), card.is_empty()), (5, false));
        assert!(Content { mentions: vec![Mention::new("bo").unwrap()], ..Content::text("") }.is_empty());
    }

    #[test]
    fn a_stored_kind_is_found_again_by_its_number() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_number(kind as u8), Some(kind));
        }
        assert_eq!(Kind::from_number(0), None);
    }

    #[test]
    fn a_recalled_message_goes_on_counting_and_what_is_done_to_one_does_not() {
        assert!(Kind::Recalled.counts() && !Kind::Recalled.is_message());
        let deeds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| kind.is_deed()).collect();
        assert_eq!(deeds, [Kind::Edit, Kind::Recall, Kind::React, Kind::Unreact, Kind::Pin, Kind::Unpin]);
        assert!(deeds.iter().all(|kind| !kind.counts()));
    }

    #[test]
    fn clients_say_messages_and_only_the_room_tells_of_comings_and_goings() {
        assert_eq!(Kind::said_by_clients("text"), Some(Kind::Text));
        assert_eq!(Kind::said_by_clients("joined"), None);
        assert_eq!(Kind::said_by_clients("recalled"), None);
        assert_eq!(Kind::said_by_clients("edit"), None);
        assert_eq!(Kind::said_by_clients("shout"), None);
    }
}
