//! What is done to what was said.

use super::bench::*;
use crate::{Fate, NewAct, NewEntry, Resend, Signed, Upshot};
use chat::{Act, Content, Deed, Objection, Seq, Timestamp, UserId, Warrant, Windows, Wording};
use std::time::Duration;

/// An edit comes after the message, which stays as it was; the proof says the same as the log.
pub async fn an_edit_gives_a_message_other_words_and_keeps_those_it_had(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let wording = Wording {
        mentions: vec![called(BO).into()],
        data: Some(r#"{"w": 1}"#.into()),
        ..Wording::text("off")
    };
    let edit = does(ANN, Deed::Edit { of: Seq(2), wording }, MEMBER);
    let proofs = scene.proofs(vec![say(ANN, "on"), draft(edit, "edit-1")]).await;
    assert_eq!(scene.log(1).await, ["on", "2 says off"]);
    let expected: Vec<_> = proofs.iter().map(|proof| proof.as_entry(called(ANN))).collect();
    assert_eq!(scene.page(1, u64::MAX, 10).await, expected);
}

/// Of a recalled message and its edits nothing can be read any more, but that there was one.
pub async fn a_recall_erases_a_message_and_its_edits(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[draft(say(ANN, "the key is under the mat"), "1"), say(BO, "thanks")]).await;
    scene.commit(&[edit(ANN, 2, "the key is in the shed"), edit(ANN, 2, "there is no key")]).await;
    let before = scene.page(1, 2, 1).await;
    assert_eq!(scene.put(recall(ANN, 2)).await, stored(6, 2));
    let left = ["recalled", "thanks", "2 is recalled"];
    assert_eq!(scene.log(1).await, left);
    let picked = [2, 4, 5].map(|seq| (TEA, Seq(seq)));
    let picked = scene.store.pick(&picked).await.expect("they are read");
    assert_eq!(picked.iter().map(words).collect::<Vec<_>>(), ["recalled"]);
    assert_eq!(picked[0], chat::Entry { act: Act::Recalled, ..before[0].clone() });
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.log(1).await, left);
}

/// It is no message: nobody has it unread, and who does it has read nothing by that.
pub async fn what_is_done_to_a_message_does_not_count_and_moves_no_mark(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "one"), say(BO, "two"), say(BO, "three")]).await;
    assert_eq!(scene.commit(&[edit(ANN, 2, "uno"), recall(ANN, 2)]).await, [stored(5, 3), stored(6, 3)]);
    assert_eq!(scene.unread(ANN).await, (2, 2));
    assert_eq!(scene.unread(BO).await, (4, 0));
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.unread(ANN).await, (2, 2));
    assert_eq!(scene.unread(CY).await, (0, 0));
}

/// What can't be done is told why, and writes nothing.
pub async fn what_cannot_be_done_to_a_message_is_objected_to(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let minute = Warrant {
        windows: Windows { edit: Some(Duration::from_secs(60)), recall: Some(Duration::from_secs(60)) },
        ..MEMBER
    };
    let late = |deed| NewEntry { at: Timestamp(61_001), ..does(ANN, deed, minute) };
    let wording = Wording::text("late");
    scene.commit(&[say(ANN, "one"), say(ANN, "two"), recall(ANN, 3)]).await;
    let fates = scene
        .commit(&[
            edit(BO, 2, "mine"),
            recall(BO, 2),
            edit(ANN, 3, "again"),
            recall(ANN, 3),
            late(Deed::Edit { of: Seq(2), wording }),
            late(Deed::Recall { of: Seq(2) }),
            recall(ANN, 1),
            recall(ANN, 4),
            recall(ANN, 5),
            edit(ANN, u64::MAX / 2, "nothing"),
        ])
        .await;
    let expected = [
        Objection::NotYours,
        Objection::NotYours,
        Objection::Recalled,
        Objection::Recalled,
        Objection::TooLate,
        Objection::TooLate,
        Objection::NoSuchMessage,
        Objection::NoSuchMessage,
        Objection::NoSuchMessage,
        Objection::NoSuchMessage,
    ];
    assert_eq!(fates, expected.map(Fate::Objected));
    assert_eq!(scene.log(1).await, ["one", "recalled", "3 is recalled"]);
    assert_eq!(scene.put(say(ANN, "and on")).await, stored(5, 3));
}

