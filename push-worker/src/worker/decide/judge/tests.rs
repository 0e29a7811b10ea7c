use super::*;
use chat::RoomId;
use std::sync::Arc;
use store::{PushDeviceId, Quiet, Seat};

const ANN: UserId = UserId(1);
const BO: UserId = UserId(2);
/// A minute into the evening.
const NOW: Timestamp = Timestamp(60_000);
const BEGAN: Timestamp = Timestamp(0);

/// Bo's phone, which is nowhere.
fn phone() -> Candidate {
    Candidate {
        id: PushDeviceId(7),
        user: BO,
        device: "phone".into(),
        provider: "apns".into(),
        hears_from: Seq(1),
        read: Seq(0),
        level: None,
        muted_until: None,
        quiet: None,
        called: None,
        keeps_away: vec![],
        seat: None,
        done: Seq(0),
    }
}

/// Ann said it so many seconds ago.
fn said(seq: u64, ago: i64) -> Said {
    Said { seq: Seq(seq), at: Timestamp(NOW.0 - ago * 1_000), by: Some(ANN) }
}

fn here(device: &str, delivered: u64, active_ago: i64) -> Here {
    let active_at = Timestamp(NOW.0 - active_ago * 1_000);
    Here { device: Arc::from(device), delivered: Seq(delivered), background: false, active_at }
}

fn verdict(candidate: &Candidate, said: &[Said], here: &[Here]) -> Verdict {
    judge(&Rules::default(), candidate, (said, 3), here, (NOW, BEGAN))
}

fn told(from: u64, to: u64, ago: i64) -> Verdict {
    Verdict { tell: Some((Seq(from), Seq(to), Timestamp(NOW.0 - ago * 1_000))), wait: None }
}

fn waits(from: u64, until: i64) -> Verdict {
    Verdict { tell: None, wait: Some((Seq(from), Timestamp(until))) }
}

#[test]
fn who_has_no_live_session_is_told_at_once_of_what_their_device_did_not_acknowledge() {
    assert_eq!(verdict(&phone(), &[said(2, 1), said(3, 0)], &[]), told(2, 3, 1));
    let left = Candidate { seat: Some(Seat { running: false, delivered: Seq(2) }), ..phone() };
    assert_eq!(verdict(&left, &[said(2, 1), said(3, 0)], &[]), told(3, 3, 0));
}

#[test]
fn who_has_one_is_told_when_the_grace_is_over_and_nothing_was_acknowledged() {
    // Somebody who looked at it half a minute ago, and whose train is in a tunnel now.
    let silent = [here("phone", 1, 31)];
    assert_eq!(verdict(&phone(), &[said(2, 0)], &silent), waits(2, NOW.0 + 11_000));
    assert_eq!(
        verdict(&phone(), &[said(2, 11), said(3, 4)], &silent),
        Verdict { tell: told(2, 2, 11).tell, wait: Some((Seq(3), Timestamp(NOW.0 + 7_000))) }
    );
    assert_eq!(verdict(&phone(), &[said(2, 11)], &[here("phone", 2, 31)]), Verdict::default());
}

#[test]
fn what_another_device_acknowledged_is_told_all_the_same() {
    let desk = [here("desk", 9, 31)];
    assert_eq!(verdict(&phone(), &[said(2, 0)], &desk), told(2, 2, 0));
}

#[test]
fn who_looks_at_another_device_is_waited_for_but_not_for_ever() {
    let desk = [here("desk", 9, 5)];
    assert_eq!(verdict(&phone(), &[said(2, 20)], &desk), waits(2, NOW.0 + 25_000));
    assert_eq!(verdict(&phone(), &[said(2, 121)], &desk), Verdict::default());
    let away = [Here { background: true, ..here("desk", 9, 5) }];
    assert_eq!(verdict(&phone(), &[said(2, 20)], &away), told(2, 2, 20));
}

#[test]
fn another_device_that_does_not_acknowledge_is_relied_on_no_longer_than_the_grace() {
    let dead = [here("desk", 1, 5)];
    assert_eq!(verdict(&phone(), &[said(2, 4)], &dead), waits(2, NOW.0 + 7_000));
    assert_eq!(verdict(&phone(), &[said(2, 11)], &dead), told(2, 2, 11));
}

