//! SUBSCRIBE and UNSUBSCRIBE.

use crate::corner::{BOTH, Corner, listen, wish};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Qos, Subscription, Version};
use tests::{filter, publish_at, retained, subscribe};

#[tokio::test]
pub(crate) async fn a_request_without_a_filter_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        for (name, first) in [("SUBSCRIBE", 0x82), ("UNSUBSCRIBE", 0xa2)] {
            let bytes = raw::request(version, first, 1, &[], &[]);
            corner.breaks(version, name, &bytes, ReasonCode::ProtocolError).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn reserved_options_end_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let reserved: &[u8] = if version == Version::V3 { &[4, 8, 16, 32, 64, 128] } else { &[64, 128] };
        for bit in reserved {
            let rest = [&raw::text("tea")[..], &[bit | 1]].concat();
            let bytes = raw::request(version, 0x82, 1, &[], &rest);
            corner.breaks(version, "a reserved option", &bytes, ReasonCode::MalformedPacket).await;
        }
        let rest = [&raw::text("tea")[..], &[3]].concat();
        let bytes = raw::request(version, 0x82, 1, &[], &rest);
        corner.breaks(version, "QoS 3", &bytes, ReasonCode::ProtocolError).await;
    }
}

#[tokio::test]
pub(crate) async fn a_subscribe_is_answered_for_each_filter_in_order() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "client").await;
        let qos = [Qos::ExactlyOnce, Qos::AtMostOnce, Qos::AtLeastOnce];
        let wishes = (0..9).map(|number| wish(&corner.topic(&number.to_string()), qos[number % 3]));
        let suback = wire.subscribe(subscribe(wishes)).await;
        let granted: Vec<u8> = suback.codes.iter().map(|code| *code as u8).collect();
        assert_eq!(granted, [2, 0, 1, 2, 0, 1, 2, 0, 1]);
        // Each of them holds.
        for number in [0, 4, 8] {
            wire.sends(publish_at(Qos::ExactlyOnce, &corner.topic(&number.to_string()), "x")).await;
            assert_eq!(wire.receive().await.qos, qos[number % 3]);
        }
    }
}

#[tokio::test]
pub(crate) async fn a_refused_filter_is_answered_with_0x80_in_3_1_1_and_leaves_the_others_alone() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V3, "client").await;
    let wishes = [filter(&corner.topic("a")), filter("rooms/cellar/said"), filter(&corner.topic("b"))];
    let mut asked = subscribe(wishes);
    asked.packet_id = wire.fresh_id();
    wire.send(Packet::Subscribe(Box::new(asked))).await;
    let (_, bytes) = wire.next_with_bytes().await.expect("a SUBACK");
    assert_eq!(bytes[4..], [1, 0x80, 1]);
    for topic in ["a", "b"] {
        wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic(topic), topic)).await;
        assert_eq!(wire.receive().await.payload, topic);
    }
}

#[tokio::test]
pub(crate) async fn a_filter_that_is_there_already_is_replaced() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "both").await;
        for qos in [Qos::AtMostOnce, Qos::ExactlyOnce, Qos::AtLeastOnce] {
            listen(&mut wire, wish(&corner.topic("+"), qos)).await;
            wire.sends(publish_at(Qos::ExactlyOnce, &corner.topic("tea"), "hot")).await;
            assert_eq!(wire.receive().await.qos, qos, "the last wish counts");
            wire.is_quiet().await; // and it came once
        }
        wire.unsubscribe(&[&corner.topic("+")]).await;
        wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
        wire.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn a_filter_that_is_replaced_brings_what_is_kept_again_and_loses_nothing() {
    // Often enough that a moment without the filter would be met.
    const OFTEN: u32 = 100;
    const MANY: u32 = 400;
    for version in BOTH {
        let corner = Corner::open().await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(retained(Qos::AtLeastOnce, &corner.topic("kept"), "kept")).await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        assert_eq!(listener.receive().await.payload, "kept");
        let says = async {
            for number in 0..MANY {
                speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), number.to_string())).await;
            }
        };
        let replaces = async {
            for _ in 0..OFTEN {
                listen(&mut listener, wish(&corner.topic("#"), Qos::AtLeastOnce)).await;
            }
            let (mut kept, mut next) = (0, 0);
            while kept < OFTEN || next < MANY {
                let heard = listener.receive().await;
                if heard.topic == corner.topic("kept") {
                    assert!(heard.retain);
                    kept += 1;
                } else {
                    assert_eq!(heard.payload, next.to_string());
                    next += 1;
                }
            }
            listener.is_quiet().await;
        };
        tokio::join!(says, replaces);
    }
}

