//! What devices leave behind.

use super::bench::*;
use super::device::*;
use crate::{Cursor, Error, InFlight, Opening, Resend, SessionEnd, SessionId, SessionState};
use chat::{RoomId, Seq, Timestamp};

/// Otherwise its old place there would bring again what was heard.
pub async fn a_room_that_a_session_names_no_more_is_forgotten_at_its_end(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    let id = opened.id.expect("it is kept");
    let elsewhere = RoomId(TEA.0 + 1);
    let both = SessionState { cursors: vec![(TEA, at(1, 0)), (elsewhere, at(2, 0))], ..state() };
    scene.store.save_subscriptions(id, opened.epoch, &both).await.expect("they are saved");
    scene.close(end(&opened)).await;
    assert_eq!(scene.found(ANN, 2).await.state.cursors, [(TEA, at(4, 3))]);
}

/// The cursors of the running connection say what of it is still to come.
pub async fn what_was_in_flight_is_forgotten_when_cursors_move(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    scene.close(end(&opened)).await;
    let again = scene.open(ANN, 2).await;
    let id = again.id.expect("it is kept");
    scene.store.save_cursors(&[(id, again.epoch, vec![(TEA, at(3, 3))])]).await.expect("they are saved");
    let found = scene.found(ANN, 3).await.state;
    assert_eq!((found.cursors, found.in_flight), (vec![(TEA, at(3, 3))], Vec::new()));
}

/// Whatever moves in rooms says nothing of it.
pub async fn what_is_in_flight_in_no_room_stays_when_cursors_move(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    let elsewhere = [(10, i64::MIN + 1, 1 << 62), (11, i64::MIN + 2, 0)];
    let elsewhere =
        elsewhere.map(|(packet_id, room, seq)| InFlight { packet_id, room, seq, copy: 0, prev: 0 });
    let in_flight = [&elsewhere[..1], &state().in_flight, &elsewhere[1..]].concat();
    scene.close(SessionEnd { state: SessionState { in_flight, ..state() }, ..end(&opened) }).await;
    let again = scene.open(ANN, 2).await;
    let id = again.id.expect("it is kept");
    scene.store.save_cursors(&[(id, again.epoch, vec![(TEA, at(3, 3))])]).await.expect("they are saved");
    assert_eq!(scene.found(ANN, 3).await.state.in_flight, elsewhere);
}

/// All of it, after the connection and after the process.
pub async fn a_session_is_found_as_it_was_left(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    assert_eq!((opened.epoch, &opened.found, &opened.orphaned_will), (1, &None, &None));
    scene.close(end(&opened)).await;
    let scene = scene.reopened(bench).await;
    let again = scene.open(ANN, 2_000).await;
    assert_eq!((again.id, again.epoch), (opened.id, 2));
    let found = again.found.expect("it is found");
    assert_eq!(found.state, state());
    assert_eq!((found.clean, found.saved_at), (true, Timestamp(1_000)));
    assert_eq!(found.incarnation, scene.store.incarnation());
    assert!(
        scene.open(BO, 2_000).await.found.is_none(),
        "the same client id of another user is another session"
    );
}

/// A session that ends with its connection leaves nothing; a kept one can be taken over by it.
pub async fn a_session_that_was_not_kept_is_not_found(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let short = || scene.seat(Opening { keep: None, ..phone(ANN, 1) });
    assert_eq!(short().await.id, None);
    assert_eq!(short().await.found, None);
    let kept = scene.open(ANN, 1).await;
    scene.close(end(&kept)).await;
    let taken = short().await;
    assert_eq!((taken.id, taken.found.is_some()), (kept.id, true));
    scene.store.end_session(taken.id.expect("it is a row"), taken.epoch).await.expect("it is ended");
    assert_eq!(scene.open(ANN, 1).await.found, None);
}

