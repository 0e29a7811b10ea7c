//! Texts and lengths in packets.

use crate::corner::{BOTH, Corner, listen, wish};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Qos, Version};
use tests::publish_at;

/// A byte that is none of UTF-8, a slash written too long, half of a surrogate, a character cut short.
const NO_TEXT: [&[u8]; 4] = [b"a\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"a\xe2\x82"];

/// All that no text may contain.
fn bad_texts() -> impl Iterator<Item = Vec<u8>> {
    NO_TEXT.into_iter().chain([&b"a\0b"[..]]).map(raw::text)
}

#[tokio::test]
pub(crate) async fn a_topic_that_is_no_utf8_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        for topic in NO_TEXT {
            let bytes = raw::publish(version, 0x30, topic, None, &[], b"x");
            corner.breaks(version, "a topic", &bytes, ReasonCode::MalformedPacket).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_filter_that_is_no_utf8_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        for filter in NO_TEXT.map(raw::text) {
            let subscribe = raw::request(version, 0x82, 1, &[], &[&filter[..], &[1]].concat());
            corner.breaks(version, "a SUBSCRIBE", &subscribe, ReasonCode::MalformedPacket).await;
            let unsubscribe = raw::request(version, 0xa2, 1, &[], &filter);
            corner.breaks(version, "an UNSUBSCRIBE", &unsubscribe, ReasonCode::MalformedPacket).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_client_id_that_is_no_utf8_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        for id in bad_texts() {
            let connect = raw::connect(version, 2, &[&id]);
            corner.refuses(version, "a client id", &connect, ReasonCode::MalformedPacket).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_will_topic_that_is_no_utf8_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        let none = raw::properties(version, &[]);
        for topic in bad_texts() {
            let connect = corner.hello(version, 6, &[&none, &topic, &raw::text("bye")]);
            corner.refuses(version, "a will topic", &connect, ReasonCode::MalformedPacket).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_user_name_that_is_no_utf8_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        for name in bad_texts() {
            let connect = corner.hello(version, 0x82, &[&name]);
            corner.refuses(version, "a user name", &connect, ReasonCode::MalformedPacket).await;
        }
    }
}

/// A PUBLISH of MQTT 5 with a property that holds texts.
async fn breaks_by_property(corner: &Corner, property: u8, texts: &[&[u8]]) {
    let property = [&[&[property][..]], texts].concat().concat();
    let bytes = raw::publish(Version::V5, 0x30, b"tea", None, &property, b"x");
    corner.breaks(Version::V5, "a property", &bytes, ReasonCode::MalformedPacket).await;
}

#[tokio::test]
pub(crate) async fn a_response_topic_that_is_no_utf8_ends_the_connection() {
    let corner = Corner::open().await;
    for text in bad_texts() {
        breaks_by_property(&corner, 0x08, &[&text]).await;
    }
}

#[tokio::test]
pub(crate) async fn a_content_type_that_is_no_utf8_ends_the_connection() {
    let corner = Corner::open().await;
    for text in bad_texts() {
        breaks_by_property(&corner, 0x03, &[&text]).await;
    }
}

#[tokio::test]
pub(crate) async fn a_user_property_with_a_half_that_is_no_utf8_ends_the_connection() {
    let corner = Corner::open().await;
    let good = raw::text("good");
    for text in bad_texts() {
        breaks_by_property(&corner, 0x26, &[&text, &good]).await;
        breaks_by_property(&corner, 0x26, &[&good, &text]).await;
    }
}

#[tokio::test]
pub(crate) async fn a_null_in_a_topic_or_a_filter_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let publish = raw::publish(version, 0x30, b"a\0b", None, &[], b"x");
        corner.breaks(version, "a topic", &publish, ReasonCode::MalformedPacket).await;
        let filter = raw::text(b"a\0b");
        let subscribe = raw::request(version, 0x82, 1, &[], &[&filter[..], &[1]].concat());
        corner.breaks(version, "a SUBSCRIBE", &subscribe, ReasonCode::MalformedPacket).await;
        let unsubscribe = raw::request(version, 0xa2, 1, &[], &filter);
        corner.breaks(version, "an UNSUBSCRIBE", &unsubscribe, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn a_zero_width_no_break_space_is_a_character_like_any_other() {
    for version in BOTH {
        let corner = Corner::open().await;
        let (plain, marked) = (corner.topic("tea"), corner.topic("\u{feff}tea"));
        let mut listener = corner.client(version, "listener").await;
        listen(&mut listener, wish(&marked, Qos::AtLeastOnce)).await;
        let mut speaker = corner.client(version, "speaker").await;
        for topic in [&plain, &marked] {
            speaker.sends(publish_at(Qos::AtLeastOnce, topic, topic)).await;
        }
        assert_eq!(listener.receive().await.topic, marked, "what came first");
    }
}

#[tokio::test]
pub(crate) async fn a_length_that_is_longer_than_needed_ends_the_connection() {
    let corner = Corner::open().await;
    let filter = raw::text("tea");
    let property_length = raw::packet(0x82, &[&[0, 1], &[0x80, 0], &filter, &[1]]);
    for (what, bytes) in [("properties", &property_length[..]), ("a packet", &[0xc0, 0x80, 0x00])] {
        corner.breaks(Version::V5, what, bytes, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn the_server_writes_lengths_in_the_shortest_way() {
    let corner = Corner::open().await;
    let mut wire = corner.listener(Version::V5, "both", Qos::AtMostOnce).await;
    let topic = corner.topic("tea");
    // Around the places where one more byte is needed; the strict client refuses a byte too many.
    for around in [128_usize, 16_384] {
        for length in around - topic.len() - 5..around + 2 {
            wire.sends(publish_at(Qos::AtMostOnce, &topic, vec![b'x'; length])).await;
            let (_, bytes) = wire.next_with_bytes().await.expect("the connection ended");
            let body = 2 + topic.len() + 1 + length;
            let shortest = 1 + usize::from(body >= 128) + usize::from(body >= 16_384);
            assert_eq!(bytes.len(), 1 + shortest + body, "a body of {body} bytes");
        }
    }
}