#[tokio::test]
pub(crate) async fn no_local_keeps_a_clients_own_messages_from_it() {
    let corner = Corner::open().await;
    let device = corner.device(Version::V5, "own").lasting();
    let mut own = device.connect().await;
    let wish = Subscription { no_local: true, ..wish(&corner.topic("#"), Qos::ExactlyOnce) };
    listen(&mut own, wish).await;
    let mut other = corner.listener(Version::V5, "other", Qos::ExactlyOnce).await;
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
        own.sends(publish_at(qos, &corner.topic("tea"), "own")).await;
        assert_eq!(other.receive().await.payload, "own", "others hear it");
        other.sends(publish_at(qos, &corner.topic("tea"), "others")).await;
        assert_eq!(own.receive().await.payload, "others");
        other.receive().await;
    }
    own.is_quiet().await;
    // It is the client that counts, not the connection, and the option lasts with the session.
    own.leave().await;
    let mut own = device.connect().await;
    own.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "own")).await;
    own.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn no_local_on_a_shared_subscription_ends_the_connection() {
    let corner = Corner::open().await;
    let rest = [&raw::text("$share/group/tea")[..], &[0x05]].concat();
    let bytes = raw::request(Version::V5, 0x82, 1, &[], &rest);
    corner.breaks(Version::V5, "no local", &bytes, ReasonCode::ProtocolError).await;
}

#[tokio::test]
pub(crate) async fn a_message_comes_at_the_lesser_of_its_qos_and_that_of_the_subscription() {
    let all = [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce];
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "both").await;
        for wished in all {
            listen(&mut wire, wish(&corner.topic("tea"), wished)).await;
            for published in all {
                wire.sends(publish_at(published, &corner.topic("tea"), "hot")).await;
                assert_eq!(wire.receive().await.qos, published.min(wished));
            }
        }
    }
}

#[tokio::test]
pub(crate) async fn an_unsubscribe_ends_exactly_the_filters_it_names() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "both").await;
        let filters = ["tea/+", "tea/hot", "milk", "Milk"].map(|name| corner.topic(name));
        wire.subscribe(subscribe(filters.each_ref().map(|name| filter(name)))).await;
        // Each of these matches what one of those matches, and is another filter.
        let others = ["tea/#", "+/hot", "MILK", "mil", "milk/"].map(|name| corner.topic(name));
        wire.unsubscribe(&others.each_ref().map(String::as_str)).await;
        wire.unsubscribe(&[&filters[0], &filters[3]]).await;
        for (topic, heard) in [("tea/cold", false), ("tea/hot", true), ("milk", true), ("Milk", false)] {
            wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic(topic), "x")).await;
            if heard {
                assert_eq!(wire.receive().await.topic, corner.topic(topic));
            }
        }
        wire.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn an_unsubscribe_is_answered_also_where_nothing_is_ended() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "client").await;
        wire.unsubscribe(&[&corner.topic("never")]).await; // it looks at id and number of codes
        wire.unsubscribe(&[&corner.topic("never"), &corner.topic("ever")]).await;
        wire.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn nothing_new_comes_after_an_unsuback() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::ExactlyOnce).await;
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(publish_at(Qos::ExactlyOnce, &corner.topic("tea"), "before")).await;
        assert_eq!(listener.receive().await.payload, "before");
        listener.unsubscribe(&[&corner.topic("#")]).await;
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
            speaker.sends(publish_at(qos, &corner.topic("tea"), "after")).await;
        }
        listener.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn a_message_whose_sending_has_begun_is_finished_after_an_unsuback() {
    for version in BOTH {
        for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let corner = Corner::open().await;
            let device = corner.device(version, "listener").lasting();
            let mut listener = device.connect().await;
            listen(&mut listener, wish(&corner.topic("#"), Qos::ExactlyOnce)).await;
            let mut speaker = corner.client(version, "speaker").await;
            speaker.sends(publish_at(qos, &corner.topic("tea"), "begun")).await;
            let begun = listener.message().await;
            listener.unsubscribe(&[&corner.topic("#")]).await;
            drop(listener);
            let mut listener = device.connect().await;
            let again = listener.receive().await;
            assert_eq!((again.packet_id, again.dup), (begun.packet_id, true));
            listener.is_quiet().await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_pingreq_is_answered() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "client").await;
        wire.send_all([Packet::Pingreq, Packet::Pingreq, Packet::Pingreq]).await;
        for _ in 0..3 {
            let (packet, bytes) = wire.next_with_bytes().await.expect("a PINGRESP");
            assert_eq!((packet, &bytes[..]), (Packet::Pingresp, &[0xd0, 0][..]));
        }
    }
}
