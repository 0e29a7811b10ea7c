//! `natter bench` counts what it puts on a server, and nothing goes wrong under it.

use crate::natter::{Folder, Server, refusal, text};

/// A server that lets everybody say as much as they can.
pub(crate) fn unlimited(folder: &Folder) -> Server {
    let words = ["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    Server::start(folder.command(&words).env("NATTER_LIMITS__MESSAGES_PER_USER", "0"))
}

/// A server whose topics are everybody's, as with a plain broker.
fn open(folder: &Folder) -> Server {
    let words = ["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let variables = [("NATTER_MQTT__OPEN_TOPICS", "true"), ("NATTER_MQTT__ANONYMOUS", "true")];
    Server::start(folder.command(&words).envs(variables))
}

/// What a load tells a program.
pub(crate) fn told(folder: &Folder, words: &[&str]) -> serde_json::Value {
    let words = [&["bench"], words, &["--json"]].concat();
    let output = folder.run(&words);
    // Nor is there a progress bar where no person looks.
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{words:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The figures of a load of a second.
fn figures(folder: &Folder, words: &[&str]) -> serde_json::Value {
    told(folder, &[words, &["--seconds", "1"]].concat())
}

fn assert_all_came(figures: &serde_json::Value, listeners: u64) {
    let count = |name: &str| figures[name].as_u64().unwrap_or_else(|| panic!("{name} in {figures}"));
    assert!(count("acknowledged") > 0, "{figures}");
    assert_eq!(count("said"), count("acknowledged"), "{figures}");
    assert_eq!(count("delivered"), listeners * count("acknowledged"), "{figures}");
    assert_flawless(figures);
}

pub(crate) fn assert_flawless(figures: &serde_json::Value) {
    for flaw in ["lost", "doubled", "reordered", "strayed", "refused", "unanswered", "broken"] {
        assert_eq!(figures[flaw], 0, "{flaw} in {figures}");
    }
}

#[test]
fn every_load_hears_all_it_says_once_and_in_order() {
    let folder = Folder::new();
    let server = unlimited(&folder);
    assert_all_came(&figures(&folder, &["say", "--pairs", "4", "--window", "8"]), 1);
    assert_all_came(&figures(&folder, &["room", "--rooms", "2", "--members", "5"]), 4);
    let fixed = figures(&folder, &["latency", "--pairs", "4", "--rate", "200"]);
    assert_all_came(&fixed, 1);
    assert_eq!(fixed["said"], 200, "what is due is said, all of it");
    assert!(fixed["puback_ms"]["p999"].as_f64().unwrap() > 0.0, "{fixed}");
    let again = figures(&folder, &["say", "--pairs", "4", "--window", "1000"]);
    assert_all_came(&again, 1);
    assert_eq!(again["window"], 256, "the server takes no more, and that is told");
    let disk = |name: &str| again["disk"][name].as_u64().unwrap_or_else(|| panic!("{name} in {again}"));
    assert!(disk("commits") > 0 && disk("wal_peak") > 0, "{again}");
    let stored = disk("messages");
    assert!(
        stored > 0 && stored <= again["said"].as_u64().unwrap(),
        "the server counts what was said: {again}"
    );
    assert_eq!(server.stop().0, Some(0));
}

fn assert_all_came_without_answers(figures: &serde_json::Value, listeners: u64) {
    let count = |name: &str| figures[name].as_u64().unwrap_or_else(|| panic!("{name} in {figures}"));
    assert!(count("said") > 0, "{figures}");
    assert_eq!((count("acknowledged"), count("delivered")), (0, listeners * count("said")), "{figures}");
    assert!(figures["puback_ms"].is_null() && figures["said_per_second"].as_f64() > Some(0.0), "{figures}");
    assert_flawless(figures);
}

#[test]
fn plain_topics_are_relayed_with_both_qos_and_filters_beside() {
    let folder = Folder::new();
    let server = open(&folder);
    let address = server.mqtt.to_string();
    let relay = ["relay", "--server", &address, "--topics", "3", "--subscribers", "4", "--window", "8"];
    let beside = ["--filters", "2500", "--filters-each", "700", "--wildcards", "30"];
    let at_most_once = figures(&folder, &[&relay[..], &beside, &["--qos", "0"]].concat());
    assert_all_came_without_answers(&at_most_once, 4);
    assert_eq!((&at_most_once["filters"], &at_most_once["window"]), (&2500.into(), &8.into()));
    let at_least_once = figures(&folder, &[&relay[..], &beside, &["--qos", "1"]].concat());
    assert_all_came(&at_least_once, 4);
    let fixed = ["relay", "--server", &address, "--topics", "3", "--rate", "200", "--qos", "0"];
    let fixed = figures(&folder, &fixed);
    assert_all_came_without_answers(&fixed, 1);
    assert_eq!(fixed["said"], 200, "what is due is said, all of it");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn plain_topics_of_an_app_are_relayed_by_who_was_granted_them() {
    let folder = Folder::new();
    let server = folder.serve();
    folder.done(&["user", "add", "root", "--password", "who may grant", "--admin"]);
    folder.add_user("ann", "the kettle is on");
    let address = server.mqtt.to_string();
    let relay =
        ["bench", "relay", "--server", &address, "--topics", "2", "--seconds", "1", "--filters", "100"];
    let as_ann =
        ["--user", "ann", "--password-stdin", "--prefix", "apps/meter/bench", "--qos", "0", "--json"];
    let words = [&relay[..], &as_ann].concat();
    let told = refusal(&folder.run_with(&words, "the kettle is on\n"));
    assert!(told.contains("connection 0 of the load") && told.contains("0x87"), "{told}");
    folder.done(&["grant", "add", "meter", "ann", "--read", "bench/#", "--write", "bench/#"]);
    let output = folder.run_with(&words, "the kettle is on\n");
    assert_all_came_without_answers(&serde_json::from_slice(&output.stdout).unwrap(), 1);
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn history_is_read_again_and_again_while_others_speak() {
    let folder = Folder::new();
    let server = unlimited(&folder);
    let told = figures(&folder, &["latency", "--pairs", "2", "--rate", "200", "--replaying", "3"]);
    assert_all_came(&told, 1);
    let replay = &told["replay"];
    let count = |name: &str| replay[name].as_u64().unwrap_or_else(|| panic!("{name} in {told}"));
    assert_eq!(count("readers"), 3, "{told}");
    assert!(count("rounds") > 0 && count("entries") > count("rounds"), "{told}");
    assert_flawless(replay);
    let alone = figures(&folder, &["latency", "--pairs", "2", "--rate", "200"]);
    assert!(alone["replay"].is_null(), "{alone}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn connections_at_rest_are_counted_with_the_servers_memory() {
    let folder = Folder::new();
    let server = unlimited(&folder);
    let process = server.process().to_string();
    let idle = ["idle", "--connections", "30", "--rooms", "3", "--members", "10", "--server-pid", &process];
    let figures = [figures(&folder, &idle), figures(&folder, &[&idle[..], &["--websocket"]].concat())];
    for (idle, websocket) in figures.iter().zip([false, true]) {
        assert_eq!((&idle["connections"], &idle["rooms_each"]), (&30.into(), &3.into()), "{idle}");
        assert_eq!(idle["websocket"], websocket);
        assert!(idle["rss_before"].as_u64().unwrap() > 0, "{idle}");
    }
    let rooms = folder.done(&["room", "list"]);
    let rooms: Vec<&str> = rooms.lines().filter(|room| room.starts_with("bench-3-10-3-")).collect();
    assert_eq!(rooms.len(), 9, "three rooms each, of ten each: {rooms:?}");
    assert!(rooms.iter().all(|room| room.split('\t').nth(1).unwrap().split(' ').count() == 10), "{rooms:?}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_wrong_target_and_a_wrong_process_are_named() {
    let folder = Folder::new();
    let _server = folder.serve();
    let far = folder.refused(&["bench", "say", "--server", "192.0.2.1:1883"]);
    assert!(far.contains("--any-host"), "{far}");
    let gone = folder.refused(&["bench", "say", "--pairs", "1", "--server-pid", "4294967295"]);
    assert!(gone.contains("process 4294967295"), "{gone}");
}

#[test]
fn without_a_server_there_is_nothing_to_load() {
    let folder = Folder::new();
    assert!(folder.refused(&["bench", "say"]).contains("start one with `natter serve`"));
}

#[test]
fn people_from_a_file_speak_in_the_room_they_are_in() {
    let folder = Folder::new();
    let server = unlimited(&folder);
    for name in ["ann", "bo"] {
        folder.add_user(name, "the kettle is on");
    }
    folder.done(&["room", "add", "tea", "--member", "ann", "--member", "bo"]);
    let line = |name: &str| format!("{name} {} tea\n", folder.done(&["token", name]).trim());
    let file = folder.beside("people");
    std::fs::write(&file, format!("# user token room\n{}{}", line("ann"), line("bo"))).unwrap();
    let (file, address) = (file.display().to_string(), server.mqtt.to_string());
    let elsewhere = folder.beside("nowhere").display().to_string();
    let from_file = ["say", "--people", &file, "--server", &address, "--data", &elsewhere];
    assert_all_came(&figures(&folder, &[&from_file[..], &["--pairs", "1"]].concat()), 1);
    let few = folder.refused(&[&["bench"], &from_file[..], &["--pairs", "2"]].concat());
    assert!(few.contains("2 rooms") && few.contains("1 are there"), "{few}");
    assert_eq!(server.stop().0, Some(0));
}
