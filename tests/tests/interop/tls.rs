//! TLS: MQTT by it, HTTP and WebSocket by it, and a certificate that is renewed.

use std::net::SocketAddr;
use std::time::Duration;
use tests::{Authority, Settings, World, mosquitto, node, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn settings(authority: &Authority) -> Settings {
    Settings::default().tls(authority, SocketAddr::from(([127, 0, 0, 1], 0)))
}

/// CONNECT of an MQTT 3.1.1 client without a name, and what the server says to it before it goes: not authorized, or welcome.
const CONNECT: &[u8] = b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0";
const CONNACK: u8 = 0x20;

async fn greeted(io: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin)) -> u8 {
    io.write_all(CONNECT).await.expect("it is taken");
    within("a CONNACK", io.read_u8()).await.expect("a CONNACK comes")
}

#[tokio::test]
async fn clients_chat_by_tls_in_both_versions_of_it_and_of_mqtt() {
    let authority = Authority::new();
    let mut world = World::with(settings(&authority)).await;
    world.room("tea", ["ann", "bo"]).await;
    let (port, ca) = (world.address("mqtts").port().to_string(), authority.file().display().to_string());
    let (ann, bo) = (World::password("ann"), World::password("bo"));
    for (version, tls) in [("311", "tlsv1.2"), ("311", "tlsv1.3"), ("5", "tlsv1.2"), ("5", "tlsv1.3")] {
        let by_tls = ["-h", "127.0.0.1", "-p", &port, "--cafile", &ca, "--tls-version", tls, "-V", version];
        let bo = [&by_tls[..], &["-d", "-q", "1", "-u", "bo", "-P", &bo, "-t", "rooms/+/said"]].concat();
        let mut bo = mosquitto(&world, "mosquitto_sub", &bo);
        bo.wrote("Subscribed").await;
        let body = format!("{version} by {tls}");
        let ann =
            [&by_tls[..], &["-q", "1", "-u", "ann", "-P", &ann, "-t", "rooms/tea/say", "-m", &body]].concat();
        let mut ann = mosquitto(&world, "mosquitto_pub", &ann);
        assert!(ann.ends(Duration::from_secs(20)).await.success(), "{:?}", ann.output());
        bo.wrote(&body).await;
    }
}

#[tokio::test]
async fn mqtt_js_chats_by_tls_and_by_websocket_over_it() {
    let authority = Authority::new();
    let mut world = World::with(settings(&authority)).await;
    let (mqtts, https) = (world.address("mqtts"), world.address("https"));
    for (number, url) in [format!("wss://{https}/mqtt"), format!("mqtts://{mqtts}")].iter().enumerate() {
        let room = format!("room-{number}");
        world.room(&room, ["ann", "bo"]).await;
        let ca = authority.file().display().to_string();
        let words = [url, "5", &room, &World::password("ann"), &world.token("bo"), &ca];
        let mut script = node("chat.mjs", &words);
        script.wrote("all is well").await;
        assert!(script.ends(Duration::from_secs(10)).await.success());
    }
}

#[tokio::test]
async fn what_http_answers_it_answers_by_tls_too() {
    let authority = Authority::new();
    let world = World::with(settings(&authority)).await;
    let mut stream = authority.connect(world.address("https"), "http/1.1").await.expect("it is good");
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("taken");
    let mut answer = String::new();
    // A server may close without a goodbye of TLS; the answer is what counts.
    within("an answer", stream.read_to_string(&mut answer)).await.ok();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("ready\n"), "{answer}");
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_who_comes_and_who_is_there_stays() {
    let authority = Authority::new();
    // The early one says nothing until all of it has happened.
    let mut world = World::with(settings(&authority).set("mqtt.connect_within", "60s")).await;
    let (mqtts, https) = (world.address("mqtts"), world.address("https"));
    let mut early = authority.connect(mqtts, "mqtt").await.expect("it is good");
    let first = authority.signed();
    assert_eq!(authority.shown(mqtts).await, first);

    // By itself, within seconds.
    authority.signs();
    world.server_mut().wrote("new connections are shown").await;
    let second = authority.signed();
    assert!(
        first != second && authority.shown(mqtts).await == second && authority.shown(https).await == second
    );

    // A broken one is told, and shown to nobody.
    std::fs::write(authority.certificate(), "no certificate").expect("it is written");
    world.server().signal("HUP");
    world.server_mut().wrote("the old one stays").await;
    assert_eq!(authority.shown(mqtts).await, second);
    assert_eq!(greeted(&mut early).await, CONNACK, "who was there before all that is still served");
}

#[tokio::test]
async fn who_comes_to_no_tls_session_loses_the_place_and_holds_up_nobody() {
    let authority = Authority::new();
    let world = World::with(settings(&authority).set("mqtt.connect_within", "1s")).await;
    let mqtts = world.address("mqtts");
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(mqtts).await.expect("somebody listens"));
    }
    let mut swift = authority.connect(mqtts, "mqtt").await.expect("it is good");
    assert_eq!(greeted(&mut swift).await, CONNACK);
    for mut one in silent {
        is_closed(&mut one).await;
    }
    let mut plain = TcpStream::connect(mqtts).await.expect("somebody listens");
    plain.write_all(CONNECT).await.expect("it is sent");
    is_closed(&mut plain).await;
    authority.connect(mqtts, "http/1.1").await.expect_err("there is MQTT and nothing else");
}

/// After whatever else is said.
async fn is_closed(socket: &mut TcpStream) {
    let mut rest = Vec::new();
    within("an end", socket.read_to_end(&mut rest)).await.ok();
    assert_ne!(rest.first(), Some(&CONNACK));
}
