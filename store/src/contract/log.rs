//! Numbers, drafts, packets, rules.

use super::bench::*;
use crate::{Fate, NewEntry, Resend, SessionId};
use chat::{Content, Forwarded, Kind, Origin, RoomId, Seq, Timestamp, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every entry has the next number of its room, whoever speaks at the same time.
pub async fn numbers_are_dense_when_many_speak_at_once(bench: &dyn Bench) {
    let scene = Arc::new(Scene::set(bench).await);
    let speak = |who: u64| {
        let scene = scene.clone();
        tokio::spawn(async move {
            let mut seqs = Vec::new();
            for round in 0..20 {
                let batch: Vec<_> =
                    (0..1 + round % 4).map(|i| say(ANN, &format!("{who}-{round}-{i}"))).collect();
                seqs.extend(scene.commit(&batch).await);
            }
            seqs
        })
    };
    let mut seqs = BTreeSet::new();
    let tasks: Vec<_> = (0..8).map(speak).collect();
    for task in tasks {
        for fate in task.await.expect("nobody panics") {
            let Fate::Stored { seq, n, .. } = fate else { panic!("not stored: {fate:?}") };
            assert_eq!(seq.0, n + 1, "the room's own entry does not count");
            assert!(seqs.insert(seq.0), "{seq} was given twice");
        }
    }
    assert_eq!(seqs, (2..=401).collect());
}

/// Entries of a batch stand in the log as they stood in the batch.
pub async fn a_batch_keeps_its_order(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let batch: Vec<_> = (0..300).map(|i| say([ANN, BO][i % 2], &i.to_string())).collect();
    let expected: Vec<_> = (0..300).map(|i| stored(i + 2, i + 1)).collect();
    assert_eq!(scene.commit(&batch).await, expected);
    assert_eq!(scene.log(1).await, (0..300).map(|i| i.to_string()).collect::<Vec<_>>());
}

/// Everything about an entry is found again, and the proof says the same as the log.
pub async fn what_was_said_is_read_back_as_it_was_said(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let content = Content {
        kind: Kind::Image,
        body: vec![0, 255, b'k'].into(),
        reply_to: Some(Seq(1)),
        mentions: vec![called(BO).into(), called(CY).into()],
        data: Some(r#"{"w": 1.0}"#.into()),
        media: None,
        forwarded: Some(Box::new(Forwarded { room: name("attic"), seq: Seq(41), from: called(CY) })),
    };
    let entry = NewEntry {
        origin: Some(Origin(-5)),
        expires_at: Some(Timestamp(9_000)),
        act: crate::NewAct::Say(content),
        ..draft(say(ANN, ""), "picture")
    };
    let proofs = scene.proofs(vec![entry, say(BO, "nice")]).await;
    let expected: Vec<_> =
        proofs.iter().zip([ANN, BO]).map(|(proof, sender)| proof.as_entry(called(sender))).collect();
    assert_eq!(scene.page(1, u64::MAX, 10).await, expected);
}

/// Saying a draft again finds the first entry, in one batch and across batches.
pub async fn a_draft_sent_twice_becomes_one_entry(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let kettle = draft(say(ANN, "the kettle is on"), "draft-1");
    let later = NewEntry { at: Timestamp(5_000), ..kettle.clone() };
    let fates = scene.commit(&[kettle.clone(), kettle.clone(), say(BO, "good")]).await;
    assert_eq!(fates, [stored(2, 1), duplicate(2, 1), stored(3, 2)]);
    assert_eq!(scene.put(later).await, duplicate(2, 1));
    assert_eq!(scene.log(1).await, ["the kettle is on", "good"]);
}

/// A draft outlives the process.
pub async fn a_draft_is_found_after_the_store_was_opened_again(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let kettle = draft(say(ANN, "the kettle is on"), "draft-1");
    assert_eq!(scene.put(kettle.clone()).await, stored(2, 1));
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.put(kettle).await, duplicate(2, 1));
    assert_eq!(scene.put(say(ANN, "and tea")).await, stored(3, 2));
}

/// Two people, or two rooms, may use the same word.
pub async fn a_draft_belongs_to_its_sender_and_its_room(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let cellar = RoomId(7_002);
    scene.make(room(cellar, "cellar", &[ANN])).await;
    let anns = draft(say(ANN, "one"), "1");
    let bos = draft(say(BO, "two"), "1");
    let below = NewEntry { room: cellar, ..draft(say(ANN, "three"), "1") };
    let fates = scene.commit(&[anns.clone(), bos.clone(), below.clone()]).await;
    assert_eq!(fates, [stored(2, 1), stored(3, 2), stored(2, 1)]);
    assert_eq!(scene.commit(&[below, bos, anns]).await, [duplicate(2, 1), duplicate(3, 2), duplicate(2, 1)]);
}

/// The same draft can't say two things.
pub async fn a_draft_with_other_words_is_refused(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let first = draft(say(ANN, "yes"), "draft-1");
    let other = draft(say(ANN, "no"), "draft-1");
    assert_eq!(scene.commit(&[first.clone(), other.clone()]).await, [stored(2, 1), Fate::DraftReused]);
    assert_eq!(scene.commit(&[other, first]).await, [Fate::DraftReused, duplicate(2, 1)]);
    assert_eq!(scene.log(1).await, ["yes"]);
}

/// What was stored stays stored, also for one who asks again under rules that changed meanwhile.
pub async fn a_draft_is_found_even_when_the_rules_changed(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let kettle = draft(say(BO, "the kettle is on"), "draft-1");
    scene.commit(&[kettle.clone(), leave(BO)]).await;
    assert_eq!(scene.put(kettle).await, duplicate(2, 1));
}

async fn session(scene: &Scene) -> SessionId {
    scene.open(ANN, 1).await.id.expect("it is kept")
}

/// QoS 1 with DUP: the same number and the same words are the same message; other words are not.
pub async fn a_resent_packet_is_found_only_when_it_says_the_same(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let phone = session(&scene).await;
    let first = packet(say(ANN, "on"), phone, 9, Resend::New);
    let again = packet(say(ANN, "on"), phone, 9, Resend::IfSame);
    let other = packet(say(ANN, "off"), phone, 9, Resend::IfSame);
    let unknown = packet(say(ANN, "on"), phone, 10, Resend::IfSame);
    assert_eq!(scene.put(first).await, stored(2, 1));
    assert_eq!(scene.put(again).await, duplicate(2, 1));
    assert_eq!(scene.put(other.clone()).await, stored(3, 2));
    assert_eq!(scene.put(other).await, duplicate(3, 2));
    assert_eq!(scene.put(unknown).await, stored(4, 3));
    let cellar = RoomId(7_002);
    scene.make(room(cellar, "cellar", &[ANN])).await;
    let elsewhere = NewEntry { room: cellar, ..packet(say(ANN, "off"), phone, 9, Resend::IfSame) };
    assert_eq!(scene.put(elsewhere).await, stored(2, 1));
}

/// QoS 1 without DUP: a number that comes round again carries a new message, whatever it says.
pub async fn a_new_packet_of_an_old_number_is_new(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let phone = session(&scene).await;
    let beat = packet(say(ANN, "tick"), phone, 1, Resend::New);
    assert_eq!(scene.put(beat.clone()).await, stored(2, 1));
    assert_eq!(scene.put(beat.clone()).await, stored(3, 2));
    assert_eq!(scene.commit(&[beat.clone(), beat]).await, [stored(4, 3), stored(5, 4)]);
    let again = packet(say(ANN, "tick"), phone, 1, Resend::IfSame);
    assert_eq!(scene.put(again).await, duplicate(5, 4));
}

/// QoS 2: until its PUBREL a number is one message.
pub async fn a_qos_2_packet_stays_the_same_until_it_is_released(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let phone = session(&scene).await;
    let once = packet(say(ANN, "once"), phone, 5, Resend::Always);
    assert_eq!(scene.put(once.clone()).await, stored(2, 1));
    assert_eq!(scene.put(once.clone()).await, duplicate(2, 1));
    let release = || scene.store.release(phone, 5);
    assert!(release().await.expect("it is released"));
    assert!(!release().await.expect("it is asked for"));
    assert_eq!(scene.put(once).await, stored(3, 2));
}

/// Two sendings that meet in one batch are one message too.
pub async fn packets_of_one_batch_are_found_too(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let phone = session(&scene).await;
    let first = packet(say(ANN, "on"), phone, 9, Resend::New);
    let again = packet(say(ANN, "on"), phone, 9, Resend::IfSame);
    let once = packet(say(ANN, "once"), phone, 5, Resend::Always);
    let fates = scene.commit(&[first, again, once.clone(), once]).await;
    assert_eq!(fates, [stored(2, 1), duplicate(2, 1), stored(3, 2), duplicate(3, 2)]);
}

/// Nothing is written for an entry that was judged by rules no longer in force.
pub async fn an_entry_judged_by_old_rules_is_stale(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let fates = scene.commit(&[say(ANN, "one"), join(CY), say(BO, "two"), judged(say(CY, "three"), 2)]).await;
    assert_eq!(fates, [stored(2, 1), stored(3, 1), Fate::Stale, stored(4, 2)]);
    assert_eq!(scene.put(say(BO, "two")).await, Fate::Stale);
    assert_eq!(scene.put(judged(say(BO, "two"), 2)).await, stored(5, 3));
    assert_eq!(scene.log(1).await, ["one", "cy came", "three", "two"]);
}

/// Coming and going are entries; doing it twice is none.
pub async fn who_comes_and_goes_changes_the_rules(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.commit(&[join(BO), leave(CY)]).await, [Fate::Unchanged; 2]);
    assert_eq!(scene.put(join(CY)).await, stored(2, 0));
    assert_eq!(scene.put(judged(join(CY), 2)).await, Fate::Unchanged);
    assert_eq!(
        scene.commit(&[judged(leave(CY), 2), judged(join(CY), 3)]).await,
        [stored(3, 0), stored(4, 0)]
    );
    let standing = scene.store.standing(&name("tea"), CY).await.expect("it is read").expect("tea is there");
    assert_eq!((standing.rules.0, standing.member.map(|member| member.from_seq)), (4, Some(Seq(4))));
    let rooms = scene.store.rooms(None, 10).await.expect("rooms are read");
    assert_eq!((rooms[0].members, rooms[0].last_seq, rooms[0].last_n), (3, Seq(4), 0));
}

/// One entry without a room or a user does not keep the others from being stored.
pub async fn a_room_or_user_that_is_not_there_is_told(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let nowhere = NewEntry { room: RoomId(404), ..say(ANN, "hello?") };
    let nobody = say(UserId(404), "hello?");
    let brought = NewEntry { sender: ANN, ..join(UserId(404)) };
    let by_nobody = NewEntry { sender: UserId(404), ..join(CY) };
    let fates = scene.commit(&[nowhere, say(ANN, "hello"), nobody, brought, by_nobody]).await;
    assert_eq!(fates[..2], [Fate::NoSuchRoom, stored(2, 1)]);
    assert_eq!(fates[2..], [Fate::NoSuchUser; 3]);
}
