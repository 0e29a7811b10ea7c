//! By what right something is done to a message.
//!
//! It is judged in two steps. What the room says of a person (the [`Warrant`]) is known when the wish comes in;
//! what the message says of itself (the [`Target`]) is known for certain only when the deed is committed, because
//! until then it may be edited, recalled or not yet be there. Whoever commits asks [`Warrant::permits`].

use crate::{Deed, Kind, Seq, Timestamp, UserId};
use std::time::Duration;

/// What the rules of the room let one of its members do to messages, under the rules it was made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warrant {
    /// The entry they hear from. What others said before it is not there for them.
    pub hears_from: Seq,
    /// Whether they may take back what others said.
    pub moderates: bool,
    /// Whether they may pin messages.
    pub pins: bool,
    /// How long they may do it to what they said themselves.
    pub windows: Windows,
}

/// How long after it was said a message may still be changed by its author. `None` is without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// How long it may be edited.
    pub edit: Option<Duration>,
    /// How long it may be recalled. Those who moderate are not bound by it.
    pub recall: Option<Duration>,
}

impl Default for Windows {
    /// Two days are enough to see a mistake; later an edit would change what others built on. What should not
    /// have been said can always be taken back.
    fn default() -> Windows {
        Windows { edit: Some(Duration::from_hours(48)), recall: None }
    }
}

/// The message a deed is aimed at, as the log has it when the deed is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its place.
    pub seq: Seq,
    /// Who said it.
    pub sender: UserId,
    /// What sort of entry it is.
    pub kind: Kind,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being shown.
    pub expires_at: Option<Timestamp>,
    /// How often it was edited.
    pub edits: u32,
    /// What its signs are, as far as the deed is about one.
    pub signs: Signs,
    /// What is pinned in its room, as far as the deed is about that.
    pub pins: Pins,
}

/// The pinned messages of a room, seen by one who pins one or takes it from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pins {
    /// How many there are.
    pub count: u32,
    /// Whether this message is among them.
    pub has_it: bool,
}

/// The signs of a message, seen by one who puts one to it or takes one back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signs {
    /// How many different ones it has.
    pub kinds: u32,
    /// Whether this one is among them.
    pub has_it: bool,
    /// How many of them are this person's own.
    pub own: u32,
    /// Whether this one is.
    pub is_own: bool,
}

/// Why a deed can't be done to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Objection {
    /// No message has this place, or none that this person can see: nobody can tell which.
    #[error("there is no message of this number here that you could see")]
    NoSuchMessage,
    /// It was taken back.
    #[error("this message was recalled")]
    Recalled,
    /// Somebody else said it.
    #[error("only who said it may do that to this message")]
    NotYours,
    /// It was said too long ago.
    #[error("this message is too old for that")]
    TooLate,
    /// It was edited [`Deed::MAX_EDITS`] times.
    #[error("this message was edited as often as one may be")]
    TooOften,
    /// It has [`Deed::MAX_SIGNS`] different signs, or [`Deed::MAX_OWN_SIGNS`] of this person.
    #[error("this message has as many different reactions as one may have, or as many of yours")]
    TooManySigns,
    /// Only some may do that in this room.
    #[error("in this room you may not do that")]
    NotAllowed,
    /// The room has [`Deed::MAX_PINS`] pinned messages.
    #[error("this room has as many pinned messages as one may have")]
    TooManyPins,
    /// What should be taken back was not done.
    #[error("that was not done to this message, so there is nothing to take back")]
    NotDone,
}

impl Objection {
    /// Every objection, for tables and tests.
    pub const ALL: [Objection; 9] = [
        Objection::NoSuchMessage,
        Objection::Recalled,
        Objection::NotYours,
        Objection::TooLate,
        Objection::TooOften,
        Objection::TooManySigns,
        Objection::NotAllowed,
        Objection::TooManyPins,
        Objection::NotDone,
    ];