/// What a batch says can be changed by the same batch.
pub async fn what_a_batch_says_can_be_taken_back_by_it(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let batch = [say(ANN, "one"), edit(ANN, 2, "uno"), say(BO, "two"), recall(ANN, 2), recall(ANN, 2)];
    let fates = scene.commit(&batch).await;
    assert_eq!(fates[..4], [stored(2, 1), stored(3, 1), stored(4, 2), stored(5, 2)]);
    assert_eq!(fates[4], Fate::Objected(Objection::Recalled));
    assert_eq!(scene.log(1).await, ["recalled", "two", "2 is recalled"]);
}

/// A deed is found by its draft, whatever has become of its message and of the rights meanwhile.
pub async fn a_deed_sent_twice_is_done_once(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let one = draft(edit(ANN, 2, "uno"), "edit");
    let other = draft(edit(ANN, 2, "une"), "edit");
    let elsewhere = draft(edit(ANN, 3, "uno"), "edit");
    let back = draft(recall(ANN, 2), "back");
    scene.commit(&[say(ANN, "one"), say(ANN, "two")]).await;
    let fates = scene.commit(&[one.clone(), one.clone(), other.clone()]).await;
    assert_eq!(fates, [stored(4, 2), duplicate(4, 2), Fate::DraftReused]);
    let fates = scene.commit(&[one.clone(), other, elsewhere]).await;
    assert_eq!(fates, [duplicate(4, 2), Fate::DraftReused, Fate::DraftReused]);
    assert_eq!(scene.commit(&[back.clone(), back.clone()]).await, [stored(5, 2), duplicate(5, 2)]);
    let stranger = Warrant { hears_from: Seq(9), ..MEMBER };
    let again = draft(does(ANN, Deed::Recall { of: Seq(2) }, stranger), "back");
    assert_eq!(scene.commit(&[one, again]).await, [duplicate(4, 2), duplicate(5, 2)]);
}

/// What was erased can't be compared: its draft tells that it was sent before, and its packet does not.
pub async fn what_was_recalled_is_found_by_its_draft(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let phone = scene.open(ANN, 1).await.id.expect("it is kept");
    let kettle = draft(say(ANN, "on"), "1");
    let sent = packet(say(ANN, "tea"), phone, 9, Resend::New);
    let again = packet(say(ANN, "tea"), phone, 9, Resend::IfSame);
    let fates = scene.commit(&[kettle.clone(), sent, recall(ANN, 2), recall(ANN, 3), kettle.clone()]).await;
    assert_eq!(fates[4], duplicate(2, 1));
    assert_eq!(scene.put(kettle).await, duplicate(2, 1));
    assert_eq!(scene.put(again).await, stored(6, 3));
    assert_eq!(scene.log(5).await, ["tea"]);
}

/// An edit is gone when its message is.
pub async fn an_edit_is_shown_no_longer_than_its_message(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let until = |at: i64| NewEntry { expires_at: Some(Timestamp(at)), ..say(ANN, "soon gone") };
    scene.commit(&[until(2_000), until(2_001), edit(ANN, 2, "gone"), edit(ANN, 3, "still there")]).await;
    assert_eq!(scene.log(1).await, ["soon gone", "3 says still there"]);
    let late = NewEntry { at: Timestamp(2_001), ..edit(ANN, 3, "too late") };
    assert_eq!(scene.put(late).await, Fate::Objected(Objection::NoSuchMessage));
}

