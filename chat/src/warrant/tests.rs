//! Who may do what to whose message, row by row.

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
    assert_eq!(late.permits(&RECALL, ANN, SAID, Some(&target())), Ok(()), "one's own words stay one's own");
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
    let permits =
        |deed: &Deed, signs| member().permits(deed, BO, after(1_000), Some(&Target { signs, ..target() }));
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
