//! What is done to what was said.
//!
//! A deed names the message it is done to by its place, and is an entry of the same log. It says what is
//! wanted; whether this person may do it to that message is [`crate::Warrant`]'s to say.

use crate::{Kind, Mention, Seq, Sign};
use bytes::Bytes;
use std::fmt;

/// Something that a person does to an earlier message of the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Gives a message other words. What was said before stays in the log, before this entry.
    Edit {
        /// The message.
        of: Seq,
        /// What it says from now on.
        wording: Wording,
    },
    /// Takes a message back: its words, and those of its edits, are erased. Its place stays.
    Recall {
        /// The message.
        of: Seq,
    },
    /// Puts a sign to a message, in one's own name.
    React {
        /// The message.
        of: Seq,
        /// The sign.
        sign: Sign,
    },
    /// Takes one's own sign back.
    Unreact {
        /// The message.
        of: Seq,
        /// The sign.
        sign: Sign,
    },
    /// Puts a message where everybody in the room finds it.
    Pin {
        /// The message.
        of: Seq,
    },
    /// Takes it from there.
    Unpin {
        /// The message.
        of: Seq,
    },
}

impl Deed {
    /// How often one message may be edited: whoever recalls it erases all that was written, at once.
    pub const MAX_EDITS: u32 = 100;

    /// How many different signs a message may have: more would be a text, and are read by nobody.
    pub const MAX_SIGNS: u32 = 50;

    /// How many of them may be of one person.
    pub const MAX_OWN_SIGNS: u32 = 10;

    /// How many messages may be pinned in one room: a list that is still looked through.
    pub const MAX_PINS: u32 = 50;

    /// The message it is done to.
    #[must_use]
    pub const fn of(&self) -> Seq {
        match self {
            Deed::Edit { of, .. } | Deed::Recall { of } => *of,
            Deed::React { of, .. } | Deed::Unreact { of, .. } => *of,
            Deed::Pin { of } | Deed::Unpin { of } => *of,
        }
    }

    /// The sign that is put or taken back, if it is about one.
    #[must_use]
    pub const fn sign(&self) -> Option<&Sign> {
        match self {
            Deed::React { sign, .. } | Deed::Unreact { sign, .. } => Some(sign),
            Deed::Edit { .. } | Deed::Recall { .. } | Deed::Pin { .. } | Deed::Unpin { .. } => None,
        }
    }

    /// What sort of entry it makes.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Deed::Edit { .. } => Kind::Edit,
            Deed::Recall { .. } => Kind::Recall,
            Deed::React { .. } => Kind::React,
            Deed::Unreact { .. } => Kind::Unreact,
            Deed::Pin { .. } => Kind::Pin,
            Deed::Unpin { .. } => Kind::Unpin,
        }
    }
}

/// What a message says after an edit. Its kind and what it answers stay as they were. Its `Debug` tells how
/// much was said, never what.
#[derive(Clone, PartialEq, Eq)]
pub struct Wording {
    /// The body, byte for byte.
    pub body: Bytes,
    /// Whom it calls; at most [`crate::Content::MAX_MENTIONS`].
    pub mentions: Vec<Mention>,
    /// What the kind of the message needs beside the body: a JSON object, kept as it was written.
    pub data: Option<Box<str>>,
}

impl Wording {
    /// Plain words and nothing else.
    #[must_use]
    pub fn text(body: impl Into<Bytes>) -> Wording {
        Wording { body: body.into(), mentions: Vec::new(), data: None }
    }

    /// How many bytes of the sender's are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len() + self.data.as_ref().map_or(0, |data| data.len())
    }

    /// Whether it has no words at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wording").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_edit_are_in_no_debug_output() {
        let edit = Deed::Edit { of: Seq(2), wording: Wording::text("the spare key is under the mat") };
        assert_eq!(format!("{edit:?}"), "Edit { of: Seq(2), wording: Wording { len: 30, .. } }");
    }
}
