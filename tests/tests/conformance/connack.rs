//! CONNACK: that it comes first, and what it says.

use crate::corner::{BOTH, Corner, listen, wish};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Connack, Packet, Qos, Version};
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use tests::{Device, Wire, publish_at};

#[tokio::test]
pub(crate) async fn the_first_packet_is_a_connack_and_there_is_no_other() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = corner.device(version, "away").lasting();
        let mut wire = device.connect().await;
        listen(&mut wire, wish(&corner.topic("#"), Qos::AtLeastOnce)).await;
        wire.leave().await;
        let mut speaker = corner.client(version, "speaker").await;
        for number in 0..3 {
            speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), number.to_string())).await;
        }
        // Messages wait for it; even so they come after the CONNACK, which `arrive` takes from the wire.
        let (mut wire, connack) = device.arrive().await;
        assert_eq!((connack.code, connack.session_present), (ReasonCode::Success, true));
        for number in 0..3 {
            assert_eq!(wire.receive().await.payload, number.to_string());
        }
        wire.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn the_flags_of_a_connack_are_session_present_and_nothing_else() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = corner.device(version, "flags").lasting();
        for expected in [0, 1] {
            let mut wire = Wire::open(corner.world.mqtt, version).await;
            wire.send(Packet::Connect(Box::new(device.hello.clone()))).await;
            let (_, bytes) = wire.next_with_bytes().await.expect("a CONNACK");
            assert_eq!((bytes[0], bytes[2], bytes[3]), (0x20, expected, 0), "{bytes:?}");
            wire.leave().await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_refusal_speaks_of_no_session_and_ends_the_connection() {
    for version in BOTH {
        let corner = Corner::open().await;
        let ann = corner.ann(version).lasting();
        ann.connect().await.leave().await;
        // There is a session, and it stays: `is_refused` looks that nobody is told of it, and that this is the end.
        let refused = ann.clone().password("coffee").is_refused().await;
        assert_eq!(refused, ReasonCode::BadUserNameOrPassword);
        assert!(ann.arrive().await.1.session_present);
    }
}

async fn refusals(corner: &Corner, version: Version) -> Vec<Connack> {
    let asks = |device: Device| async move { device.try_arrive().await.expect("a CONNACK").1 };
    let mut group = corner.ann(version);
    group.hello.client_id = "$share/group/name".to_owned();
    let mut refusals = vec![asks(corner.ann(version).password("coffee")).await, asks(group).await];
    let level = if version == Version::V3 { 3 } else { 6 };
    let connect = raw::named(b"MQTT", level, version, 2, &[&raw::text("a")]);
    refusals.extend(corner.turns_away(version, "another level", &connect).await);
    if version == Version::V5 {
        let mut method = corner.device(version, "method");
        method.hello.authentication_method = Some("tea leaves".to_owned());
        refusals.push(asks(method).await);
        refusals.extend(corner.turns_away(version, "malformed", &corner.hello(version, 3, &[])).await);
    }
    refusals
}

#[tokio::test]
pub(crate) async fn a_refusal_says_why_by_a_code_of_the_standard() {
    use ReasonCode::{
        BadAuthenticationMethod, BadUserNameOrPassword, ClientIdentifierNotValid, MalformedPacket,
        UnsupportedProtocolVersion,
    };
    let corner = Corner::open().await;
    for version in BOTH {
        let codes: Vec<_> = refusals(&corner, version).await.iter().map(|refusal| refusal.code).collect();
        let mut expected = vec![BadUserNameOrPassword, ClientIdentifierNotValid, UnsupportedProtocolVersion];
        if version == Version::V5 {
            expected.extend([BadAuthenticationMethod, MalformedPacket]);
        }
        assert_eq!(codes, expected, "{version:?}");
    }
}

/// How long the CONNACK is, and what it says, for a client that takes packets of this size.
async fn connack_within(device: &Device, most: Option<u32>) -> Option<(Packet, usize)> {
    let mut device = device.clone();
    device.hello.maximum_packet_size = most.and_then(NonZeroU32::new);
    let mut wire = Wire::open(device.server(), Version::V5).await;
    wire.send(Packet::Connect(Box::new(device.hello))).await;
    wire.next_with_bytes().await.map(|(packet, bytes)| (packet, bytes.len()))
}

#[tokio::test]
pub(crate) async fn a_refusal_leaves_out_words_that_are_too_much_for_its_client() {
    let corner = Corner::open().await;
    let wrong = corner.ann(Version::V5).password("coffee");
    let (whole, length) = connack_within(&wrong, None).await.expect("a CONNACK");
    let Packet::Connack(whole) = whole else { panic!("no CONNACK") };
    assert!(whole.properties.reason.is_some(), "there are words to leave out");
    let most = u32::try_from(length).expect("it is short") - 1;
    let (brief, length) = connack_within(&wrong, Some(most)).await.expect("a CONNACK");
    let Packet::Connack(brief) = brief else { panic!("no CONNACK") };
    assert!(length <= most as usize, "{length} bytes");
    assert_eq!((brief.code, brief.properties.reason), (whole.code, None));
}

#[tokio::test]
pub(crate) async fn a_welcome_leaves_out_user_properties_that_are_too_much_for_its_client() {
    let corner = Corner::open().await;
    let device = corner.ann(Version::V5);
    let (whole, length) = connack_within(&device, None).await.expect("a CONNACK");
    let Packet::Connack(whole) = whole else { panic!("no CONNACK") };
    let most = u32::try_from(length).expect("it is short") - 1;
    match connack_within(&device, Some(most)).await {
        Some((Packet::Connack(brief), length)) => {
            assert!(length <= most as usize, "{length} bytes");
            assert!(brief.properties.user_properties.len() < whole.properties.user_properties.len());
        }
        // There was nothing to leave out: a packet that does not fit is not sent.
        other => assert!(whole.properties.user_properties.is_empty() && other.is_none(), "{other:?}"),
    }
}

#[tokio::test]
pub(crate) async fn the_client_hears_what_the_server_does() {
    let corner = Corner::open().await;
    let (_, connack) = corner.device(Version::V5, "curious").arrive().await;
    let says = connack.properties;
    // What is absent is there: every QoS, retained messages, wildcards, identifiers, shares.
    assert_eq!(says.maximum_qos, None);
    assert_ne!(says.retain_available, Some(false));
    assert_ne!(says.wildcard_subscriptions, Some(false));
    assert_ne!(says.subscription_identifiers, Some(false));
    assert_ne!(says.shared_subscriptions, Some(false));
    assert!(says.receive_maximum.is_some_and(|most| most.get() > 0));
    assert!(says.maximum_packet_size.is_some());
    assert!(says.topic_alias_maximum.is_some());
}

#[tokio::test]
pub(crate) async fn every_qos_may_be_wished_and_is_granted() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "wishes").await;
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
            listen(&mut wire, wish(&corner.topic("tea"), qos)).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_will_at_qos_2_is_welcome() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::ExactlyOnce).await;
        let mut device = corner.device(version, "leaves").will(&corner.topic("bye"), "bye");
        device.hello.will.as_mut().expect("it has one").qos = Qos::ExactlyOnce;
        drop(device.connect().await);
        assert_eq!(listener.receive().await.qos, Qos::ExactlyOnce);
    }
}

