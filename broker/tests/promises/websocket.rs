//! MQTT over WebSocket: bytes are bytes, however they are cut into messages.

use crate::stage::*;
use broker::application::{Farewell, Outcome};
use broker::{Config, Event};
use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use mqtt::packet::{Packet, Side, Version};
use mqtt::{Limits, ReasonCode};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Browser = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The HTTP server of the test, with the broker's route.
async fn serve(stage: &Stage) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let route = broker::websocket::route(stage.broker.clone());
    let service = route.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

async fn open(address: SocketAddr, protocol: Option<&str>) -> Result<Browser, Error> {
    let mut request = format!("ws://{address}/mqtt").into_client_request()?;
    if let Some(protocol) = protocol {
        request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
    }
    let (browser, response) = connect_async(request).await?;
    assert_eq!(response.headers()["sec-websocket-protocol"], "mqtt");
    Ok(browser)
}

fn bytes(packets: impl IntoIterator<Item = Packet>) -> Bytes {
    let mut bytes = BytesMut::new();
    packets.into_iter().for_each(|packet| mqtt::encode(&packet, Version::V5, &mut bytes));
    bytes.freeze()
}

/// The packets of the next binary message; none at the end.
async fn packets(browser: &mut Browser) -> Vec<Packet> {
    let message = loop {
        match timeout(PATIENCE, browser.next()).await.expect("the server says nothing") {
            Some(Ok(Message::Binary(message))) => break message,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Vec::new(),
            Some(Ok(other)) => panic!("expected a binary message, got {other:?}"),
        }
    };
    let mut rest = &message[..];
    let mut packets = Vec::new();
    while !rest.is_empty() {
        let decoded = mqtt::decode(rest, Side::Server, Version::V5, &Limits::default()).unwrap();
        let (packet, used) = decoded.expect("a packet is cut");
        packets.push(packet);
        rest = &rest[used..];
    }
    packets
}

async fn arrive(stage: &mut Stage) -> Browser {
    let mut browser = open(serve(stage).await, Some("mqtt")).await.unwrap();
    browser.send(Message::Binary(bytes([connect()]))).await.unwrap();
    assert!(matches!(&packets(&mut browser).await[..], [Packet::Connack(_)]));
    browser
}

fn connect() -> Packet {
    Packet::Connect(Box::new(hello(Version::V5, "browser")))
}

#[tokio::test]
async fn packets_may_share_a_message_and_may_be_cut_anywhere() {
    let mut stage = Stage::start().await;
    let mut browser = open(serve(&stage).await, Some("mqtt")).await.unwrap();
    let all = bytes([connect(), publish(1), publish(2), publish(3)]);
    for piece in all.chunks(11) {
        browser.send(Message::Binary(Bytes::copy_from_slice(piece))).await.unwrap();
        browser.send(Message::Binary(Bytes::new())).await.unwrap();
    }
    assert!(matches!(&packets(&mut browser).await[..], [Packet::Connack(_)]));
    stage.arrival().await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(stage.published().await.1);
    }
    answers.drain(..).rev().for_each(|answer| answer.give(Outcome::success()));
    // One write is one message: all three share it.
    assert_eq!(packets(&mut browser).await, [1, 2, 3].map(|number| puback(id(number))));
}

#[tokio::test]
async fn a_browser_gets_its_messages_and_says_goodbye() {
    let mut stage = Stage::start().await;
    let mut browser = arrive(&mut stage).await;
    let arrival = stage.arrival().await;
    assert_eq!(arrival.outbound.offer(delivery(1)), broker::outbound::Offer::Taken);
    arrival.outbound.wake();
    let received = packets(&mut browser).await;
    let [Packet::Publish(message)] = &received[..] else { panic!("no message") };
    assert_eq!(position(message), 1);
    arrival.outbound.end(ReasonCode::AdministrativeAction);
    let received = packets(&mut browser).await;
    let [Packet::Disconnect(disconnect)] = &received[..] else { panic!("no DISCONNECT") };
    assert_eq!(disconnect.code, ReasonCode::AdministrativeAction);
    assert_eq!(packets(&mut browser).await, []);
}

#[tokio::test]
async fn a_text_message_ends_the_connection() {
    let mut stage = Stage::start().await;
    let mut browser = arrive(&mut stage).await;
    browser.send(Message::Text("PINGREQ".into())).await.unwrap();
    assert_eq!(packets(&mut browser).await, []);
    assert_eq!(stage.departure().await.farewell, Farewell::SocketLost);
}

#[tokio::test]
async fn a_websocket_ping_is_not_a_packet() {
    let mut stage = Stage::start().await;
    let mut browser = arrive(&mut stage).await;
    browser.send(Message::Ping(Bytes::from_static(b"there?"))).await.unwrap();
    browser.send(Message::Binary(bytes([Packet::Pingreq]))).await.unwrap();
    assert_eq!(packets(&mut browser).await, [Packet::Pingresp]);
}

#[tokio::test]
async fn only_the_mqtt_subprotocol_is_spoken() {
    let stage = Stage::start().await;
    let address = serve(&stage).await;
    for protocol in [None, Some("mqttv3.1"), Some("chat")] {
        let Err(Error::Http(response)) = open(address, protocol).await else { panic!("it was let in") };
        assert_eq!(response.status(), 400);
    }
    open(address, Some("mqttv3.1, mqtt")).await.unwrap();
}

#[tokio::test]
async fn a_message_over_the_limit_ends_the_connection() {
    let mut stage = Stage::start().await;
    let mut browser = arrive(&mut stage).await;
    let large = Bytes::from(vec![0; 1024 * 1024]);
    // The server may close while we still write.
    let _ = browser.send(Message::Binary(large)).await;
    assert_eq!(packets(&mut browser).await, []);
    assert_eq!(stage.departure().await.farewell, Farewell::SocketLost);
}

#[tokio::test]
async fn a_browser_that_sends_no_connect_loses_its_place() {
    let config = Config { connect_within: std::time::Duration::from_millis(100), ..Config::default() };
    let stage = Stage::with(config, Script::default()).await;
    let mut silent = open(serve(&stage).await, Some("mqtt")).await.unwrap();
    assert_eq!(packets(&mut silent).await, []);
    let mut slow = open(serve(&stage).await, Some("mqtt")).await.unwrap();
    slow.send(Message::Binary(bytes([connect()]).slice(..5))).await.unwrap();
    assert_eq!(packets(&mut slow).await, []);
    assert_eq!(stage.broker.counters().get(Event::RefusedSilent), 2);
}

#[tokio::test]
async fn address_limits_hold_for_browsers_too() {
    let config = Config { connections: 1, ..Config::default() };
    let mut stage = Stage::with(config, Script::default()).await;
    let (_client, _) = stage.client(hello(Version::V5, "phone")).await;
    let Err(Error::Http(response)) = open(serve(&stage).await, Some("mqtt")).await else {
        panic!("it was let in")
    };
    assert_eq!(response.status(), 503);
}
