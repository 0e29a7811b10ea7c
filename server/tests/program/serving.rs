//! A server starts, answers, and ends in order.

use crate::natter::{Folder, Server, lines_of, next};
use crate::wire::connect;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

#[test]
fn a_server_tells_where_it_is_and_that_it_is_ready() {
    let folder = Folder::new();
    let server = folder.serve();
    assert_ne!((server.mqtt.port(), server.http.port()), (0, 0));
    assert_eq!(server.get("/livez"), (200, "alive\n".to_owned()));
    assert_eq!(server.get("/readyz"), (200, "ready\n".to_owned()));
    assert_eq!(server.get("/nothing").0, 404);
    assert_eq!(server.get("/mqtt").0 / 100, 4, "a page is not a WebSocket");
    TcpStream::connect(server.mqtt).unwrap();

    let addresses = std::fs::read_to_string(folder.data().join("addresses")).unwrap();
    assert_eq!(addresses, format!("mqtt = \"{}\"\nhttp = \"{}\"\n", server.mqtt, server.http));
}

#[test]
fn a_broker_without_the_api_serves_mqtt_and_health_and_commands_and_nothing_else_by_http() {
    let folder = Folder::new();
    let ports = ["--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let server = folder.serve_with(&[&["serve", "--roles", "broker"], &ports[..]].concat());
    assert_eq!((server.get("/livez").0, server.get("/readyz").0), (200, 200));
    assert_eq!((server.get("/v1/me").0, server.get("/docs").0), (404, 404));
    folder.add_user("ann", "tea");
    let mut client = TcpStream::connect(server.mqtt).unwrap();
    client.write_all(&connect("ann", "tea")).unwrap();
    let mut connack = [0; 4];
    client.read_exact(&mut connack).unwrap();
    assert_eq!((connack[0], connack[3]), (0x20, 0), "CONNACK, success");
    assert_eq!(server.stop().0, Some(0));
    assert_eq!(folder.serve().get("/v1/me").0, 401);
}

#[test]
fn told_to_stop_it_ends_well_and_leaves_nothing_behind_that_lies() {
    let folder = Folder::new();
    let (code, log) = folder.serve().stop();
    assert_eq!(code, Some(0), "{log:#?}");
    assert!(log.last().unwrap().contains("everything is stored; goodbye"), "{log:#?}");
    assert!(!folder.data().join("control.sock").exists());
    assert!(!folder.data().join("addresses").exists());
}

#[test]
fn clients_are_told_that_the_server_shuts_down() {
    let folder = Folder::new();
    let server = folder.serve();
    folder.add_user("ann", "tea");
    let mut client = TcpStream::connect(server.mqtt).unwrap();
    client.write_all(&connect("ann", "tea")).unwrap();
    let mut connack = [0; 256];
    let length = client.read(&mut connack).unwrap();
    assert_eq!((connack[0], connack[3], usize::from(connack[1]) + 2), (0x20, 0, length), "CONNACK, success");

    let heard = std::thread::spawn(move || {
        let mut last_words = Vec::new();
        client.read_to_end(&mut last_words).map(|_| last_words)
    });
    assert_eq!(server.stop().0, Some(0));
    let last_words = heard.join().unwrap().unwrap();
    assert_eq!(
        (last_words[0], last_words[2]),
        (0xe0, 0x8b),
        "DISCONNECT, server shutting down: {last_words:?}"
    );
}

#[test]
fn it_says_how_many_files_it_may_open() {
    let folder = Folder::new();
    let server = folder.serve();
    assert!(server.log.iter().any(|line| line.contains("files and connections open")), "{:#?}", server.log);
}

#[test]
fn without_a_command_it_serves() {
    let folder = Folder::new();
    let server = folder.serve_with(&["--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    assert_eq!(server.get("/livez").0, 200);
}

#[test]
fn flags_overrule_variables_and_variables_the_file() {
    let folder = Folder::new();
    let file = folder.beside("natter.toml");
    std::fs::write(&file, "[http]\nlisten = \"not an address\"\n[mqtt]\nlisten = \"127.0.0.1:0\"\n").unwrap();
    let mut command = folder.command(&["serve", "--config", "natter.toml", "--http", "127.0.0.1:0"]);
    let server = Server::start(command.env("NATTER_HTTP__LISTEN", "not an address either"));
    assert_eq!(server.get("/readyz").0, 200);
}

#[test]
fn after_a_kill_it_starts_again_and_commands_need_no_server() {
    let folder = Folder::new();
    let server = folder.serve();
    folder.add_user("ann", "tea");
    server.kill();
    assert!(folder.data().join("control.sock").exists(), "a killed server leaves its socket");
    assert_eq!(folder.done(&["user", "list"]), "ann\n");
    let _server = folder.serve();
    assert_eq!(folder.done(&["user", "list"]), "ann\n");
}

#[test]
fn a_demo_has_people_in_it_however_often_it_starts() {
    let folder = Folder::new();
    for _ in 0..2 {
        let server = folder.serve_with(&["--demo", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        drop(server);
    }
    // Without --data the demo has a folder of its own, whatever the environment says.
    let data = folder.beside("natter-data/demo");
    let data = data.to_str().unwrap();
    assert_eq!(folder.done(&["user", "list", "--data", data]), "ann\tadmin\nbo\n");
    assert_eq!(folder.done(&["room", "list", "--data", data]), "tea\tann bo\n");
}

#[test]
fn a_demo_prints_commands_to_copy() {
    let folder = Folder::new();
    let mut command = folder.command(&["serve", "--demo", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    let mut demo = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = lines_of(demo.stdout.take().unwrap());
    let line = std::iter::repeat_with(|| next(&lines)).find(|line| line.contains("mosquitto_sub")).unwrap();
    demo.kill().unwrap();
    demo.wait().unwrap();
    assert!(
        line.contains("-V 5 -i phone -c -x 3600 -q 1 -p ")
            && line.ends_with("-u bo -P demo -t 'rooms/+/said'"),
        "{line}"
    );
}
