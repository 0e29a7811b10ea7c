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
mod tests {
    use super::*;
    use crate::{Sign, Wording};

    const ANN: UserId = UserId(1);
    const BO: UserId = UserId(2);
    const SAID: Timestamp = Timestamp(1_000_000);

    fn target() -> Target {
        Target {
            seq: Seq(41),
            sender: ANN,
            kind: Kind::Text,
            at: SAID,
            expires_at: None,
            edits: 0,
            signs: Signs::default(),
            pins: Pins::default(),
        }
    }

    fn edit() -> Deed {
        Deed::Edit { of: Seq(41), wording: Wording::text("off") }
    }

    const RECALL: Deed = Deed::Recall { of: Seq(41) };

    fn member() -> Warrant {
        let windows = Windows { edit: Some(Duration::from_secs(60)), recall: Some(Duration::from_secs(120)) };
        Warrant { hears_from: Seq(1), moderates: false, pins: false, windows }
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp(SAID.0 + seconds * 1_000)
    }

    #[test]
    fn who_said_it_may_change_it_and_nobody_else() {
        for deed in [edit(), RECALL] {
            assert_eq!(member().permits(&deed, ANN, SAID, Some(&target())), Ok(()));
            assert_eq!(member().permits(&deed, BO, SAID, Some(&target())), Err(Objection::NotYours));
        }
    }

    #[test]
    fn who_moderates_may_take_back_what_others_said_and_not_put_words_in_their_mouths() {
        let moderator = Warrant { moderates: true, ..member() };
        let late = after(1_000);
        assert_eq!(moderator.permits(&RECALL, BO, late, Some(&target())), Ok(()));
        assert_eq!(moderator.permits(&edit(), BO, SAID, Some(&target())), Err(Objection::NotYours));
    }

    #[test]
    fn each_has_its_time_and_the_end_of_it_still_counts() {
        let permits = |deed: &Deed, at| member().permits(deed, ANN, at, Some(&target()));
        assert_eq!(permits(&edit(), after(60)), Ok(()));
        assert_eq!(permits(&edit(), after(61)), Err(Objection::TooLate));
        assert_eq!(permits(&RECALL, after(120)), Ok(()));
        assert_eq!(permits(&RECALL, after(121)), Err(Objection::TooLate));
        assert_eq!(permits(&edit(), Timestamp(0)), Ok(()), "a clock that went back makes nothing older");
        let windows = Windows { edit: None, recall: None };
        let always = Warrant { windows, ..member() };
        assert_eq!(always.permits(&edit(), ANN, Timestamp(i64::MAX), Some(&target())), Ok(()));
    }

    #[test]
    fn what_one_cannot_see_is_not_there() {
        let nothing = Err(Objection::NoSuchMessage);
        assert_eq!(member().permits(&RECALL, ANN, SAID, None), nothing);
        let late = Warrant { hears_from: Seq(42), moderates: true, ..member() };
        assert_eq!(late.permits(&RECALL, BO, SAID, Some(&target())), nothing);
        let recalled = Target { kind: Kind::Recalled, ..target() };
        assert_eq!(late.permits(&RECALL, BO, SAID, Some(&recalled)), nothing);
        assert_eq!(
            late.permits(&RECALL, ANN, SAID, Some(&target())),
            Ok(()),
            "one's own words stay one's own"
        );
        for kind in [Kind::Created, Kind::Left, Kind::Edit, Kind::Recall] {
            assert_eq!(member().permits(&edit(), ANN, SAID, Some(&Target { kind, ..target() })), nothing);
        }
        let over = Target { expires_at: Some(after(5)), ..target() };
        assert_eq!(member().permits(&edit(), ANN, after(4), Some(&over)), Ok(()));
        assert_eq!(member().permits(&edit(), ANN, after(5), Some(&over)), nothing);
    }