/// All edits of a message are erased at once, so there is a bound to them.
pub async fn a_message_is_edited_a_bounded_number_of_times(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(say(ANN, "0")).await;
    let most = u64::from(Deed::MAX_EDITS);
    let half: Vec<_> = (1..=most / 2).map(|n| edit(ANN, 2, &n.to_string())).collect();
    scene.commit(&half).await;
    let fates = scene.commit(&[half.clone(), half].concat()).await;
    let stored = fates.iter().filter(|fate| matches!(fate, Fate::Stored { .. })).count() as u64;
    assert_eq!(stored, most - most / 2);
    assert_eq!(fates.last(), Some(&Fate::Objected(Objection::TooOften)));
    scene.proofs(vec![recall(ANN, 2)]).await;
    assert_eq!(scene.log(1).await, ["recalled", "2 is recalled"]);
}

/// The rules of the room are looked at before the message is, and who has no account does nothing.
pub async fn a_deed_is_judged_by_the_rules_in_force(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let nobody = recall(UserId(404), 2);
    scene.commit(&[say(ANN, "one"), join(CY)]).await;
    assert_eq!(scene.commit(&[recall(ANN, 2), judged(nobody, 2)]).await, [Fate::Stale, Fate::NoSuchUser]);
    assert_eq!(scene.put(judged(recall(ANN, 2), 2)).await, stored(4, 1));
}

/// Who moderates need not have said anything; who came later can't reach what they did not hear.
pub async fn who_moderates_takes_back_what_others_said(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let moderator = Warrant { moderates: true, ..MEMBER };
    let newcomer = Warrant { hears_from: Seq(4), ..moderator };
    scene.commit(&[say(ANN, "one"), say(ANN, "two"), say(ANN, "three")]).await;
    let takes = |of, warrant| does(BO, Deed::Recall { of: Seq(of) }, warrant);
    let fates = scene.commit(&[takes(2, moderator), takes(3, newcomer), takes(4, newcomer)]).await;
    assert_eq!(fates, [stored(5, 3), Fate::Objected(Objection::NoSuchMessage), stored(6, 3)]);
    assert_eq!(scene.log(1).await, ["recalled", "two", "recalled", "2 is recalled", "4 is recalled"]);
    assert_eq!(scene.page(4, 5, 1).await[0].from, called(BO));
}

/// A sign is put once by each who puts it, and its log shows each of them.
pub async fn a_sign_is_put_and_taken_back_in_ones_own_name(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "tea?"), react(BO, 2, "+1"), react(ANN, 2, "+1")]).await;
    assert_eq!(scene.put(react(BO, 2, "+1")).await, duplicate(3, 1));
    assert_eq!(scene.put(unreact(BO, 2, "-1")).await, Fate::Objected(Objection::NotDone));
    assert_eq!(scene.commit(&[unreact(BO, 2, "+1"), react(BO, 2, "-1")]).await, [stored(5, 1), stored(6, 1)]);
    assert_eq!(scene.put(unreact(BO, 2, "+1")).await, Fate::Objected(Objection::NotDone));
    assert_eq!(scene.log(1).await, ["tea?", "2 +1", "2 +1", "2 no +1", "2 -1"]);
    assert_eq!(scene.unread(BO).await, (0, 1));
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.put(react(BO, 2, "-1")).await, duplicate(6, 1));
    assert_eq!(scene.put(react(BO, 2, "+1")).await, stored(7, 1));
}

/// The signs of a message are bounded, and so are those of one person; what others put already is always free to put.
pub async fn a_message_has_a_bounded_number_of_signs(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let own = u64::from(Deed::MAX_OWN_SIGNS);
    let many = |by: UserId, from: u64| {
        (from..from + own).map(move |n| react(by, 2, &format!("s{n}"))).collect::<Vec<_>>()
    };
    scene.put(say(ANN, "tea?")).await;
    scene.proofs(many(ANN, 0)).await;
    let too_many = Fate::Objected(Objection::TooManySigns);
    assert_eq!(scene.put(react(ANN, 2, "more")).await, too_many);
    let others: Vec<_> = (0..4).map(|n| UserId(900 + n)).collect();
    for (at, user) in (1..).zip(&others) {
        assert!(scene.store.add_account(&account(*user)).await.expect("an account is made"));
        scene.proofs(many(*user, at * own)).await;
    }
    assert_eq!(scene.commit(&[react(BO, 2, "new"), react(BO, 2, "s0")]).await[0], too_many);
    assert_eq!(scene.put(react(BO, 2, "s49")).await, stored(2 + 52, 1));
    // A sign that nobody has put any more makes room for another.
    assert_eq!(scene.put(unreact(others[0], 2, "s10")).await, stored(2 + 53, 1));
    assert_eq!(scene.put(react(BO, 2, "new")).await, stored(2 + 54, 1));
}