/// What was there is gone, and its will is said now.
pub async fn a_clean_start_forgets_the_session_and_hands_over_its_will(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    scene.close(SessionEnd { will: Some((will("a"), Timestamp(9_000))), ..end(&opened) }).await;
    let clean = scene.seat(Opening { clean_start: true, ..phone(ANN, 2) }).await;
    assert_eq!((clean.found, clean.orphaned_will), (None, Some(will("a"))));
    assert_ne!(clean.id, opened.id, "a number is never used twice");
    scene.close(end(&opened)).await;
    assert!(!scene.found(ANN, 3).await.clean, "the old connection's end writes nothing");
    assert!(scene.wills(9_000).await.is_empty());
}

/// After its time a session is as good as gone, whether or not anybody swept it up.
pub async fn an_expired_session_is_not_found_again(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    let late = SessionEnd {
        expires_at: Some(Timestamp(5_000)),
        will: Some((will("a"), Timestamp(5_000))),
        ..end(&opened)
    };
    scene.close(late.clone()).await;
    let reopened = scene.open(ANN, 4_999).await;
    assert!(reopened.found.is_some());
    scene.close(SessionEnd { epoch: reopened.epoch, ..late }).await;
    let fresh = scene.open(ANN, 5_000).await;
    assert_eq!((fresh.found, fresh.orphaned_will), (None, Some(will("a"))));
}

/// What was running when the process died is not clean.
pub async fn a_session_that_broke_off_says_so(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    scene.close(end(&opened)).await;
    assert!(scene.found(ANN, 2).await.clean);
    let scene = scene.reopened(bench).await;
    let found = scene.found(ANN, 3).await;
    assert!(!found.clean);
    assert_eq!(found.state, state());
}

/// It expires like one whose connection ended when the store was opened again, and not before: a device that is
/// here keeps its session, however long it stays.
pub async fn a_session_that_broke_off_expires_after_its_interval(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.seat(Opening { keep: Some(60), ..phone(ANN, 1) }).await;
    scene.open(BO, 1).await;
    assert_eq!(scene.expire(i64::MAX, 10).await, []);
    let (scene, first) = scene.crashed(bench).await;
    let (scene, _) = scene.crashed(bench).await;
    assert_eq!(scene.expire(first.start + 59_999, 10).await, []);
    assert_eq!(scene.expire(first.end + 60_000, 10).await.len(), 1, "another crash gives no more time");
    assert!(scene.open(ANN, 2).await.found.is_none());
    assert_eq!(scene.expire(i64::MAX, 10).await, []);
    assert!(!scene.found(BO, i64::MAX).await.clean, "for ever is for ever");
}

/// One that was to end with its connection ends with the process.
pub async fn a_session_that_was_not_kept_ends_in_a_crash(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    scene.close(end(&opened)).await;
    scene.seat(Opening { keep: None, ..phone(ANN, 2) }).await;
    let (scene, again) = scene.crashed(bench).await;
    assert!(scene.open(ANN, again.end).await.found.is_none());
}

/// Once another connection has the seat, nothing of the old one is written.
pub async fn an_older_connection_writes_nothing(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let old = scene.open(ANN, 1).await;
    let id = old.id.expect("it is kept");
    scene.close(end(&old)).await;
    let new = scene.open(ANN, 2).await;
    let late = SessionState { cursors: vec![(TEA, at(90, 90))], ..SessionState::default() };
    scene.store.save_subscriptions(id, old.epoch, &late).await.expect("it is tried");
    scene.store.save_cursors(&[(id, old.epoch, late.cursors.clone())]).await.expect("it is tried");
    scene.close(SessionEnd { state: late, ..end(&old) }).await;
    scene.store.end_session(id, old.epoch).await.expect("it is tried");
    let found = scene.found(ANN, 3).await;
    assert_eq!((found.state, found.clean), (state(), false));
    scene.store.end_session(id, new.epoch + 1).await.expect("it is ended");
    assert!(scene.open(ANN, 4).await.found.is_none());
}

