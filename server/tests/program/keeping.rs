//! Keys are made once, kept from others, missed when they are gone; secrets are nowhere else.

use crate::natter::{Folder, Server, mode};
use std::fs;

/// Another key than any that was made: 32 bytes in base64.
const OTHER_KEY: &str = "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3Q=";

#[test]
fn nobody_else_on_the_machine_can_look_in() {
    let folder = Folder::new();
    let _server = folder.serve();
    assert_eq!(mode(&folder.data()), 0o700);
    for file in ["master.key", "signing.key", "control.sock", "natter.db"] {
        assert_eq!(mode(&folder.data().join(file)), 0o600, "{file}");
    }
}

#[test]
fn the_first_start_says_to_keep_a_copy_of_the_master_key() {
    let folder = Folder::new();
    let server = folder.serve();
    assert!(server.log.iter().any(|line| line.contains("keep a copy")), "{:#?}", server.log);
    server.stop();
    let again = folder.serve();
    assert!(!again.log.iter().any(|line| line.contains("keep a copy")), "{:#?}", again.log);
}

#[test]
fn a_wrong_master_key_is_told_and_the_right_one_works_again() {
    let folder = Folder::new();
    folder.add_user("ann", "tea");
    let path = folder.data().join("master.key");
    let right = fs::read_to_string(&path).unwrap();

    fs::write(&path, OTHER_KEY).unwrap();
    let words = folder.refused(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    assert!(words.contains("the master key does not fit"), "{words}");

    fs::write(&path, right).unwrap();
    assert_eq!(folder.done(&["user", "list"]), "ann\n");
}

#[test]
fn a_lost_master_key_is_missed_and_not_made_anew() {
    let folder = Folder::new();
    folder.add_user("ann", "tea");
    let (path, copy) = (folder.data().join("master.key"), folder.beside("copy"));
    fs::rename(&path, &copy).unwrap();
    let words = folder.refused(&["user", "list"]);
    assert!(words.contains("master.key") && words.contains("is gone"), "{words}");
    assert!(!path.exists());
    fs::rename(&copy, &path).unwrap();
    assert_eq!(folder.done(&["user", "list"]), "ann\n");
}

#[test]
fn the_master_key_may_come_by_the_environment() {
    let folder = Folder::new();
    let serve = |key: &str| {
        let mut command = folder.command(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        command.env("NATTER_MASTER_KEY", key);
        command
    };
    drop(Server::start(&mut serve(OTHER_KEY)));
    assert!(!folder.data().join("master.key").exists());
    let output = serve("not a key").output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("NATTER_MASTER_KEY") && !words.contains("not a key"), "{words}");
}

#[test]
fn secrets_and_what_is_said_are_in_no_log() {
    let folder = Folder::new();
    let mut command = folder.command(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    let server = Server::start(command.env("NATTER_LOG__LEVEL", "trace"));
    folder.add_user("ann", "planted-password");
    folder.done(&["room", "add", "tea", "--member", "ann"]);
    folder.done(&["say", "tea", "planted-body", "--as", "ann"]);
    let token = folder.done(&["token", "ann"]);
    let (_, log) = server.stop();
    assert!(log.iter().any(|line| line.contains("\"TRACE\"")), "the log should tell everything it has");
    for secret in ["planted-password", "planted-body", token.trim_end()] {
        assert!(!log.iter().any(|line| line.contains(secret)), "a log line holds `{secret}`");
    }
}