/// To what was recalled nothing is put any more; what was put before does not come back.
pub async fn what_was_recalled_takes_no_signs(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "tea?"), react(BO, 2, "+1"), recall(ANN, 2)]).await;
    let recalled = Fate::Objected(Objection::Recalled);
    let fates = scene.commit(&[react(BO, 2, "+1"), react(ANN, 2, "-1"), unreact(BO, 2, "+1")]).await;
    assert_eq!(fates, [recalled; 3]);
}

/// What is pinned is pinned once, and no longer when it is taken from there or recalled.
pub async fn a_message_is_pinned_until_it_is_taken_from_there(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let pin = |of: u64| does(ANN, Deed::Pin { of: Seq(of) }, MEMBER);
    let unpin = |of: u64| does(BO, Deed::Unpin { of: Seq(of) }, MEMBER);
    let not_done = Fate::Objected(Objection::NotDone);
    scene.commit(&[say(ANN, "two"), say(BO, "three")]).await;
    assert_eq!(scene.commit(&[pin(2), pin(2), unpin(3)]).await, [stored(4, 2), duplicate(4, 2), not_done]);
    assert_eq!(scene.put(pin(2)).await, duplicate(4, 2));
    assert_eq!(scene.commit(&[pin(3), unpin(2), unpin(2)]).await, [stored(5, 2), stored(6, 2), not_done]);
    assert_eq!(scene.commit(&[recall(BO, 3), pin(2)]).await, [stored(7, 2), stored(8, 2)]);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.put(unpin(3)).await, Fate::Objected(Objection::Recalled));
    assert_eq!(scene.put(unpin(2)).await, stored(9, 2));
    assert_eq!(scene.log(7).await, ["2 is pinned", "2 is not pinned"]);
}

/// So many messages may be pinned, and each that is taken from there makes room.
pub async fn a_room_has_a_bounded_number_of_pins(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let most = u64::from(Deed::MAX_PINS);
    let says: Vec<_> = (0..=most).map(|n| say(ANN, &n.to_string())).collect();
    scene.proofs(says).await;
    let pin = |of: u64| does(ANN, Deed::Pin { of: Seq(of) }, MEMBER);
    scene.proofs((2..2 + most).map(pin).collect()).await;
    let last = 2 + most;
    let too_many = Fate::Objected(Objection::TooManyPins);
    assert_eq!(scene.put(pin(last)).await, too_many);
    let fates = scene.commit(&[recall(ANN, 2), pin(last), pin(last)]).await;
    let next = 2 + most + most;
    let again = Fate::Duplicate { seq: Seq(next + 2), n: most + 1, at: Timestamp(1_000) };
    assert_eq!(fates, [stored(next + 1, most + 1), stored(next + 2, most + 1), again]);
}

/// Somebody answers a message.
fn reply(sender: UserId, of: u64, text: &str) -> NewEntry {
    let content = Content { reply_to: Some(Seq(of)), ..Content::text(text.to_owned()) };
    NewEntry { act: NewAct::Say(content), ..say(sender, "") }
}

impl Scene {
    async fn upshots(&self, messages: &[u64], user: UserId) -> Vec<Upshot> {
        let messages: Vec<Seq> = messages.iter().copied().map(Seq).collect();
        self.store.upshots(TEA, &messages, user, Timestamp(2_000)).await.expect("they are read")
    }

