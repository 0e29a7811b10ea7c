//! MQTT inside of WebSocket.

use crate::corner::{BOTH, Corner};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Qos};
use tests::{WebSocket, publish_at};

/// A text message, whole in one frame.
const TEXT: u8 = 0x81;
/// The beginning of a binary message, and the rest of it.
const BEGINNING: u8 = 0x02;
const REST: u8 = 0x80;

async fn connected(corner: &Corner, version: mqtt::packet::Version) -> WebSocket {
    let mut browser = WebSocket::speaking(corner.world.http, version).await;
    browser.send(Packet::Connect(Box::new(corner.device(version, "browser").hello))).await;
    let Packet::Connack(connack) = browser.next().await else { panic!("no CONNACK") };
    assert_eq!(connack.code, ReasonCode::Success);
    browser
}

/// That its own packets come in binary messages is looked at by the client of each of these tests.
#[tokio::test]
pub(crate) async fn anything_but_binary_messages_ends_the_connection() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut browser = connected(&corner, version).await;
        browser.send(Packet::Pingreq).await;
        assert_eq!(browser.next().await, Packet::Pingresp);
        browser.send_frame(TEXT, &[0x40, 0x00]).await; // letters, and even so no packet
        assert_eq!(browser.next_or_end().await, None);
    }
}

#[tokio::test]
pub(crate) async fn packets_may_be_cut_and_joined_wherever_a_message_begins_or_ends() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let mut browser = WebSocket::speaking(corner.world.http, version).await;
        let topic = corner.topic("tea");
        let all = [
            corner.hello(version, 2, &[]),
            raw::publish(version, 0x30, topic.as_bytes(), None, &[], b"one"),
            raw::publish(version, 0x30, topic.as_bytes(), None, &[], b"two"),
            vec![0xc0, 0],
        ]
        .concat();
        for piece in all.chunks(7) {
            browser.send_bytes(piece).await;
        }
        assert!(matches!(browser.next().await, Packet::Connack(_)));
        assert_eq!(browser.next().await, Packet::Pingresp);
        // Several in one message, and one message in several frames.
        let two = raw::publish(version, 0x30, topic.as_bytes(), None, &[], b"three").repeat(2);
        browser.send_frame(BEGINNING, &two[..5]).await;
        browser.send_frame(REST, &two[5..]).await;
        for payload in ["one", "two", "three", "three"] {
            assert_eq!(listener.receive().await.payload, payload);
        }
    }
}

#[tokio::test]
pub(crate) async fn the_subprotocol_is_mqtt() {
    for version in BOTH {
        let corner = Corner::open().await;
        // Opening it looks at what the server selected.
        let mut browser = connected(&corner, version).await;
        browser.send(Packet::Pingreq).await;
        assert_eq!(browser.next().await, Packet::Pingresp);
    }
}

#[tokio::test]
pub(crate) async fn browsers_and_others_hear_each_other() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let mut browser = connected(&corner, version).await;
        browser
            .send(Packet::Publish(Box::new(publish_at(Qos::AtMostOnce, &corner.topic("tea"), "hot"))))
            .await;
        assert_eq!(listener.receive().await.payload, "hot");
    }
}
