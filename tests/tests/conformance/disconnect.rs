//! DISCONNECT, AUTH, and how errors end a connection.

use crate::corner::{BOTH, Corner};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Auth, Disconnect, Packet, Qos, Version};
use tests::{Device, Wire, publish_at};

/// Ways in which a client makes the server say goodbye, and the code of it.
fn offences(version: Version) -> Vec<(&'static str, Vec<u8>, ReasonCode)> {
    vec![
        ("no packet", vec![0x00, 0x00], ReasonCode::MalformedPacket),
        ("a server's packet", vec![0x20, 2, 0, 0], ReasonCode::ProtocolError),
        ("too large", vec![0x30, 0x80, 0x80, 0x80, 0x64], ReasonCode::PacketTooLarge),
        ("a wildcard", raw::publish(version, 0x30, b"#", None, &[], b""), ReasonCode::TopicNameInvalid),
        (
            "no filter",
            raw::request(version, 0x82, 1, &[], &[&raw::text("a/#/b")[..], &[1]].concat()),
            ReasonCode::TopicFilterInvalid,
        ),
    ]
}

#[tokio::test]
pub(crate) async fn an_error_ends_the_connection_with_its_code() {
    let corner = Corner::open().await;
    for version in BOTH {
        for (what, bytes, code) in offences(version) {
            // It looks that nothing follows the DISCONNECT, and that the connection is closed.
            corner.breaks(version, what, &bytes, code).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn nothing_is_done_after_an_error() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let tells = |words: &str| {
            raw::publish(version, 0x30, corner.topic("tea").as_bytes(), None, &[], words.as_bytes())
        };
        for (what, bytes, code) in offences(version) {
            let all = [&tells("before")[..], &bytes, &tells("after"), &[0xc0, 0]].concat();
            corner.breaks(version, what, &all, code).await;
            assert_eq!(listener.receive().await.payload, "before", "{what}");
        }
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "end")).await;
        assert_eq!(listener.receive().await.payload, "end", "nothing of what came after");
    }
}

#[tokio::test]
pub(crate) async fn a_disconnect_with_wrong_flags_ends_the_connection_like_any_error() {
    let corner = Corner::open().await;
    for version in BOTH {
        for first in [0xe1, 0xe2, 0xe8] {
            corner.breaks(version, "flags", &[first, 0], ReasonCode::MalformedPacket).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn no_disconnect_comes_before_a_connack() {
    let corner = Corner::open().await;
    // Everything that can be wrong with a first packet; `turns_away` fails at a DISCONNECT.
    for (what, bytes) in [
        ("another packet", vec![0xc0, 0]),
        ("another protocol", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("a flag", corner.hello(Version::V5, 3, &[])),
        ("no end", corner.hello(Version::V5, 2, &[b"x"])),
        ("a second CONNECT", [corner.hello(Version::V5, 3, &[]), corner.hello(Version::V5, 2, &[])].concat()),
    ] {
        corner.turns_away(Version::V5, what, &bytes).await;
    }
    assert_eq!(
        corner.ann(Version::V5).password("coffee").is_refused().await,
        ReasonCode::BadUserNameOrPassword
    );
}

#[tokio::test]
pub(crate) async fn a_disconnect_of_the_server_says_why_and_nothing_of_the_session() {
    let corner = Corner::open().await;
    let device = corner.device(Version::V5, "twice").lasting();
    let mut wire = device.connect().await;
    let _later = device.connect().await;
    let (packet, bytes) = wire.next_with_bytes().await.expect("a DISCONNECT");
    let Packet::Disconnect(bye) = packet else { panic!("no DISCONNECT") };
    assert_eq!((bye.code, bye.session_expiry), (ReasonCode::SessionTakenOver, None));
    assert!(bytes[0] == 0xe0, "{bytes:?}");
    assert_eq!(wire.next_or_end().await, None);
}

#[tokio::test]
pub(crate) async fn nothing_a_client_sends_after_its_goodbye_is_looked_at() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let mut wire = corner.client(version, "leaves").await;
        let message =
            |words| Packet::Publish(Box::new(publish_at(Qos::AtMostOnce, &corner.topic("tea"), words)));
        let goodbye = Packet::Disconnect(Box::new(Disconnect::new(ReasonCode::Success)));
        wire.send_all([message("before"), goodbye, message("after"), Packet::Pingreq]).await;
        wire.ends().await;
        assert_eq!(listener.receive().await.payload, "before");
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "end")).await;
        assert_eq!(listener.receive().await.payload, "end");
    }
}

