//! A frame is the PUBLISH it stands for, byte by byte, whoever receives it.

use crate::strategies::publish;
use bytes::BytesMut;
use mqtt::packet::{Packet, Publish, Qos, Side, Version};
use mqtt::{Alias, Content, Dress, Frame, encode};
use proptest::prelude::*;
use std::sync::Arc;

fn frame_of(publish: &Publish, topic: &str) -> Frame {
    Frame::new(topic, publish.payload.clone(), Content::from(publish.properties.clone()))
}

fn dress(publish: &Publish, version: Version) -> Dress<'_> {
    let alias = |number| if publish.topic.is_empty() { Alias::Known(number) } else { Alias::New(number) };
    Dress {
        version,
        qos: publish.qos,
        dup: publish.dup,
        retain: publish.retain,
        packet_id: publish.packet_id,
        subscription_ids: &publish.properties.subscription_ids,
        message_expiry: publish.properties.message_expiry,
        alias: publish.properties.topic_alias.map(alias),
    }
}

fn bytes_of(frame: &Frame, dress: &Dress<'_>) -> BytesMut {
    let mut out = BytesMut::new();
    frame.write(dress, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_frame_has_the_bytes_of_its_publish(publish in publish(Version::V5, Side::Server)) {
        let known = if publish.topic.is_empty() { "known/by/its/alias" } else { &publish.topic };
        let frame = frame_of(&publish, known);
        let mut expected = BytesMut::new();
        encode(&Packet::Publish(Box::new(publish.clone())), Version::V5, &mut expected);
        let dress = dress(&publish, Version::V5);
        prop_assert_eq!(bytes_of(&frame, &dress), &expected);
        prop_assert_eq!(bytes_of(&frame, &dress), &expected, "the second receiver");
        prop_assert_eq!(frame.size(&dress), expected.len());
    }

    #[test]
    fn a_receiver_of_3_1_1_gets_topic_and_payload_alone(publish in publish(Version::V5, Side::Server)) {
        let topic = "room/tea/said";
        let frame = frame_of(&publish, topic);
        let plain = Publish { topic: topic.to_owned(), ..publish.clone() };
        let mut expected = BytesMut::new();
        encode(&Packet::Publish(Box::new(plain)), Version::V3, &mut expected);
        let dress = dress(&publish, Version::V3);
        prop_assert_eq!(bytes_of(&frame, &dress), &expected);
        prop_assert_eq!(frame.size(&dress), expected.len());
    }

    #[test]
    fn the_room_a_frame_asks_for_in_a_queue_is_enough(publish in publish(Version::V5, Side::Server)) {
        let frame = frame_of(&publish, "a");
        let plain = Dress { subscription_ids: &[], ..dress(&publish, Version::V5) };
        prop_assert!(frame.size(&plain) <= frame.len_hint());
    }
}

#[test]
fn one_frame_serves_receivers_on_many_threads() {
    let content = Content { content_type: Some("text/plain".to_owned()), ..Content::default() };
    let frame = Arc::new(Frame::new("rooms/tea/said", "hello".into(), content));
    let receivers: Vec<_> = (0..8)
        .map(|_| {
            let frame = Arc::clone(&frame);
            std::thread::spawn(move || bytes_of(&frame, &plain()))
        })
        .collect();
    let expected = bytes_of(&frame, &plain());
    for receiver in receivers {
        assert_eq!(receiver.join().unwrap(), expected);
    }
}

fn plain() -> Dress<'static> {
    Dress {
        version: Version::V5,
        qos: Qos::AtMostOnce,
        dup: false,
        retain: false,
        packet_id: None,
        subscription_ids: &[],
        message_expiry: None,
        alias: None,
    }
}

#[test]
fn a_frame_does_not_print_what_it_carries() {
    let frame = Frame::new("rooms/tea/said", "the kettle is on".into(), Content::default());
    assert!(!format!("{frame:?}").contains("kettle"));
}
