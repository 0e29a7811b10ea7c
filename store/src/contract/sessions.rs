//! What devices leave behind.

use super::bench::*;
use crate::{
    Cursor, InFlight, Opened, Reopened, Resend, SavedSubscription, SessionEnd, SessionId, SessionState,
    StoredWill,
};
use chat::{RoomId, Seq, Timestamp, UserId};

fn state() -> SessionState {
    SessionState {
        subscriptions: vec![SavedSubscription {
            filter: "rooms/+/said".into(),
            qos: 1,
            no_local: true,
            retain_as_published: false,
            id: Some(7),
        }],
        cursors: vec![(TEA, at(4, 3))],
        in_flight: vec![InFlight { packet_id: 9, room: TEA.0, seq: 4, copy: 1 }],
        replies: vec![b"refused".as_slice().into(), b"".as_slice().into()],
    }
}

fn at(resume: u64, delivered: u64) -> Cursor {
    Cursor { resume, delivered }
}

fn will(topic: &str) -> StoredWill {
    StoredWill {
        topic: topic.into(),
        payload: b"gone".to_vec(),
        qos: 1,
        delay: 5,
        properties: vec![("content-type".into(), "text/plain".into())],
    }
}

fn end(opened: &Opened) -> SessionEnd {
    let id = opened.id.expect("it is kept");
    SessionEnd { id, epoch: opened.epoch, state: state(), expires_at: None, will: None, at: Timestamp(1_000) }
}

impl Scene {
    async fn open(&self, user: UserId, now: i64) -> Opened {
        self.store.open_session(user, "phone", false, true, Timestamp(now)).await.expect("it is opened")
    }

    async fn found(&self, user: UserId, now: i64) -> Reopened {
        self.open(user, now).await.found.expect("it is found")
    }

    async fn close(&self, end: SessionEnd) {
        self.store.close_sessions(&[end]).await.expect("it is closed");
    }

    async fn wills(&self, now: i64) -> Vec<String> {
        let wills = self.store.take_due_wills(Timestamp(now), 10).await.expect("they are taken");
        wills.into_iter().map(|(_, _, _, will)| will.topic).collect()
    }
}

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
    let open = |keep: bool| scene.store.open_session(ANN, "phone", false, keep, Timestamp(1));
    assert_eq!(open(false).await.expect("it is opened").id, None);
    assert_eq!(open(false).await.expect("it is opened").found, None);
    let kept = open(true).await.expect("it is opened");
    scene.close(end(&kept)).await;
    let short = open(false).await.expect("it is opened");
    assert_eq!((short.id, short.found.is_some()), (kept.id, true));
    scene.store.end_session(short.id.expect("it is a row"), short.epoch).await.expect("it is ended");
    assert_eq!(open(true).await.expect("it is opened").found, None);
}

/// What was there is gone, and its will is said now.
pub async fn a_clean_start_forgets_the_session_and_hands_over_its_will(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    scene.close(SessionEnd { will: Some((will("a"), Timestamp(9_000))), ..end(&opened) }).await;
    let clean = scene.store.open_session(ANN, "phone", true, true, Timestamp(2)).await.expect("it is opened");
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

/// A will is said at its time, and once.
pub async fn a_will_is_taken_once_when_it_is_due(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    scene.close(SessionEnd { will: Some((will("a"), Timestamp(5_000))), ..end(&opened) }).await;
    assert!(scene.wills(4_999).await.is_empty());
    let scene = scene.reopened(bench).await;
    let taken = scene.store.take_due_wills(Timestamp(5_000), 10).await.expect("they are taken");
    assert_eq!(taken, [(ANN, called(ANN), "phone".to_owned(), will("a"))]);
    assert!(scene.wills(5_000).await.is_empty());
    assert!(scene.open(ANN, 6_000).await.found.is_some(), "the session stays");
}

/// A device that is back in time does not say that it is gone; one that is late does.
pub async fn a_will_is_dropped_when_its_device_comes_back(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.open(ANN, 1).await;
    let last = SessionEnd { will: Some((will("a"), Timestamp(5_000))), ..end(&opened) };
    scene.close(last.clone()).await;
    let back = scene.open(ANN, 4_999).await;
    assert_eq!(back.orphaned_will, None);
    assert!(scene.wills(9_000).await.is_empty());
    scene.close(SessionEnd { epoch: back.epoch, ..last }).await;
    assert_eq!(scene.open(ANN, 5_000).await.orphaned_will, Some(will("a")));
    assert!(scene.wills(9_000).await.is_empty());
}

/// Sweeping ends what expired, a few at a time, and never before its will was taken.
pub async fn sessions_that_expired_are_ended_and_their_wills_are_not_lost(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for (user, expires) in [(ANN, 5_000), (BO, 6_000), (CY, 7_000)] {
        let opened = scene.open(user, 1).await;
        let will = (user == BO).then(|| (will("b"), Timestamp(60_000)));
        scene.close(SessionEnd { expires_at: Some(Timestamp(expires)), will, ..end(&opened) }).await;
    }
    let expire = |now: i64, limit: u32| {
        let store = scene.store.clone();
        async move { store.expire_sessions(Timestamp(now), limit).await.expect("they are ended") }
    };
    assert_eq!(expire(4_999, 10).await, 0);
    assert_eq!(expire(6_000, 10).await, 1);
    assert_eq!(scene.wills(6_000).await, ["b"]);
    assert_eq!(expire(7_000, 1).await, 1);
    assert_eq!(expire(7_000, 1).await, 1);
    assert_eq!(expire(7_000, 1).await, 0);
}