#[tokio::test]
pub(crate) async fn who_lies_about_their_goodbye_is_ended_like_any_error() {
    let corner = Corner::open().await;
    // A code that no client uses, a server's property, a length that is none.
    for bytes in [&[0xe0, 1, 0x8e][..], &[0xe0, 1, 0x01], &[0xe0, 5, 0, 3, 0x1c, 0, 0]] {
        corner.breaks(Version::V5, "a goodbye", bytes, ReasonCode::ProtocolError).await;
    }
    corner.breaks(Version::V3, "a goodbye with a body", &[0xe0, 1, 0], ReasonCode::MalformedPacket).await;
}

fn with_method(device: Device) -> Device {
    let mut device = device;
    device.hello.authentication_method = Some("tea leaves".to_owned());
    device.hello.authentication_data = Some(b"a dog".to_vec().into());
    device
}

#[tokio::test]
pub(crate) async fn a_method_that_is_not_known_is_refused_with_its_code() {
    let corner = Corner::open().await;
    let refused = with_method(corner.device(Version::V5, "reads")).is_refused().await;
    assert_eq!(refused, ReasonCode::BadAuthenticationMethod);
}

#[tokio::test]
pub(crate) async fn who_names_no_method_hears_of_none() {
    let corner = Corner::open().await;
    // `arrive` takes a CONNACK only; an AUTH before it would fail it.
    for device in [corner.device(Version::V5, "nobody"), corner.ann(Version::V5)] {
        let (mut wire, connack) = device.arrive().await;
        assert_eq!(connack.properties.authentication_method, None);
        assert_eq!(connack.properties.authentication_data, None);
        wire.is_quiet().await;
    }
}

fn auth(code: ReasonCode) -> Packet {
    let method = Some("tea leaves".to_owned());
    Packet::Auth(Box::new(Auth { method, ..Auth::new(code) }))
}

#[tokio::test]
pub(crate) async fn who_named_no_method_and_sends_an_auth_is_ended() {
    let corner = Corner::open().await;
    for code in [ReasonCode::Reauthenticate, ReasonCode::ContinueAuthentication] {
        let mut wire = corner.client(Version::V5, "late").await;
        wire.send(auth(code)).await;
        match wire.next_or_end().await {
            Some(Packet::Disconnect(bye)) => assert!(bye.code.is_refusal(), "{bye:?}"),
            other => panic!("expected a DISCONNECT, got {other:?}"),
        }
        wire.ends().await;
    }
}

#[tokio::test]
pub(crate) async fn an_auth_with_wrong_flags_or_codes_ends_the_connection() {
    let corner = Corner::open().await;
    let method = [&[0x15][..], &raw::text("tea")].concat();
    let auth =
        |first, code| raw::packet(first, &[&[code, u8::try_from(method.len()).expect("short")], &method]);
    corner.breaks(Version::V5, "flags", &auth(0xf1, 0x19), ReasonCode::MalformedPacket).await;
    for code in [0x00, 0x01, 0x87] {
        corner.breaks(Version::V5, "a code", &auth(0xf0, code), ReasonCode::ProtocolError).await;
    }
    // 3.1.1 has no such packet.
    corner.breaks(Version::V3, "AUTH", &[0xf0, 0], ReasonCode::MalformedPacket).await;
}

/// By TCP, by a connection that is cut into single bytes, and at once.
#[tokio::test]
pub(crate) async fn packets_may_come_in_any_pieces() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let mut wire = Wire::open(corner.world.mqtt, version).await;
        let topic = corner.topic("tea");
        let all = [
            corner.hello(version, 2, &[]),
            raw::publish(version, 0x30, topic.as_bytes(), None, &[], b"one"),
            raw::publish(version, 0x32, topic.as_bytes(), Some(1), &[], &[b'x'; 200]),
            vec![0xc0, 0],
        ]
        .concat();
        for byte in &all {
            wire.send_bytes(&[*byte]).await;
        }
        assert!(matches!(wire.next().await, Packet::Connack(connack) if connack.code == ReasonCode::Success));
        assert_eq!(listener.receive().await.payload, "one");
        assert_eq!(listener.receive().await.payload.len(), 200);
        let answers = [wire.next().await, wire.next().await];
        assert!(answers.iter().any(|packet| matches!(packet, Packet::Puback(_))), "{answers:?}");
        assert!(answers.contains(&Packet::Pingresp), "{answers:?}");
    }
}
