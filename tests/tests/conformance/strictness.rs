//! What no client may send, and what it is answered: every packet of the codec's own table, to the running server.

use crate::corner::{BOTH, Corner};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Qos, Version};
use tests::{Wire, publish_at};

/// The table that the codec is tested with: `version verdict name hex code answer from`.
const PACKETS: &str = include_str!("../../../mqtt/tests/packets.tsv");

/// A packet that is refused.
struct Wrong {
    version: Version,
    name: &'static str,
    bytes: Vec<u8>,
    /// What the server says about it, if it says anything.
    code: Option<u8>,
    is_greeting: bool,
}

fn wrong() -> impl Iterator<Item = Wrong> {
    let rows = PACKETS.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [version, verdict, name, hex, code, _, from] = columns[..] else { panic!("not a row: {line}") };
        let version = if version == "5" { Version::V5 } else { Version::V3 };
        let code = code.strip_prefix("0x").map(|code| u8::from_str_radix(code, 16).expect("a code"));
        let wrong = Wrong { version, name, bytes: bytes(hex), code, is_greeting: from == "greeting" };
        (verdict == "invalid" && from != "server").then_some(wrong)
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).expect("hex")).collect()
}

/// The first byte that tells: the code of a CONNACK or DISCONNECT as it stands there.
async fn told(wire: &mut Wire) -> Option<u8> {
    let (packet, bytes) = wire.next_with_bytes().await?;
    match packet {
        Packet::Connack(_) => Some(bytes[3]),
        Packet::Disconnect(_) => Some(bytes[2]),
        other => panic!("expected the end, got {other:?}"),
    }
}

#[tokio::test]
pub(crate) async fn every_packet_that_the_standard_forbids_ends_its_connection_with_its_code() {
    let corner = Corner::open().await;
    let mut count = 0;
    for Wrong { version, name, bytes, code, is_greeting } in wrong() {
        let mut wire = match is_greeting {
            // A refused greeting is told in the version that it comes closest to.
            true => Wire::open(corner.world.mqtt, version).await,
            false => corner.client(version, "strict").await,
        };
        wire.send_bytes(&bytes).await;
        assert_eq!(told(&mut wire).await, code, "{name} in {version:?}: {bytes:02x?}");
        assert_eq!(wire.next_or_end().await, None, "{name} in {version:?}: goes on");
        count += 1;
    }
    assert!(count > 250, "the table has lost its rows: {count}");
}

#[tokio::test]
pub(crate) async fn poison_reaches_nobody() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::ExactlyOnce).await;
        let own = |topic: &str| corner.topic(topic).into_bytes();
        let mut poison = vec![
            raw::publish(version, 0x30, &own("a/+"), None, &[], b"poison"),
            raw::publish(version, 0x30, &own("a\0"), None, &[], b"poison"),
            raw::publish(version, 0x38, &own("a"), None, &[], b"poison"),
            raw::publish(version, 0x36, &own("a"), Some(1), &[], b"poison"),
            raw::publish(version, 0x32, &own("a"), Some(0), &[], b"poison"),
            [&own("a")[..], b"\xff"].concat(),
        ];
        if version == Version::V5 {
            for property in [
                &[0x01, 2][..],                  // a payload format that is none
                &[0x01, 1, 0x01, 1],             // twice
                &[0x23, 0, 0],                   // alias 0
                &[0x0b, 1],                      // a subscription identifier
                &[0x11, 0, 0, 0, 1],             // of another packet
                &[0x7f, 0],                      // of none
                &[0x08, 0, 3, b'a', b'/', b'#'], // a response topic with a wildcard
                &[0x03, 0, 1, 0xff],             // a content type that is no text
            ] {
                poison.push(raw::publish(version, 0x30, &own("a"), None, property, b"poison"));
            }
            // A text that is none.
            poison.push(raw::publish(version, 0x30, &own("a"), None, &[0x01, 1], b"\xff"));
        }
        for bytes in poison {
            let mut wire = corner.client(version, "poisons").await;
            wire.send_bytes(&bytes).await;
            let said = wire.next_or_end().await;
            assert!(matches!(said, None | Some(Packet::Disconnect(_))), "{bytes:02x?}: {said:?}");
        }
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("a"), "clean")).await;
        assert_eq!(listener.receive().await.payload, "clean");
    }
}

#[tokio::test]
pub(crate) async fn mqtt_3_1_hears_that_it_is_too_old() {
    let corner = Corner::open().await;
    let old = raw::named(b"MQIsdp", 3, Version::V3, 2, &[&raw::text("old")]);
    let told = corner.turns_away(Version::V3, "MQTT 3.1", &old).await.expect("a CONNACK");
    assert_eq!(told.code, ReasonCode::UnsupportedProtocolVersion);
}

#[tokio::test]
pub(crate) async fn a_payload_that_says_it_is_text_must_be() {
    let corner = Corner::open().await;
    let bytes = raw::publish(Version::V5, 0x30, b"tea", None, &[0x01, 1], b"\xc0\xaf");
    corner.breaks(Version::V5, "no text", &bytes, ReasonCode::PayloadFormatInvalid).await;
    // One that says nothing may be anything.
    let mut wire = corner.listener(Version::V5, "both", Qos::AtLeastOnce).await;
    wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), b"\xc0\xaf")).await;
    assert_eq!(wire.receive().await.payload[..], b"\xc0\xaf"[..]);
}