#[test]
fn a_device_in_use_that_falls_silent_is_told_when_its_grace_is_over() {
    let tunnel = [here("phone", 1, 3)];
    assert_eq!(verdict(&phone(), &[said(2, 1)], &tunnel), waits(2, NOW.0 + 10_000));
    assert_eq!(verdict(&phone(), &[said(2, 11)], &tunnel), told(2, 2, 11));
}

#[test]
fn a_device_in_the_background_is_told_at_once_of_what_it_did_not_acknowledge() {
    let lingers = [Here { background: true, ..here("phone", 2, 1) }];
    assert_eq!(verdict(&phone(), &[said(2, 1), said(3, 0)], &lingers), told(3, 3, 0));
}

#[test]
fn what_was_read_said_by_oneself_or_told_before_is_not_told() {
    let three = [said(2, 1), said(3, 1), Said { by: Some(BO), ..said(4, 1) }];
    assert_eq!(verdict(&Candidate { read: Seq(2), ..phone() }, &three, &[]), told(3, 3, 1));
    assert_eq!(verdict(&Candidate { done: Seq(3), ..phone() }, &three, &[]), Verdict::default());
    assert_eq!(verdict(&Candidate { hears_from: Seq(3), ..phone() }, &three, &[]), told(3, 3, 1));
    assert_eq!(verdict(&Candidate { keeps_away: vec![ANN], ..phone() }, &three, &[]), Verdict::default());
}

#[test]
fn what_the_server_tells_somebody_is_told_though_it_stands_in_their_own_name() {
    let asked = [Said { by: None, ..said(2, 1) }];
    assert_eq!(verdict(&phone(), &asked, &[]), told(2, 2, 1));
    assert_eq!(RoomId(-2).owner(), Some(BO));
}

#[test]
fn who_wants_only_calls_is_told_of_those_and_who_wants_nothing_of_nothing() {
    let three = [said(2, 1), said(3, 1), said(4, 1)];
    let called = Candidate { level: Some(PushLevel::Mentions), called: Some(Seq(3)), ..phone() };
    assert_eq!(verdict(&called, &three, &[]), told(3, 3, 1));
    assert_eq!(verdict(&Candidate { called: None, ..called.clone() }, &three, &[]), Verdict::default());
    assert_eq!(
        verdict(&Candidate { level: Some(PushLevel::None), ..called.clone() }, &three, &[]),
        Verdict::default()
    );
    let in_hall =
        |candidate: &Candidate| judge(&Rules::default(), candidate, (&three, 1_001), &[], (NOW, BEGAN));
    assert_eq!(in_hall(&phone()), Verdict::default(), "in a large room calls are what is usual");
    assert_eq!(in_hall(&Candidate { level: Some(PushLevel::All), ..phone() }), told(2, 4, 1));
}

#[test]
fn a_room_that_is_muted_and_hours_that_are_quiet_are_silent() {
    let muted = |until: i64| Candidate { muted_until: Some(Timestamp(until)), ..phone() };
    assert_eq!(verdict(&muted(NOW.0 + 1), &[said(2, 1)], &[]), Verdict::default());
    assert_eq!(verdict(&muted(NOW.0), &[said(2, 1)], &[]), told(2, 2, 1));
    let midnight = Quiet { from: 0, to: 10, zone: "UTC".into() };
    assert_eq!(
        verdict(&Candidate { quiet: Some(midnight), ..phone() }, &[said(2, 1)], &[]),
        Verdict::default()
    );
}

#[test]
fn who_was_here_when_the_server_died_may_come_back_within_the_grace() {
    let broken = Candidate { seat: Some(Seat { running: true, delivered: Seq(1) }), ..phone() };
    let judged =
        |began: i64| judge(&Rules::default(), &broken, (&[said(2, 50)], 3), &[], (NOW, Timestamp(began)));
    assert_eq!(judged(NOW.0 - 1_000), waits(2, NOW.0 + 10_000));
    assert_eq!(judged(NOW.0 - 11_000), told(2, 2, 50));
}
