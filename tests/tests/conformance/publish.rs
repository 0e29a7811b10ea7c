//! PUBLISH: flags, topics, and what answers it.

use crate::corner::{BOTH, Corner};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Publish, Qos, Version};
use tests::publish_at;

#[tokio::test]
pub(crate) async fn a_repeated_message_at_qos_0_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let bytes = raw::publish(version, 0x38, b"tea", None, &[], b"x");
        corner.breaks(version, "QoS 0 with DUP", &bytes, ReasonCode::ProtocolError).await;
    }
}

#[tokio::test]
pub(crate) async fn the_dup_flag_of_the_sender_goes_no_further() {
    for version in BOTH {
        for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let corner = Corner::open().await;
            let mut listener = corner.listener(version, "listener", Qos::ExactlyOnce).await;
            let mut speaker = corner.client(version, "speaker").await;
            speaker.sends(Publish { dup: true, ..publish_at(qos, &corner.topic("tea"), "again?") }).await;
            let heard = listener.receive().await;
            assert_eq!((heard.qos, heard.dup), (qos, false), "it is sent for the first time");
        }
    }
}

#[tokio::test]
pub(crate) async fn a_qos_of_3_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let bytes = raw::publish(version, 0x36, b"tea", Some(1), &[], b"x");
        corner.breaks(version, "QoS 3", &bytes, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn a_message_without_a_topic_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let none = raw::packet(0x30, &[]);
        corner.breaks(version, "no topic at all", &none, ReasonCode::MalformedPacket).await;
        let short = raw::packet(0x30, &[&[0, 9], b"tea"]);
        corner.breaks(version, "half a topic", &short, ReasonCode::MalformedPacket).await;
        let empty = raw::publish(version, 0x30, b"", None, &[], b"x");
        let code =
            if version == Version::V5 { ReasonCode::ProtocolError } else { ReasonCode::TopicNameInvalid };
        corner.breaks(version, "an empty topic", &empty, code).await;
    }
}

#[tokio::test]
pub(crate) async fn a_topic_with_a_wildcard_ends_the_connection_and_reaches_nobody() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        for topic in ["+/tea", "tea/#", "te+", "#"] {
            let topic = corner.topic(topic);
            let bytes = raw::publish(version, 0x30, topic.as_bytes(), None, &[], b"poison");
            corner.breaks(version, &topic, &bytes, ReasonCode::TopicNameInvalid).await;
        }
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        assert_eq!(listener.receive().await.payload, "hot");
    }
}

#[tokio::test]
pub(crate) async fn a_message_carries_the_topic_it_was_published_to() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let mut speaker = corner.client(version, "speaker").await;
        for topic in ["tea", "tea/hot", "tea/", "/tea", "Tea", "t e a", "茶/é"] {
            let topic = corner.topic(topic);
            speaker.sends(publish_at(Qos::AtLeastOnce, &topic, "x")).await;
            assert_eq!(listener.receive().await.topic, topic);
        }
    }
}

#[tokio::test]
pub(crate) async fn each_qos_has_its_answer() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "client").await;
        let message = |qos| {
            let mut publish = publish_at(qos, &corner.topic("tea"), "hot");
            publish.packet_id = (qos > Qos::AtMostOnce).then(|| mqtt::packet::PacketId::new(5)).flatten();
            Packet::Publish(Box::new(publish))
        };
        // QoS 0 has none: the answer to what follows is the first.
        wire.send_all([message(Qos::AtMostOnce), Packet::Pingreq]).await;
        assert_eq!(wire.next().await, Packet::Pingresp);
        wire.send(message(Qos::AtLeastOnce)).await;
        assert!(matches!(wire.next().await, Packet::Puback(puback) if puback.packet_id.get() == 5));
        wire.send(message(Qos::ExactlyOnce)).await;
        assert!(matches!(wire.next().await, Packet::Pubrec(pubrec) if pubrec.packet_id.get() == 5));
    }
}

/// A room is nobody's to write into but its members'.
#[tokio::test]
pub(crate) async fn a_message_that_is_not_allowed_is_answered_all_the_same() {
    let corner = Corner::open().await;
    for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
        let mut old = corner.client(Version::V3, "old").await;
        old.sends(publish_at(qos, "rooms/cellar/say", "let me in")).await;
        old.is_alive().await;
        let mut new = corner.client(Version::V5, "new").await;
        let code = new.sends(publish_at(qos, "rooms/cellar/say", "let me in")).await;
        assert_eq!(code, ReasonCode::NotAuthorized);
        new.is_alive().await;
    }
}

#[tokio::test]
pub(crate) async fn a_subscription_identifier_from_a_client_ends_the_connection() {
    let corner = Corner::open().await;
    let bytes = raw::publish(Version::V5, 0x30, b"tea", None, &[0x0b, 1], b"x");
    corner.breaks(Version::V5, "an identifier", &bytes, ReasonCode::ProtocolError).await;
}

#[tokio::test]
pub(crate) async fn a_payload_is_heard_byte_for_byte() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.listener(version, "both", Qos::ExactlyOnce).await;
        let all: Vec<u8> = (0..=255).collect();
        for payload in [&b""[..], b"\0", &all, &all.repeat(200)] {
            for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
                wire.sends(publish_at(qos, &corner.topic("tea"), payload)).await;
                assert!(wire.receive().await.payload == payload, "{} bytes at {qos:?}", payload.len());
            }
        }
    }
}
