//! What devices wanted said when they would be gone.

use super::bench::*;
use super::device::*;
use crate::{Opening, SessionEnd};
use chat::Timestamp;

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
    assert_eq!(scene.expire(4_999, 10).await, []);
    assert_eq!(scene.expire(6_000, 10).await.len(), 1);
    assert_eq!(scene.wills(6_000).await, ["b"]);
    assert_eq!(scene.expire(7_000, 1).await.len(), 1);
    assert_eq!(scene.expire(7_000, 1).await.len(), 1);
    assert_eq!(scene.expire(7_000, 1).await, []);
}

/// A device that is here says nothing of the kind. When the process died under it, its connection ended as well.
pub async fn the_will_of_a_device_that_was_here_at_a_crash_is_due_after_its_delay(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.seat(Opening { will: Some(&will("a")), ..phone(ANN, 1) }).await;
    assert!(scene.wills(i64::MAX).await.is_empty());
    let (scene, first) = scene.crashed(bench).await;
    let (scene, _) = scene.crashed(bench).await;
    assert!(scene.wills(first.start + 4_999).await.is_empty());
    let taken = scene.store.take_due_wills(Timestamp(first.end + 5_000), 10).await.expect("they are taken");
    assert_eq!(taken, [(ANN, called(ANN), "phone".to_owned(), will("a"))]);
    let (scene, _) = scene.crashed(bench).await;
    assert!(scene.wills(i64::MAX).await.is_empty(), "it is said once");
}

/// The end of a session is the latest time for its will [MQTT5-3.1.3-9].
pub async fn after_a_crash_a_will_waits_no_longer_than_its_session(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.seat(Opening { keep: Some(2), will: Some(&will("a")), ..phone(ANN, 1) }).await;
    let kept = scene.open(BO, 1).await;
    scene.close(end(&kept)).await;
    scene.seat(Opening { keep: None, will: Some(&will("b")), ..phone(BO, 2) }).await;
    let (scene, again) = scene.crashed(bench).await;
    assert_eq!(scene.wills(again.end).await, ["b"]);
    assert!(scene.wills(again.start + 1_999).await.is_empty());
    assert_eq!(scene.wills(again.end + 2_000).await, ["a"]);
}

/// A device that comes back in time says no will; what it brings along counts for the next time. One that begins
/// anew has the old one said.
pub async fn a_device_that_is_back_after_a_crash_takes_its_will_back(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (a, b) = (will("a"), will("b"));
    scene.seat(Opening { will: Some(&a), ..phone(ANN, 1) }).await;
    let (scene, first) = scene.crashed(bench).await;
    let back = scene.seat(Opening { will: Some(&b), ..phone(ANN, first.start + 4_999) }).await;
    assert_eq!((back.found.is_some(), back.orphaned_will), (true, None));
    assert!(scene.wills(i64::MAX).await.is_empty());
    let (scene, second) = scene.crashed(bench).await;
    let anew = scene.seat(Opening { clean_start: true, ..phone(ANN, second.start) }).await;
    assert_eq!((anew.found, anew.orphaned_will), (None, Some(b)));
}

/// A device that went in order is gone as it wished, whatever it said when it came.
pub async fn an_orderly_end_replaces_what_was_said_at_the_opening(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let opened = scene.seat(Opening { keep: Some(60), will: Some(&will("a")), ..phone(ANN, 1) }).await;
    scene.close(end(&opened)).await;
    let (scene, _) = scene.crashed(bench).await;
    assert!(scene.wills(i64::MAX).await.is_empty());
    assert_eq!(scene.expire(i64::MAX, 10).await, []);
    assert!(scene.found(ANN, i64::MAX).await.clean);
}
