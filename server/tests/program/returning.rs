//! `natter bench offline` and `storm`: whoever was away hears all of it, and a load that cannot be is refused.

use crate::loading::{assert_flawless, told, unlimited};
use crate::natter::Folder;

fn assert_all_was_heard(figures: &serde_json::Value, sessions: u64, missed: u64) {
    assert_eq!(figures["sessions"], sessions, "{figures}");
    assert_eq!(figures["delivered"], sessions * missed, "{figures}");
    assert_flawless(figures);
    assert!(figures["connects_per_second"].as_f64().unwrap() > 0.0, "{figures}");
}

#[test]
fn whoever_was_away_hears_all_they_missed_once_and_in_order() {
    let folder = Folder::new();
    let server = unlimited(&folder);
    let one = told(&folder, &["offline", "--messages", "500"]);
    assert_all_was_heard(&one, 1, 500);
    let process = server.process().to_string();
    let several =
        ["offline", "--messages", "100", "--rooms", "3", "--sessions", "4", "--server-pid", &process];
    let several = told(&folder, &several);
    assert_all_was_heard(&several, 4, 100);
    assert!(several["server"]["rss_peak"].as_u64().unwrap() > 0, "{several}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_storm_brings_everybody_back_while_others_talk() {
    let folder = Folder::new();
    let server = unlimited(&folder);
    let shape = ["storm", "--sessions", "12", "--members", "4", "--rooms", "3", "--missed", "5"];
    let quiet = told(&folder, &shape);
    assert_all_was_heard(&quiet, 12, 5);
    assert!(quiet["others"].is_null(), "{quiet}");
    let busy = told(&folder, &[&shape[..], &["--rate", "1000", "--pairs", "3"]].concat());
    assert_all_was_heard(&busy, 12, 5);
    let others = &busy["others"];
    assert!(others["said"].as_u64().unwrap() > 0, "{busy}");
    assert_eq!((&others["said"], &others["unanswered"]), (&others["delivered"], &0.into()), "{busy}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_load_that_no_machine_bears_is_refused_before_anything_is_made() {
    let folder = Folder::new();
    let _server = unlimited(&folder);
    let crowd = folder.refused(&["bench", "storm", "--sessions", "50000", "--rooms", "1000"]);
    assert!(crowd.contains("50000000 memberships"), "{crowd}");
    let people = folder.refused(&[
        "bench",
        "relay",
        "--topics",
        "10000",
        "--subscribers",
        "9",
        "--server",
        "127.0.0.1:1",
    ]);
    assert!(people.contains("100000 connections"), "{people}");
    assert_eq!(folder.done(&["room", "list"]), "");
}
