//! `natter say` and `natter listen` as clients of the server.

use crate::natter::{Folder, Server, lines_of, next, refusal, signal, text};
use std::process::{Child, Stdio};
use std::sync::mpsc::Receiver;

/// A server with ann and bo in the tea room, and eve, who is not.
fn tea(folder: &Folder) -> Server {
    let server = folder.serve();
    for name in ["ann", "bo", "eve"] {
        folder.add_user(name, &format!("{name}s-password"));
    }
    folder.done(&["room", "add", "tea", "--member", "ann", "bo"]);
    server
}

/// A listener, what it hears and what it remarks.
fn listen(folder: &Folder, words: &[&str]) -> (Child, Receiver<String>, Receiver<String>) {
    let mut listen = folder.command(&[&["listen"], words].concat());
    let mut child = listen.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (heard, remarks) = (lines_of(child.stdout.take().unwrap()), lines_of(child.stderr.take().unwrap()));
    (child, heard, remarks)
}

#[test]
fn a_listener_hears_a_line_for_each_entry_and_ends_well_when_interrupted() {
    let folder = Folder::new();
    let _server = tea(&folder);
    let (mut listener, heard, remarks) = listen(&folder, &["--as", "bo"]);
    assert_eq!(next(&remarks), "natter: bo listens to every room of theirs");
    let said = folder.done(&["say", "tea", "the kettle is on", "--as", "ann"]);
    assert_eq!(said, "stored as message 2 of room tea\n");

    let line = next(&heard);
    let (topic, payload) = line.split_once('\t').unwrap();
    let payload: serde_json::Value = serde_json::from_str(payload).unwrap();
    assert_eq!(topic, "rooms/tea/said");
    for (key, value) in [("room", "tea"), ("from", "ann"), ("kind", "text"), ("body", "the kettle is on")] {
        assert_eq!(payload[key], value, "{line}");
    }
    assert_eq!(
        (&payload["seq"], &payload["n"], &payload["prev"]),
        (&2.into(), &1.into(), &1.into()),
        "{line}"
    );

    folder.done(&["room", "remove", "tea", "--member", "ann"]);
    // It was hers: first it is somebody else's.
    assert!(next(&heard).contains(r#""kind":"handed_over","user":"bo""#));
    assert!(next(&heard).contains(r#""kind":"left","user":"ann""#));
    signal(&listener, "INT");
    assert!(listener.wait().unwrap().success());
    assert!(heard.recv().is_err(), "nothing else was printed");
}

#[test]
fn a_listener_of_one_room_hears_no_other_and_who_is_not_in_it_hears_nothing() {
    let folder = Folder::new();
    let _server = tea(&folder);
    folder.done(&["room", "add", "cake", "--member", "bo"]);
    let (mut listener, heard, remarks) = listen(&folder, &["tea", "--as", "bo"]);
    assert_eq!(next(&remarks), "natter: bo listens to room tea");
    folder.done(&["say", "cake", "any left?", "--as", "bo"]);
    folder.done(&["say", "tea", "hello", "--as", "bo"]);
    assert!(next(&heard).contains("hello"));
    signal(&listener, "TERM");
    assert!(listener.wait().unwrap().success());
    assert_eq!(folder.refused(&["listen", "tea", "--as", "eve"]), "there is no room `tea`");
    assert_eq!(folder.refused(&["listen", "nowhere", "--as", "bo"]), "there is no room `nowhere`");
}

#[test]
fn a_server_anywhere_is_reached_with_a_password_or_a_token_and_no_folder() {
    let folder = Folder::new();
    let server = tea(&folder);
    let door = server.mqtt.to_string();
    let say = |proof: &str, flag: &str| {
        let words = ["say", "tea", "hello", "--as", "ann", "--server", &door, flag, "--data", "/nowhere"];
        folder.run_with(&words, &format!("{proof}\n"))
    };
    let by_password = say("anns-password", "--password-stdin");
    assert_eq!(text(&by_password.stdout), "stored as message 2 of room tea\n", "{by_password:?}");
    let by_token = say(&folder.done(&["token", "ann"]), "--token-stdin");
    assert_eq!(text(&by_token.stdout), "stored as message 3 of room tea\n", "{by_token:?}");

    let refused = refusal(&say("a wrong guess", "--password-stdin"));
    assert!(refused.starts_with(&door) && refused.contains("does not accept"), "{refused}");
    let nobody = folder.refused(&["say", "tea", "hello", "--as", "ann", "--server", &door]);
    assert!(nobody.contains("--password-stdin"), "{nobody}");
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    let folder = Folder::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let words = ["listen", "--as", "ann", "--server", &free, "--password-stdin"];
    let refused = refusal(&folder.run_with(&words, "tea\n"));
    assert!(refused.contains(&format!("cannot reach the server at {free}")), "{refused}");
}

#[test]
fn without_a_server_nothing_can_be_heard() {
    let folder = Folder::new();
    folder.add_user("ann", "tea");
    assert!(folder.refused(&["listen", "--as", "ann"]).contains("start one with `natter serve`"));
}