/// Rooms keep no last message for who comes later; they have a log.
#[tokio::test]
pub(crate) async fn a_will_to_be_kept_is_refused_where_nothing_is_kept() {
    let corner = Corner::open().await;
    for version in BOTH {
        let mut keeps = corner.ann(version).will("rooms/tea/say", "bye");
        keeps.connect().await.leave().await;
        keeps.hello.will.as_mut().expect("it has one").retain = true;
        let code = keeps.is_refused().await;
        if version == Version::V5 {
            assert_eq!(code, ReasonCode::RetainNotSupported);
        }
    }
}

#[tokio::test]
pub(crate) async fn given_client_ids_are_never_those_of_others() {
    let corner = Corner::open().await;
    let mut nameless = corner.device(Version::V5, "").lasting();
    nameless.hello.client_id.clear();
    let mut given = BTreeSet::new();
    for _ in 0..10 {
        let (wire, connack) = nameless.arrive().await;
        assert!(!connack.session_present);
        assert!(given.insert(connack.properties.assigned_client_id.expect("a name")));
        wire.leave().await; // its session stays
    }
}

#[tokio::test]
pub(crate) async fn nobody_hears_of_response_topics_without_asking() {
    let corner = Corner::open().await;
    for asks in [None, Some(false)] {
        let mut device = corner.device(Version::V5, "asks");
        device.hello.request_response_information = asks;
        assert_eq!(device.arrive().await.1.properties.response_information, None);
    }
}
