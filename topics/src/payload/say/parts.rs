//! What an object, or a payload with its user properties, comes to: a message, or something done to one.

use crate::payload::PayloadError;
use bytes::Bytes;
use chat::{Ask, Attached, Content, Deed, Handle, Kind, MediaId, Mention, Seq, Sign, Wording};

/// What a key with the place of an entry must hold.
pub(super) const A_PLACE: &str = "a whole number from 1";

/// All that can be said, each part read by itself.
pub(super) struct Parts {
    pub(super) kind: Kind,
    pub(super) of: Option<Seq>,
    pub(super) body: Bytes,
    pub(super) reply_to: Option<Seq>,
    pub(super) mentions: Vec<Mention>,
    pub(super) data: Option<Box<str>>,
    pub(super) media: Option<MediaId>,
    pub(super) of_room: Option<Handle>,
}

impl Parts {
    /// Puts them together as the kind has use for them.
    ///
    /// # Errors
    /// [`PayloadError::Misplaced`] for a part that the kind has no use for, and [`PayloadError::Wrong`] for a deed
    /// that doesn't say to what it is done.
    pub(super) fn ask(mut self) -> Result<Ask, PayloadError> {
        if let Some(room) = self.of_room.take() {
            // It says what the other message says, and nothing else.
            self.has_no("of_room", self.kind != Kind::Text)?;
            return Ok(Ask::Forward { room, of: self.lone_target()? });
        }
        match self.kind {
            Kind::Edit => {
                self.has_no("media", self.media.is_some())?;
                self.has_no("reply_to", self.reply_to.is_some())?;
                let of = self.target()?;
                let Parts { body, mentions, data, .. } = self;
                Ok(Ask::Do(Deed::Edit { of, wording: Wording { body, mentions, data } }))
            }
            Kind::Recall => Ok(Ask::Do(Deed::Recall { of: self.lone_target()? })),
            Kind::Pin => Ok(Ask::Do(Deed::Pin { of: self.lone_target()? })),
            Kind::Unpin => Ok(Ask::Do(Deed::Unpin { of: self.lone_target()? })),
            Kind::React => Ok(Ask::Do(Deed::React { of: self.bare_target()?, sign: self.sign()? })),
            Kind::Unreact => Ok(Ask::Do(Deed::Unreact { of: self.bare_target()?, sign: self.sign()? })),
            kind => {
                self.has_no("of", self.of.is_some())?;
                self.has_no("media", self.media.is_some() && !kind.may_carry())?;
                let Parts { body, reply_to, mentions, data, media, .. } = self;
                let media = media.map(Attached::Named);
                Ok(Ask::Say(Content { kind, body, reply_to, mentions, data, media, forwarded: None }))
            }
        }
    }

    /// The message, of a deed that has no use for more than a body.
    fn bare_target(&self) -> Result<Seq, PayloadError> {
        self.has_no("reply_to", self.reply_to.is_some())?;
        self.has_no("mentions", !self.mentions.is_empty())?;
        self.has_no("data", self.data.is_some())?;
        self.has_no("media", self.media.is_some())?;
        self.target()
    }

    /// The message, of a deed that has no use for anything else.
    fn lone_target(&self) -> Result<Seq, PayloadError> {
        self.has_no("body", !self.body.is_empty())?;
        self.bare_target()
    }

    fn sign(&self) -> Result<Sign, PayloadError> {
        let text = std::str::from_utf8(&self.body).ok();
        text.and_then(|text| Sign::new(text).ok())
            .ok_or(PayloadError::Wrong { key: "body", expected: "a sign of 1 to 32 bytes without spaces" })
    }

    fn target(&self) -> Result<Seq, PayloadError> {
        self.of.ok_or(PayloadError::Wrong { key: "of", expected: A_PLACE })
    }

    fn has_no(&self, key: &'static str, is_there: bool) -> Result<(), PayloadError> {
        match is_there {
            true => Err(PayloadError::Misplaced { key, kind: self.kind.word() }),
            false => Ok(()),
        }
    }
}
