//! The API on the port of the program, and what is ended there for MQTT.

use crate::natter::{Folder, Server};
use crate::wire::connect;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

impl Server {
    /// Asks the API with a token: the status and the body, if there is one.
    fn ask(&self, verb: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let mut socket = TcpStream::connect(self.http).unwrap();
        let body = body.to_string();
        let head = format!(
            "{verb} {path} HTTP/1.1\r\nHost: natter\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        socket.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn log_in(&self, user: &str, password: &str) -> String {
        let (status, tokens) = self.ask(
            "POST",
            "/v1/login",
            "",
            &json!({ "user": user, "password": password, "device": "laptop" }),
        );
        assert_eq!(status, 200, "{tokens}");
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    /// Connects by MQTT as the device `device`; the socket and the code of CONNACK.
    fn connect(&self, user: &str, password: &str) -> (TcpStream, u8) {
        let mut client = TcpStream::connect(self.mqtt).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        client.write_all(&connect(user, password)).unwrap();
        let mut connack = [0; 256];
        let length = client.read(&mut connack).unwrap();
        assert!(length > 3 && connack[0] == 0x20, "CONNACK");
        (client, connack[3])
    }
}

#[test]
fn a_device_whose_token_is_ended_over_http_is_disconnected_within_a_second() {
    let folder = Folder::new();
    let server = folder.serve();
    folder.add_user("ann", "tea at four");
    let token = server.log_in("ann", "tea at four");
    let (status, given) = server.ask("POST", "/v1/me/device-tokens", &token, &json!({ "device": "device" }));
    assert_eq!(status, 201, "{given}");
    let secret = given["secret"].as_str().unwrap();
    let (mut client, code) = server.connect("ann", secret);
    assert_eq!(code, 0);
    assert_eq!(server.connect("ann", "tea at four").1, 0x85, "the device has a token of its own");

    let path = format!("/v1/me/credentials/{}", given["credential"]["id"].as_str().unwrap());
    let ended = Instant::now();
    assert_eq!(server.ask("DELETE", &path, &token, &Value::Null).0, 204);
    let mut last_words = Vec::new();
    client.read_to_end(&mut last_words).unwrap();
    assert!(ended.elapsed() < Duration::from_secs(1), "{:?}", ended.elapsed());
    assert_eq!((last_words[0], last_words[2]), (0xe0, 0x87), "DISCONNECT, not authorized: {last_words:?}");
    assert_eq!(server.connect("ann", secret).1, 0x86);
    assert_eq!(server.connect("ann", "tea at four").1, 0, "now the password may");
}

#[test]
fn logins_are_good_after_a_restart_and_no_secret_is_in_the_log() {
    let folder = Folder::new();
    let server = folder.serve();
    folder.add_user("ann", "tea at four");
    let token = server.log_in("ann", "tea at four");
    assert_eq!(server.stop().0, Some(0));
    let mut command = folder.command(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    let server = Server::start(command.env("NATTER_LOG__LEVEL", "trace"));
    let (status, me) = server.ask("GET", "/v1/me", &token, &Value::Null);
    assert_eq!((status, &me["handle"]), (200, &json!("ann")));
    let guess = json!({ "user": "ann", "password": "a planted secret" });
    assert_eq!(server.ask("POST", "/v1/login", "", &guess).0, 401);
    let (_, log) = server.stop();
    for secret in [token.as_str(), "a planted secret"] {
        assert!(!log.iter().any(|line| line.contains(secret)), "a secret is in the log");
    }
}

#[test]
fn the_document_of_the_api_is_beside_health_and_websocket() {
    let folder = Folder::new();
    let server = folder.serve();
    assert_eq!(server.get("/docs").0, 200);
    assert!(server.get("/openapi.json").1.contains("account.register"));
    assert_eq!(server.get("/livez").0, 200);
    let (status, problem) = server.ask("GET", "/nothing", "", &Value::Null);
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
}