    async fn thread(&self, of: u64, after: u64, limit: u32) -> Vec<String> {
        let (of, after) = ((TEA, Seq(of)), Seq(after));
        let page = self.store.replies(of, after, Seq(u64::MAX), limit, Timestamp(2_000)).await;
        page.expect("a thread is read").iter().map(words).collect()
    }
}

/// Who shows a message asks what has become of it, and is told what holds now.
pub async fn what_has_become_of_messages_is_told(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let pin = does(ANN, Deed::Pin { of: Seq(3) }, MEMBER);
    scene.commit(&[say(ANN, "two"), say(BO, "three"), edit(ANN, 2, "deux"), edit(ANN, 2, "zwei")]).await;
    scene.commit(&[react(ANN, 2, "b"), react(BO, 2, "b"), react(BO, 2, "a"), pin]).await;
    scene.commit(&[reply(BO, 3, "yes"), reply(ANN, 3, "no"), say(ANN, "untouched")]).await;
    let touched = async || {
        let leaf =
            scene.store.page(TEA, Seq(1), Seq(u64::MAX), 100, Timestamp(2_000)).await.expect("it is read");
        let read = scene.store.read(TEA, Seq(1), Seq(u64::MAX), 100, Timestamp(2_000)).await;
        assert_eq!(leaf.entries, read.expect("it is read"));
        leaf.touched
    };
    assert_eq!(touched().await, [Seq(2), Seq(3)], "a page says of which there is more to tell");
    let told = scene.upshots(&[3, 12, 2, 400], ANN).await;
    let signed = |sign: &str, people, own| Signed { sign: sign_of(sign), people, own };
    let three = Upshot { replies: 2, pin: Some(Seq(9)), ..Upshot::nothing(Seq(3)) };
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], three);
    assert_eq!(told[1].signs, [signed("a", 1, false), signed("b", 2, true)]);
    assert_eq!(told[1].edit.as_ref().map(words).as_deref(), Some("2 says zwei"));
    scene.commit(&[recall(ANN, 2), recall(BO, 3)]).await;
    assert_eq!(scene.upshots(&[2, 3], ANN).await, [Upshot { pin: None, ..three }]);
    assert!(touched().await.contains(&Seq(3)));
}

/// A thread is the messages that answer one, page by page; what was recalled keeps its place in it.
pub async fn a_thread_is_read_page_by_page(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let soon = NewEntry { expires_at: Some(Timestamp(2_000)), ..reply(BO, 2, "gone") };
    let batch = [say(ANN, "tea?"), reply(BO, 2, "one"), say(ANN, "by the way"), reply(ANN, 3, "elsewhere")];
    scene.commit(&batch).await;
    scene
        .commit(&[reply(ANN, 2, "two"), soon, reply(BO, 2, "three"), recall(ANN, 6), reply(BO, 900, "?")])
        .await;
    assert_eq!(scene.thread(2, 0, 10).await, ["one", "recalled", "three"]);
    assert_eq!(scene.thread(2, 3, 1).await, ["recalled"]);
    assert_eq!(scene.thread(2, 6, 10).await, ["three"]);
    assert_eq!(scene.thread(900, 0, 10).await, [""; 0], "what is not there can't be answered");
}

/// The list of what is pinned, without what is gone.
pub async fn what_is_pinned_is_listed(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let pin = |of: u64| does(ANN, Deed::Pin { of: Seq(of) }, MEMBER);
    let soon = NewEntry { expires_at: Some(Timestamp(2_000)), ..say(ANN, "soon gone") };
    scene.commit(&[say(ANN, "two"), soon, say(ANN, "four"), say(ANN, "five")]).await;
    scene.commit(&[pin(5), pin(2), pin(3), pin(4), recall(ANN, 4)]).await;
    let pins = scene.store.pins(TEA, Timestamp(2_000)).await.expect("they are read");
    assert_eq!(pins.iter().map(words).collect::<Vec<_>>(), ["two", "five"]);
}
