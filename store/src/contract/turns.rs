//! What waits for one of those who share a subscription, when their sessions end.

use super::apps::{ONCE, numbers, waits};
use super::bench::*;
use super::device::*;
use crate::{
    AccountChange, AccountState, LeftTurn, NewMessage, Opening, Queued, Receiver, SessionEnd, SessionId, Turn,
};
use chat::Timestamp;

/// A message that waits for these, whose turn it is.
fn in_turn(id: i64, qos: u8, sessions: &[SessionId]) -> NewMessage {
    let turn = Turn { shares: vec!["$share/cooks/apps/#".into()], retained: false };
    let how = Queued { qos, turn: Some(turn), ..ONCE };
    let receivers = sessions.iter().map(|session| Receiver { session: *session, how: how.clone() }).collect();
    NewMessage { qos, receivers, ..waits(id, &[]) }
}

/// Of this session another has it.
fn left(session: SessionId, id: i64) -> LeftTurn {
    LeftTurn { session, id, may_be_begun: false }
}

/// The same where it may have been begun.
fn begun(session: SessionId, id: i64) -> LeftTurn {
    LeftTurn { may_be_begun: true, ..left(session, id) }
}

impl Scene {
    /// All turns that were left, read in pages of two.
    async fn turns(&self) -> Vec<LeftTurn> {
        let mut all: Vec<LeftTurn> = Vec::new();
        loop {
            let after = all.last().map_or((SessionId(0), 0), |last| (last.session, last.id));
            let page = self.store.apps().turns(after, 2).await.expect("they are read");
            if page.is_empty() {
                return all;
            }
            assert!(page.len() <= 2);
            all.extend(page);
        }
    }

    async fn end_session(&self, session: SessionId) {
        self.store.end_session(session, 1).await.expect("it is ended");
    }
}

/// They are not swept out until somebody has them; what was the session's own is.
pub async fn the_turns_of_a_session_that_ended_are_there_until_they_are_done(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (one, other) = (scene.device("phone", ANN).await, scene.device("phone", BO).await);
    scene.publish(&[in_turn(1, 1, &[one]), waits(2, &[one, other]), in_turn(3, 2, &[one])]).await;
    scene.publish(&[in_turn(4, 1, &[other]), in_turn(5, 1, &[one, other])]).await;
    assert_eq!(scene.turns().await, [], "nobody left anything");
    scene.end_session(other).await;
    scene.end_session(one).await;
    let scene = scene.reopened(bench).await;
    let all = [left(one, 1), left(one, 3), left(one, 5), left(other, 4), left(other, 5)];
    assert_eq!(scene.turns().await, all);
    assert_eq!(scene.sweep(i64::MAX, 100).await, 0, "a session that left a turn waits");
    assert_eq!(numbers(&scene.pick(one, &[1, 3, 5]).await), [1, 3, 5]);
    scene.done(one, &[1, 3, 5]).await;
    assert_eq!(scene.turns().await, [left(other, 4), left(other, 5)]);
    assert_eq!(scene.sweep(i64::MAX, 100).await, 1);
    scene.done(other, &[4, 5]).await;
    assert_eq!((scene.sweep(i64::MAX, 100).await, scene.turns().await), (1, vec![]));
}

/// What it was about to get when its session ended was promised to whoever sent it.
pub async fn a_turn_of_a_session_that_is_gone_is_left_by_it(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let one = scene.device("phone", ANN).await;
    scene.end_session(one).await;
    scene.publish(&[in_turn(1, 2, &[one]), waits(2, &[one])]).await;
    scene.publish(&[in_turn(3, 1, &[one])]).await;
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.turns().await, [left(one, 1), left(one, 3)]);
    scene.done(one, &[1, 3]).await;
    assert_eq!(scene.sweep(i64::MAX, 100).await, 0);
}

/// [MQTT5-4.8.2-5]
pub async fn a_turn_at_qos_2_that_was_begun_is_left_to_nobody(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let one = scene.device("phone", ANN).await;
    scene.publish(&[in_turn(1, 2, &[one]), in_turn(2, 2, &[one]), in_turn(3, 1, &[one])]).await;
    scene.store.apps().begun(one, &[1, 3, 77]).await.expect("it is noted");
    assert_eq!(scene.queue(one).await, [1, 2, 3], "it waits as before");
    scene.end_session(one).await;
    assert_eq!(scene.turns().await, [left(one, 2), left(one, 3)], "at QoS 1 it may come twice");
    scene.done(one, &[2, 3]).await;
    assert_eq!(scene.sweep(i64::MAX, 100).await, 1);
}

/// Nobody noted what was begun when the process went.
pub async fn after_a_crash_any_turn_at_qos_2_may_have_been_begun(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let hour = |client_id| Opening { client_id, keep: Some(3_600), ..phone(ANN, 1) };
    let here = scene.seat(hour("here")).await.id.expect("it is kept");
    let away = scene.seat(hour("away")).await.id.expect("it is kept");
    let gone = SessionEnd {
        id: away,
        epoch: 1,
        state: state(),
        expires_at: Some(Timestamp(9_000)),
        will: None,
        at: Timestamp(5_000),
    };
    scene.close(gone).await;
    scene.publish(&[in_turn(1, 2, &[here]), in_turn(2, 1, &[here]), in_turn(3, 2, &[away])]).await;
    let (scene, _) = scene.crashed(bench).await;
    assert_eq!(scene.expire(i64::MAX, 10).await.len(), 2);
    assert_eq!(scene.turns().await, [begun(here, 1), left(here, 2), left(away, 3)]);
}

/// All of them at once, whoever is connected.
pub async fn the_sessions_of_who_goes_for_good_end(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (phone, watch) = (scene.device("phone", ANN).await, scene.device("watch", ANN).await);
    let other = scene.device("phone", BO).await;
    for session in [phone, other] {
        scene.save_filters(session, 1, &[("apps/#", Some(b"how"))]).await;
    }
    scene.publish(&[waits(1, &[phone, watch, other]), in_turn(2, 1, &[watch])]).await;
    let change = AccountChange::State(AccountState::Deleted);
    scene.store.people().change_account(ANN, &change).await.expect("it is changed");
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.listening().await, [(other, vec![("apps/#".into(), b"how".to_vec())])]);
    assert_eq!(scene.turns().await, [left(watch, 2)]);
    scene.done(watch, &[2]).await;
    assert_eq!(scene.sweep(i64::MAX, 100).await, 2);
    assert_eq!(scene.queue(other).await, [1]);
}