    /// The word for it in payloads, stable for ever.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Objection::NoSuchMessage => "no_such_message",
            Objection::Recalled => "recalled",
            Objection::NotYours => "not_yours",
            Objection::TooLate => "too_late",
            Objection::TooOften => "too_often",
            Objection::TooManySigns => "too_many_signs",
            Objection::NotAllowed => "not_allowed",
            Objection::TooManyPins => "too_many_pins",
            Objection::NotDone => "not_done",
        }
    }
}

impl Warrant {
    /// Whether the holder, `by`, may do this at this time to the message that stands where the deed points;
    /// `None` where nothing stands.
    ///
    /// # Errors
    /// The [`Objection`] that the holder is told. What they can't see is judged first, so that nothing else tells
    /// them of it.
    pub fn permits(
        &self,
        deed: &Deed,
        by: UserId,
        at: Timestamp,
        target: Option<&Target>,
    ) -> Result<(), Objection> {
        if let (Deed::Unpin { .. }, true, Some(target)) = (deed, self.pins, target)
            && target.pins.has_it
        {
            // Also one that has run out, or the list would be full of them.
            return Ok(());
        }
        let target = target.filter(|target| self.sees(target, by, at)).ok_or(Objection::NoSuchMessage)?;
        if target.kind == Kind::Recalled {
            return Err(Objection::Recalled);
        }
        let is_mine = target.sender == by;
        match deed {
            Deed::Edit { .. } if !is_mine => Err(Objection::NotYours),
            Deed::Edit { .. } if is_over(self.windows.edit, target, at) => Err(Objection::TooLate),
            Deed::Edit { .. } if target.edits >= Deed::MAX_EDITS => Err(Objection::TooOften),
            Deed::Edit { .. } => Ok(()),
            Deed::Recall { .. } if self.moderates => Ok(()),
            Deed::Recall { .. } if !is_mine => Err(Objection::NotYours),
            Deed::Recall { .. } if is_over(self.windows.recall, target, at) => Err(Objection::TooLate),
            Deed::Recall { .. } => Ok(()),
            Deed::React { .. } => target.signs.may_be_put(),
            Deed::Unreact { .. } if !target.signs.is_own => Err(Objection::NotDone),
            Deed::Unreact { .. } => Ok(()),
            Deed::Pin { .. } | Deed::Unpin { .. } if !self.pins => Err(Objection::NotAllowed),
            Deed::Pin { .. } if target.pins.has_it || target.pins.count < Deed::MAX_PINS => Ok(()),
            Deed::Pin { .. } => Err(Objection::TooManyPins),
            Deed::Unpin { .. } => Err(Objection::NotDone),
        }
    }

    /// Whether it is a message, not run out, that the holder heard or said: their own words stay theirs when
    /// they went and came again.
    fn sees(&self, target: &Target, by: UserId, at: Timestamp) -> bool {
        let is_a_message = target.kind.is_message() || target.kind == Kind::Recalled;
        let is_there = target.expires_at.is_none_or(|end| at < end);
        is_a_message && is_there && (target.seq >= self.hears_from || target.sender == by)
    }
}

impl Signs {
    /// Putting a sign again that is there already is no sin, and changes nothing.
    fn may_be_put(self) -> Result<(), Objection> {
        let is_one_more = !self.is_own && self.own >= Deed::MAX_OWN_SIGNS;
        let is_new = !self.has_it && self.kinds >= Deed::MAX_SIGNS;
        if is_one_more || is_new { Err(Objection::TooManySigns) } else { Ok(()) }
    }
}

/// Whether the time for it is over. A clock that went back since makes nothing older.
fn is_over(window: Option<Duration>, target: &Target, at: Timestamp) -> bool {
    let age = u64::try_from(at.0.saturating_sub(target.at.0)).unwrap_or(0);
    window.is_some_and(|window| Duration::from_millis(age) > window)
}

#[cfg(test)]
mod tests;