    #[test]
    fn what_was_taken_back_stays_so() {
        let recalled = Target { kind: Kind::Recalled, ..target() };
        for deed in [edit(), RECALL] {
            assert_eq!(member().permits(&deed, ANN, SAID, Some(&recalled)), Err(Objection::Recalled));
        }
    }

    #[test]
    fn a_message_is_edited_a_bounded_number_of_times_and_can_still_be_taken_back() {
        let edited = |edits| Target { edits, ..target() };
        assert_eq!(member().permits(&edit(), ANN, SAID, Some(&edited(Deed::MAX_EDITS - 1))), Ok(()));
        let full = edited(Deed::MAX_EDITS);
        assert_eq!(member().permits(&edit(), ANN, SAID, Some(&full)), Err(Objection::TooOften));
        assert_eq!(member().permits(&RECALL, ANN, SAID, Some(&full)), Ok(()));
    }

    #[test]
    fn anybody_who_sees_a_message_puts_signs_to_it_up_to_a_bound() {
        let sign = Sign::new("👍").unwrap();
        let react = Deed::React { of: Seq(41), sign: sign.clone() };
        let permits = |deed: &Deed, signs| {
            member().permits(deed, BO, after(1_000), Some(&Target { signs, ..target() }))
        };
        let full = Signs { kinds: Deed::MAX_SIGNS, has_it: false, own: 0, is_own: false };
        assert_eq!(permits(&react, Signs::default()), Ok(()));
        assert_eq!(permits(&react, full), Err(Objection::TooManySigns));
        assert_eq!(permits(&react, Signs { has_it: true, ..full }), Ok(()), "others had it before");
        let many = Signs { kinds: 20, has_it: true, own: Deed::MAX_OWN_SIGNS, is_own: false };
        assert_eq!(permits(&react, many), Err(Objection::TooManySigns));
        assert_eq!(permits(&react, Signs { is_own: true, ..many }), Ok(()), "it is there already");
        let unreact = Deed::Unreact { of: Seq(41), sign };
        assert_eq!(permits(&unreact, many), Err(Objection::NotDone));
        assert_eq!(permits(&unreact, Signs { is_own: true, ..many }), Ok(()));
        let recalled = Target { kind: Kind::Recalled, ..target() };
        assert_eq!(member().permits(&react, BO, SAID, Some(&recalled)), Err(Objection::Recalled));
    }

    #[test]
    fn who_may_pin_pins_up_to_a_bound() {
        let (pin, unpin) = (Deed::Pin { of: Seq(41) }, Deed::Unpin { of: Seq(41) });
        let pinner = Warrant { pins: true, ..member() };
        let pins = |count, has_it| Target { pins: Pins { count, has_it }, ..target() };
        let permits = |deed: &Deed, target: &Target| pinner.permits(deed, BO, SAID, Some(target));
        for deed in [&pin, &unpin] {
            let refused = member().permits(deed, BO, SAID, Some(&pins(1, true)));
            assert_eq!(refused, Err(Objection::NotAllowed));
        }
        assert_eq!(permits(&pin, &pins(Deed::MAX_PINS - 1, false)), Ok(()));
        assert_eq!(permits(&pin, &pins(Deed::MAX_PINS, false)), Err(Objection::TooManyPins));
        assert_eq!(permits(&pin, &pins(Deed::MAX_PINS, true)), Ok(()), "it is there already");
        assert_eq!(permits(&unpin, &pins(1, false)), Err(Objection::NotDone));
        let over = Target { expires_at: Some(SAID), ..pins(1, true) };
        assert_eq!(permits(&pin, &over), Err(Objection::NoSuchMessage));
        assert_eq!(permits(&unpin, &over), Ok(()));
    }

    #[test]
    fn each_objection_has_a_word_of_its_own() {
        let mut words = Objection::ALL.map(Objection::code);
        words.sort_unstable();
        assert!(words.windows(2).all(|two| two[0] != two[1]));
    }
}
