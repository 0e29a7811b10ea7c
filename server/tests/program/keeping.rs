//! Keys are made once, kept from others, missed when they are gone; secrets are nowhere else.

use crate::natter::{Folder, Server, mode};
use crate::wire::{connect, packet, text};
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

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
    let mut server = Server::start(command.env("NATTER_LOG__LEVEL", "trace"));
    folder.add_user("ann", "planted-password");
    folder.done(&["room", "add", "tea", "--member", "ann"]);
    folder.done(&["say", "tea", "planted-body", "--as", "ann"]);
    let token = folder.done(&["token", "ann"]);
    let mut tcp = TcpStream::connect(server.mqtt).unwrap();
    converse(&mut tcp, |packet| packet.to_vec());
    let mut websocket = upgrade(server.http);
    converse(&mut websocket, frame);

    // What the log does tell at this level: a request that is none.
    TcpStream::connect(server.http).unwrap().write_all(b"planted-request\r\n\r\n").unwrap();
    server.wait_for("an HTTP connection ended");
    let (_, log) = server.stop();
    let in_hex = "706c616e746564"; // planted
    for secret in ["planted", in_hex, token.trim_end()] {
        assert!(!log.iter().any(|line| line.contains(secret)), "a log line holds `{secret}`: {log:#?}");
    }
}

/// Logs in and says something, and hears an answer to each.
fn converse(socket: &mut TcpStream, wrap: impl Fn(&[u8]) -> Vec<u8>) {
    let publish = packet(0x32, &[&text("rooms/tea/say"), b"\0\x01\0", b"planted-body"]);
    for packet in [connect("ann", "planted-password"), publish] {
        socket.write_all(&wrap(&packet)).unwrap();
        assert!(socket.read(&mut [0; 1024]).unwrap() > 0, "it should be answered");
    }
}

/// A packet in a binary WebSocket message, masked with zeros.
fn frame(packet: &[u8]) -> Vec<u8> {
    [&[0x82, 0x80 | u8::try_from(packet.len()).unwrap(), 0, 0, 0, 0], packet].concat()
}

fn upgrade(http: SocketAddr) -> TcpStream {
    let mut socket = TcpStream::connect(http).unwrap();
    let request = "GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
                   Sec-WebSocket-Protocol: mqtt\r\n\r\n";
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = [0; 1024];
    let length = socket.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 101"));
    socket
}
