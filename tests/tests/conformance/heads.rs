//! First bytes, packet ids, and properties that are not there.

use crate::corner::{BOTH, Corner, listen, wish};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, PacketId, Publish, Qos, Version};
use std::collections::BTreeSet;
use tests::{filter, publish_at, subscribe};

/// Packets whose flags are not as they must be.
fn wrong_flags(version: Version) -> Vec<(&'static str, Vec<u8>)> {
    let topic = raw::text("a");
    let mut wrong = vec![
        ("PUBACK", vec![0x41, 2, 0, 1]),
        ("PUBREC", vec![0x52, 2, 0, 1]),
        ("PUBREL", vec![0x60, 2, 0, 1]),
        ("PUBCOMP", vec![0x78, 2, 0, 1]),
        ("SUBSCRIBE", raw::request(version, 0x80, 1, &[], &[&topic[..], &[1]].concat())),
        ("SUBSCRIBE with more", raw::request(version, 0x83, 1, &[], &[&topic[..], &[1]].concat())),
        ("UNSUBSCRIBE", raw::request(version, 0xa0, 1, &[], &topic)),
        ("PINGREQ", vec![0xc1, 0]),
        ("DISCONNECT", vec![0xe1, 0]),
    ];
    if version == Version::V5 {
        wrong.push(("AUTH", vec![0xf1, 0]));
    }
    wrong
}

#[tokio::test]
pub(crate) async fn wrong_flags_in_the_first_byte_end_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        for (name, bytes) in wrong_flags(version) {
            corner.breaks(version, name, &bytes, ReasonCode::MalformedPacket).await;
        }
        let mut connect = corner.hello(version, 2, &[]);
        connect[0] |= 1;
        corner.refuses(version, "CONNECT", &connect, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn a_packet_id_of_zero_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let topic = raw::text("a");
        let cases = [
            ("QoS 1", raw::publish(version, 0x32, b"a", Some(0), &[], b"x")),
            ("QoS 2", raw::publish(version, 0x34, b"a", Some(0), &[], b"x")),
            ("SUBSCRIBE", raw::request(version, 0x82, 0, &[], &[&topic[..], &[1]].concat())),
            ("UNSUBSCRIBE", raw::request(version, 0xa2, 0, &[], &topic)),
        ];
        for (name, bytes) in cases {
            corner.breaks(version, name, &bytes, ReasonCode::ProtocolError).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_0_has_no_packet_id() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.listener(version, "both", Qos::ExactlyOnce).await;
        let topic = corner.topic("tea");
        wire.sends(publish_at(Qos::AtMostOnce, &topic, "hot")).await;
        let (_, bytes) = wire.next_with_bytes().await.expect("the connection ended");
        assert_eq!(bytes[..], raw::publish(version, 0x30, topic.as_bytes(), None, &[], b"hot"));
    }
}

#[tokio::test]
pub(crate) async fn messages_under_way_have_ids_of_their_own() {
    for version in BOTH {
        for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let corner = Corner::open().await;
            let mut listener = corner.listener(version, "listener", qos).await;
            let mut speaker = corner.client(version, "speaker").await;
            for number in 0..20 {
                speaker.sends(publish_at(qos, &corner.topic("tea"), number.to_string())).await;
            }
            let mut ids = BTreeSet::new();
            for _ in 0..20 {
                let publish = listener.message().await;
                assert_eq!((publish.qos, publish.dup), (qos, false));
                assert!(ids.insert(publish.packet_id), "{:?} twice", publish.packet_id);
            }
        }
    }
}

#[tokio::test]
pub(crate) async fn an_answer_carries_the_id_of_what_it_answers() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "client").await;
        for number in [1, 0x0100, 0xffff] {
            let id = PacketId::new(number).expect("it is not 0");
            let message = |qos| Publish { packet_id: Some(id), ..publish_at(qos, &corner.topic("a"), "x") };
            wire.send(Packet::Publish(Box::new(message(Qos::AtLeastOnce)))).await;
            assert_eq!(wire.puback().await.packet_id, id);
            wire.send(Packet::Publish(Box::new(message(Qos::ExactlyOnce)))).await;
            assert_eq!(wire.pubrec(id).await.packet_id, id);
            wire.releases(id).await; // its PUBCOMP, too

            let mut asked = subscribe([filter(&corner.topic("b"))]);
            asked.packet_id = id;
            wire.send(Packet::Subscribe(Box::new(asked))).await;
            let Packet::Suback(suback) = wire.answer().await else { panic!("no SUBACK") };
            assert_eq!(suback.packet_id, id);
            let bytes = raw::request(version, 0xa2, number, &[], &raw::text(corner.topic("b")));
            wire.send_bytes(&bytes).await;
            let Packet::Unsuback(unsuback) = wire.answer().await else { panic!("no UNSUBACK") };
            assert_eq!(unsuback.packet_id, id);
        }
    }
}

#[tokio::test]
pub(crate) async fn the_pubrel_of_the_server_carries_the_id_of_its_message() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.listener(version, "both", Qos::ExactlyOnce).await;
        for body in ["one", "two"] {
            wire.sends(publish_at(Qos::ExactlyOnce, &corner.topic("tea"), body)).await;
            assert_eq!(wire.receive().await.payload, body); // it checks the PUBREL
        }
        wire.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn where_properties_could_be_and_are_not_their_length_is_zero() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "client").await;
    let topic = corner.topic("tea");
    let text = raw::text(&topic);
    let asked = raw::request(Version::V5, 0x82, 7, &[], &[&text[..], &[0]].concat());
    wire.send_bytes(&asked).await;
    let (_, suback) = wire.next_with_bytes().await.expect("a SUBACK");
    assert_eq!(suback[..], [0x90, 4, 0, 7, 0, 0]);
    wire.sends(publish_at(Qos::AtMostOnce, &topic, "hot")).await;
    let (_, publish) = wire.next_with_bytes().await.expect("a PUBLISH");
    assert_eq!(publish[..], raw::publish(Version::V5, 0x30, topic.as_bytes(), None, &[], b"hot"));
    wire.send_bytes(&raw::request(Version::V5, 0xa2, 8, &[], &text)).await;
    let (_, unsuback) = wire.next_with_bytes().await.expect("an UNSUBACK");
    assert_eq!(unsuback[..], [0xb0, 4, 0, 8, 0, 0]);
    // And who leaves that length out has sent something else.
    let without = raw::packet(0x82, &[&[0, 9], &text, &[0]]);
    corner.breaks(Version::V5, "no length", &without, ReasonCode::MalformedPacket).await;
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_0_goes_to_qos_2_listeners_at_qos_0() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.client(version, "listener").await;
        listen(&mut listener, wish(&corner.topic("+"), Qos::ExactlyOnce)).await;
        listener.sends(publish_at(Qos::AtMostOnce, &corner.topic("tea"), "hot")).await;
        let heard = listener.receive().await;
        assert_eq!((heard.qos, heard.dup, heard.packet_id), (Qos::AtMostOnce, false, None));
    }
}
