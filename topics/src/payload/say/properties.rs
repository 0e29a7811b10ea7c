//! The user properties that a say may carry in MQTT 5.

use crate::payload::PayloadError;
use chat::Content;

/// The user properties of a say that mean something; all others are the client's own affair.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SayProperties<'a> {
    /// `draft`: the sender's own key, in every format.
    pub draft: Option<&'a str>,
    /// `kind`, for a payload that is no object.
    pub kind: Option<&'a str>,
    /// `of`, for a payload that is no object.
    pub of: Option<&'a str>,
    /// `of_room`, for a payload that is no object.
    pub of_room: Option<&'a str>,
    /// `reply_to`, for a payload that is no object.
    pub reply_to: Option<&'a str>,
    /// `media`, for a payload that is no object.
    pub media: Option<&'a str>,
    /// `mention`, once for each name, for a payload that is no object.
    pub mentions: Vec<&'a str>,
}

impl<'a> SayProperties<'a> {
    /// Picks them out of all user properties. One that is given twice with the same value is given once.
    ///
    /// # Errors
    /// [`PayloadError`] for a property with two values, and for more than [`Content::MAX_MENTIONS`]
    /// mentions.
    pub fn of(
        properties: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<SayProperties<'a>, PayloadError> {
        let mut picked = SayProperties::default();
        for (name, value) in properties {
            match name {
                "draft" => once("draft", &mut picked.draft, value)?,
                "kind" => once("kind", &mut picked.kind, value)?,
                "of" => once("of", &mut picked.of, value)?,
                "of_room" => once("of_room", &mut picked.of_room, value)?,
                "reply_to" => once("reply_to", &mut picked.reply_to, value)?,
                "media" => once("media", &mut picked.media, value)?,
                "mention" => picked.mention(value)?,
                _ => {}
            }
        }
        Ok(picked)
    }

    fn mention(&mut self, who: &'a str) -> Result<(), PayloadError> {
        if self.mentions.len() == Content::MAX_MENTIONS {
            return Err(PayloadError::Wrong { key: "mention", expected: "given at most 50 times" });
        }
        self.mentions.push(who);
        Ok(())
    }
}

fn once<'a>(name: &'static str, place: &mut Option<&'a str>, value: &'a str) -> Result<(), PayloadError> {
    match place.replace(value) {
        Some(before) if before != value => Err(PayloadError::Twice(name)),
        _ => Ok(()),
    }
}
