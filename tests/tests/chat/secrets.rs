//! What nobody else may read: not in a log, however loud, and not on the disk.

use mqtt::packet::{Auth, Packet, Version};
use std::path::Path;
use tests::{Settings, World, publish, say};

const BODY: &str = "the treasure is under the old oak";
const BROKEN: &str = "{\"body\": \"it is twelve paces north";
const DATA: &str = "coordinates-of-the-well";
const WRONG: &str = "open-sesame-please";

/// `{6: BODY}`, for a body of 24 to 255 bytes.
fn in_cbor(body: &str) -> Vec<u8> {
    [&[0xA1, 0x06, 0x78, u8::try_from(body.len()).expect("a short body")], body.as_bytes()].concat()
}

/// Lives through everything that touches a secret, rightly and wrongly.
async fn live(world: &World) {
    let by_password = world.device("ann", "by-password").password(&World::password("ann"));
    let mut bo = world.device("bo", "phone").lasting().connect().await;
    bo.listens("rooms/#").await;
    bo.listens("plain/#").await;
    bo.listens("cbor/#").await;
    for version in [Version::V3, Version::V5] {
        let mut ann = by_password.clone().version(version).connect().await;
        ann.listens("me/#").await;
        ann.publish(publish("rooms/tea/say", BODY)).await;
        ann.publish(publish("rooms/tea/say", format!(r#"{{"body": "{BODY}", "data": {{"at": "{DATA}"}}}}"#)))
            .await;
        ann.publish(publish("rooms/tea/say", BROKEN)).await;
        ann.publish(publish("cbor/rooms/tea/say", in_cbor(BODY))).await;
        ann.publish(publish("cbor/rooms/tea/say", &in_cbor(BODY)[..20])).await;
        ann.publish(publish("rooms/cellar/say", BODY)).await;
        ann.publish(publish("users/bo/say", BODY)).await;
        by_request(&mut ann).await;
        drop(ann);
    }
    world.device("ann", "x").will("rooms/tea/say", BODY).connect().await.leave().await;
    drop(world.device("ann", "x").will("rooms/tea/say", BODY).connect().await);
    world.device("ann", "y").password(WRONG).is_refused().await;
    world.device("ann", "y").v3().password(WRONG).is_refused().await;
    let mut ann = world.device("ann", "z").connect().await;
    let mut kept = say("tea", BODY, &[]);
    (kept.retain, kept.packet_id) = (true, Some(ann.fresh_id()));
    ann.send(Packet::Publish(Box::new(kept))).await;
    ann.ends_with(mqtt::ReasonCode::RetainNotSupported).await;
    // Bytes that break off within a secret, and a CONNECT that repeats one.
    let mut ann = world.device("ann", "z").connect().await;
    ann.send_bytes(&[0x32, 200, 1, 0, 3, b'a', b'/', b'b']).await;
    ann.send_bytes(BODY.as_bytes()).await;
    drop(ann);
    let mut ann = by_password.connect().await;
    ann.send(Packet::Connect(Box::new(by_password.hello.clone()))).await;
    ann.ends_with(mqtt::ReasonCode::ProtocolError).await;
    by_method(world).await;
    by_websocket(world, &by_password).await;
    world.natter(&["say", "tea", BODY, "--as", "ann"]).await;
    world
        .try_natter(&["say", "cellar", BODY, "--as", "ann"], "")
        .await
        .expect_err("ann is not in the cellar");
    world.try_natter(&["user", "add", "ann", "--password-stdin"], WRONG).await.expect_err("ann is there");
    bo.is_alive().await;
}

/// A token as the data of a method, and a fresh one that is none.
async fn by_method(world: &World) {
    let mut device = world.device("ann", "by-method");
    device.hello.authentication_method = Some("JWT".into());
    device.hello.authentication_data = Some(WRONG.into());
    device.is_refused().await;
    device.hello.authentication_data = Some(world.token("ann").into());
    let mut ann = device.connect().await;
    for token in [world.token("ann"), WRONG.to_owned()] {
        let (method, data) = (Some("JWT".to_owned()), Some(token.into()));
        let auth = Auth { method, data, ..Auth::new(mqtt::ReasonCode::Reauthenticate) };
        ann.send(Packet::Auth(Box::new(auth))).await;
    }
    assert!(matches!(ann.answer().await, Packet::Auth(_)));
    ann.ends_with(mqtt::ReasonCode::NotAuthorized).await;
}

/// What is asked for, and what a server is asked to keep for who leaves before the answer.
async fn by_request(ann: &mut tests::Wire) {
    for (method, params) in [
        ("messages.say", format!(r#"{{"room": "tea", "body": "{BODY}"}}"#)),
        ("messages.list", r#"{"room": "tea"}"#.to_owned()),
        ("account.login", format!(r#"{{"user": "ann", "password": "{WRONG}"}}"#)),
        ("account.login", format!(r#"{{"user": "ann", "password": ["{WRONG}"]}}"#)),
        (
            "push.register",
            format!(r#"{{"device": "by-password", "app": "a", "provider": "b", "address": "{WRONG}"}}"#),
        ),
        (
            "push.register",
            format!(r#"{{"device": "x", "app": "a", "provider": "b", "address": ["{WRONG}"]}}"#),
        ),
        ("me.set_password", format!(r#"{{"current": "{WRONG}", "new": "{WRONG}"}}"#)),
    ] {
        let request = format!(r#"{{"key": "{method}", "params": {params}}}"#);
        ann.publish(publish(&format!("rpc/{method}"), request)).await;
    }
    ann.publish(publish("rpc/me.get", format!(r#"{{"params": {{"password": "{WRONG}""#))).await;
}

/// The same once more over WebSocket, whose library has a log of its own.
async fn by_websocket(world: &World, device: &tests::Device) {
    let mut socket = tests::WebSocket::open(world.http).await;
    socket.send(Packet::Connect(Box::new(device.hello.clone()))).await;
    let mut said = say("tea", BODY, &[]);
    said.packet_id = mqtt::packet::PacketId::new(1);
    socket.send(Packet::Publish(Box::new(said))).await;
    assert!(matches!(socket.next().await, Packet::Connack(_)));
    assert!(matches!(socket.next().await, Packet::Puback(_)));
}

#[tokio::test]
async fn no_secret_is_in_any_log_and_no_body_on_the_disk() {
    let mut world = World::with(Settings::default().set("log.level", "trace")).await;
    world.room("tea", ["ann", "bo"]).await;
    world.room("cellar", ["bo"]).await;
    live(&world).await;

    let secrets =
        [BODY, &BROKEN[10..], DATA, WRONG, &World::password("ann"), &world.token("ann"), &world.token("bo")];
    not_in_folder(world.data(), &secrets);
    assert!(world.terminate().await.success());
    let output = world.server().output();
    assert!(output.iter().any(|line| line.contains("RefusedByApplication")), "the log is loud");
    for line in &output {
        for secret in secrets {
            assert!(!line.contains(secret), "a secret in the log: {line}");
        }
    }
    not_in_folder(world.data(), &secrets);
}

/// No file of the folder holds one of these.
fn not_in_folder(folder: &Path, secrets: &[&str]) {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder).expect("the data folder can be read") {
        let path = file.expect("a file").path();
        if !path.is_file() {
            continue; // the control socket
        }
        let content = std::fs::read(&path).expect("a file can be read");
        bytes += content.len();
        for secret in secrets {
            let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "`{secret}` can be read in {}", path.display());
        }
    }
    assert!(bytes > 10_000, "the database is among them");
}