/// Replay may be rewound; what was delivered was delivered.
pub async fn a_delivered_mark_never_goes_back(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    let id = opened.id.expect("it is kept");
    let attic = RoomId(7_002);
    let save = |moves: Vec<(RoomId, Cursor)>| {
        let store = scene.store.clone();
        async move { store.save_cursors(&[(id, 1, moves)]).await.expect("it is saved") }
    };
    save(vec![(TEA, at(9, 9)), (attic, at(1, 1))]).await;
    save(vec![(TEA, at(2, 2))]).await;
    scene
        .close(SessionEnd {
            state: SessionState { cursors: vec![(TEA, at(2, 0)), (attic, at(5, 0))], ..state() },
            ..end(&opened)
        })
        .await;
    let mut cursors = scene.found(ANN, 2).await.state.cursors;
    cursors.sort_by_key(|(room, _)| *room);
    assert_eq!(cursors, [(TEA, at(2, 9)), (attic, at(5, 1))]);
}

/// Before SUBACK: the filters and where they start are on the disk, and nothing else moved.
pub async fn subscriptions_are_durable_and_leave_other_cursors(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    let id = opened.id.expect("it is kept");
    let attic = RoomId(7_002);
    scene.store.save_cursors(&[(id, 1, vec![(attic, at(5, 5))])]).await.expect("it is saved");
    let subscribed = SessionState { in_flight: Vec::new(), replies: Vec::new(), ..state() };
    scene.store.save_subscriptions(id, 1, &subscribed).await.expect("it is saved");
    let scene = scene.reopened(bench).await;
    let found = scene.found(ANN, 2).await.state;
    assert_eq!(found.subscriptions, state().subscriptions);
    assert_eq!(found.cursors, [(TEA, at(4, 3)), (attic, at(5, 5))]);
}

/// A QoS 2 packet whose PUBREL is missing is known after a resume, others are not among them.
pub async fn packets_that_wait_for_release_are_told(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let id = scene.open(ANN, 1).await.id.expect("it is kept");
    let batch = [
        packet(say(ANN, "a"), id, 5, Resend::Always),
        packet(say(ANN, "b"), id, 6, Resend::New),
        packet(draft(say(ANN, "c"), "c"), id, 65_535, Resend::Always),
    ];
    scene.commit(&batch).await;
    assert_eq!(scene.found(ANN, 2).await.unreleased, [(5, TEA, Seq(2)), (65_535, TEA, Seq(4))]);
    assert!(scene.store.release(id, 5).await.expect("it is released"));
    let next = SessionId(id.0 + 1);
    assert!(!scene.store.release(next, 65_535).await.expect("it is asked for"));
    assert_eq!(scene.found(ANN, 3).await.unreleased, [(65_535, TEA, Seq(4))]);
    scene.store.end_session(id, 3).await.expect("it is ended");
    scene.commit(&[packet(say(ANN, "d"), id, 7, Resend::Always)]).await;
    assert!(scene.open(ANN, 4).await.found.is_none());
}

/// And its will is due. While all are connected there is no place; another user's devices do not count.
pub async fn one_device_too_many_takes_the_place_of_the_one_away_longest(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let device = |client_id: &'static str, now| Opening { client_id, devices: 2, ..phone(ANN, now) };
    scene.seat(Opening { devices: 2, ..phone(BO, 1) }).await;
    let watch = scene.seat(device("watch", 1)).await;
    let tablet = scene.seat(device("tablet", 1)).await;
    let crowded = scene.store.open_session(device("phone", 2)).await;
    assert!(matches!(crowded, Err(Error::TooManyDevices(2))), "{crowded:?}");
    let waiting = Some((will("a"), Timestamp(60_000)));
    scene.close(SessionEnd { at: Timestamp(3), will: waiting, ..end(&watch) }).await;
    scene.close(SessionEnd { at: Timestamp(4), ..end(&tablet) }).await;
    let opened = scene.seat(device("phone", 5)).await;
    assert_eq!((opened.found, opened.orphaned_will), (None, Some(will("a"))));
    assert_eq!(opened.crowded_out, watch.id);
    assert!(scene.seat(device("tablet", 6)).await.found.is_some());
    assert!(scene.wills(90_000).await.is_empty());
}
