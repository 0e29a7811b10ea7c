//! Who might be told, with all that a decision needs.

use super::bench::*;
use super::pushes::{NOW, PAD, PHONE, came, decided, device, note};
use crate::{
    Candidate, Cursor, Habits, Opening, PushDeviceId, PushLevel, Question, Quiet, Seat, SessionEnd,
    SessionState, SettingsChange, Settling,
};
use chat::{Content, Mention, Seq, Timestamp, UserId};

fn calling(sender: UserId, who: &str) -> crate::NewEntry {
    let mentions = vec![Mention::new(who).expect("it is one")];
    let content = Content { mentions, ..Content::text("you") };
    crate::NewEntry { act: crate::NewAct::Say(content), ..say(sender, "") }
}

/// Of each device comes all that a decision needs.
pub async fn who_might_be_told_is_told_with_all_that_counts(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.registered(device(PushDeviceId(503), CY, "elsewhere")).await;
    scene.commit(&[say(ANN, "one"), calling(ANN, "bo"), say(ANN, "three")]).await;
    let bare = scene.asked(2, 4, false).await;
    let [bo] = &bare[..] else { panic!("only bo is in the room and has a device: {bare:?}") };
    let expected = Candidate {
        id: PHONE,
        user: BO,
        device: "phone".into(),
        provider: "fcm".into(),
        hears_from: Seq(1),
        read: Seq(0),
        level: None,
        muted_until: None,
        quiet: None,
        called: Some(Seq(3)),
        keeps_away: vec![],
        seat: None,
        done: Seq(0),
    };
    assert_eq!(*bo, expected);

    let quiet = Quiet { from: 22 * 60, to: 7 * 60, zone: "Europe/Berlin".into() };
    let habits = Habits { quiet: Some(quiet.clone()) };
    scene.pushes().set_habits(BO, &habits).await.expect("it is set");
    assert_eq!(scene.pushes().habits(BO).await.expect("it is read"), habits);
    let until = Timestamp(90_000);
    let change = SettingsChange {
        muted_until: Some(Some(until)),
        push_level: Some(Some(PushLevel::Mentions)),
        ..SettingsChange::default()
    };
    assert!(scene.store.conversations().set(BO, TEA, &change).await.expect("it is set"));
    scene.mark(BO, 2).await;
    let person = |user| crate::Person { user, handle: called(user) };
    let pair = crate::Pair { user: person(BO), other: person(ANN), now: NOW };
    scene.store.circle().keep_away(&pair, 10).await.expect("she is kept away");
    seated(&scene, true).await;
    scene.decide(decided(4, vec![note(PHONE, BO, 2, 3)])).await;
    let [taken] = &scene.taken(7, NOW).await[..] else { panic!("there is one note") };
    scene.settled(came(taken, Settling::Told, "sent", 1)).await;
    let expected = Candidate {
        read: Seq(2),
        level: Some(PushLevel::Mentions),
        muted_until: Some(until),
        quiet: Some(quiet),
        keeps_away: vec![ANN],
        seat: Some(Seat { running: false, delivered: Seq(3) }),
        done: Seq(3),
        ..expected
    };
    assert_eq!(scene.asked(2, 4, false).await, [expected]);
    scene.pushes().set_habits(BO, &Habits::default()).await.expect("it is set");
    assert_eq!(scene.pushes().habits(BO).await.expect("it is read"), Habits::default());
}

/// Bo's phone was here, acknowledged up to 3 and went, if it went.
async fn seated(scene: &Scene, went: bool) {
    let opening = Opening {
        user: BO,
        client_id: "phone",
        clean_start: false,
        keep: Some(3_600),
        devices: 20,
        will: None,
        now: NOW,
    };
    let opened = scene.store.open_session(opening).await.expect("it is opened");
    let (id, epoch) = (opened.id.expect("it has a row"), opened.epoch);
    let cursors = vec![(TEA, Cursor { resume: 3, delivered: 3 })];
    match went {
        true => {
            let state = SessionState { cursors, ..SessionState::default() };
            let end = SessionEnd { id, epoch, state, expires_at: None, will: None, at: NOW };
            scene.store.close_sessions(&[end]).await.expect("it is closed");
        }
        false => scene.store.save_cursors(&[(id, epoch, cursors)]).await.expect("they are saved"),
    }
}

/// Whose connection nobody saw end may still be here.
pub async fn who_is_here_is_told_from_who_went(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.put(say(ANN, "one")).await;
    seated(&scene, false).await;
    let here = scene.asked(2, 2, false).await;
    assert_eq!(here[0].seat, Some(Seat { running: true, delivered: Seq(3) }));
    seated(&scene, true).await;
    let went = scene.asked(2, 2, false).await;
    assert_eq!(went[0].seat, Some(Seat { running: false, delivered: Seq(3) }));
}

/// In a large room nobody goes through all members, unless all of them are called.
pub async fn in_a_large_room_only_those_are_asked_who_are_called_or_want_everything(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.registered(device(PHONE, BO, "phone")).await;
    scene.registered(device(PAD, ANN, "pad")).await;
    scene.put(say(ANN, "one")).await;
    assert_eq!(scene.asked(2, 2, true).await, []);
    scene.put(calling(ANN, "bo")).await;
    let of = |found: Vec<Candidate>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(of(scene.asked(2, 3, true).await), [PHONE]);
    assert_eq!(of(scene.asked(2, 2, true).await), []);
    let all = SettingsChange { push_level: Some(Some(PushLevel::All)), ..SettingsChange::default() };
    assert!(scene.store.conversations().set(ANN, TEA, &all).await.expect("it is set"));
    assert_eq!(of(scene.asked(2, 2, true).await), [PAD]);
    scene.put(calling(ANN, Mention::ALL)).await;
    assert_eq!(of(scene.asked(4, 4, true).await), [PAD, PHONE]);
    // Page by page.
    let (from, to, senders, after) = (Seq(4), Seq(4), vec![], (ANN, PAD));
    let question = Question { room: TEA, from, to, senders, large: true, after, limit: 1 };
    assert_eq!(of(scene.pushes().candidates(&question).await.expect("they are read")), [PHONE]);
}
