//! What is done to messages, on the screen.

use super::*;

/// Something done to the message of this number.
fn done(seq: u64, from: &str, deed: Deed) -> Told {
    Told { what: What::Did(deed), ..said("tea", seq, from, "") }
}

#[test]
fn what_is_done_to_a_message_changes_how_it_is_shown() {
    let mut state = in_the_tea_room();
    let of = Seq(1);
    state.hears(said("tea", 1, "bo", "the kettle is on"));
    state.hears(said("tea", 2, "bo", "the key is under the mat"));
    state.hears(done(3, "bo", Deed::Edit { of, wording: Wording::text("the kettle boils") }));
    let sign = Sign::new("🍵").unwrap();
    for (seq, who) in [(4, "ann"), (5, "cy"), (5, "cy")] {
        state.hears(done(seq, who, Deed::React { of, sign: sign.clone() }));
    }
    state.hears(done(6, "bo", Deed::Recall { of: Seq(2) }));
    assert_eq!(state.reads(), ["the kettle boils (edited)  🍵 2", "[recalled]"]);
    state.hears(done(7, "cy", Deed::Unreact { of, sign: sign.clone() }));
    state.hears(done(8, "ann", Deed::Unreact { of, sign }));
    state.hears(done(9, "ann", Deed::Recall { of: Seq(400) }));
    assert_eq!(state.reads(), ["the kettle boils (edited)", "[recalled]"]);
}

#[test]
fn in_a_large_room_signs_are_shown_as_the_server_counts_them() {
    let mut state = in_the_tea_room();
    state.hears(said("tea", 1, "bo", "the kettle is on"));
    let sign = Sign::new("🍵").unwrap();
    state.hears(done(2, "ann", Deed::React { of: Seq(1), sign: sign.clone() }));
    let counted = |people| What::Reactions { of: Seq(1), signs: vec![(sign.clone(), people)] };
    state.hears(Told { what: counted(1_204), ..said("tea", 9, "cy", "") });
    assert_eq!(state.reads(), ["the kettle is on  🍵 1204"]);
    state.hears(done(30, "bo", Deed::Recall { of: Seq(1) }));
    assert_eq!(state.reads(), ["[recalled]"]);
}

#[test]
fn the_end_of_a_room_is_here_when_it_is_something_done_to_a_message() {
    let mut state = ann();
    state.counts("tea", 3, 1);
    state.hears(said("tea", 2, "bo", "hello"));
    let wishes = state.hears(done(3, "bo", Deed::Recall { of: Seq(2) }));
    assert_eq!(wishes, [Wish::Read(handle("tea"), Seq(3))]);
    state.on(Happening::Linked(Link::Down { why: "gone".to_owned(), again: 1 }));
    let wishes = state.on(Happening::Linked(Link::Up));
    assert_eq!(wishes, [Wish::Count, Wish::Since(handle("tea"), Seq(3))]);
}

#[test]
fn who_types_a_command_does_it_to_the_last_message() {
    let mut state = in_the_tea_room();
    assert_eq!(state.enters("/recall"), []);
    state.hears(said("tea", 1, "ann", "the kettle is on"));
    state.hears(said("tea", 2, "bo", "thanks"));
    let (tea, one, sign) = (handle("tea"), Seq(1), Sign::new("+1").unwrap());
    let edit = Deed::Edit { of: one, wording: Wording::text("the kettle boils") };
    assert_eq!(state.enters("/edit the kettle boils"), [Wish::Act(tea.clone(), edit)]);
    assert_eq!(state.enters("/react +1"), [Wish::Act(tea.clone(), Deed::React { of: Seq(2), sign })]);
    assert_eq!(state.enters("/recall"), [Wish::Act(tea, Deed::Recall { of: one })]);
    state.hears(done(3, "ann", Deed::Recall { of: one }));
    assert_eq!(state.enters("/recall"), [], "there is none of hers any more");
}
