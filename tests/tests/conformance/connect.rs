//! CONNECT: what must be right in it.

use crate::corner::{BOTH, Corner};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Password, Qos, Version};
use tests::{Wire, publish_at};

#[tokio::test]
pub(crate) async fn whatever_comes_before_a_connect_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let packets = [
            ("PINGREQ", vec![0xc0, 0]),
            ("PUBLISH", raw::publish(version, 0x30, b"tea", None, &[], b"x")),
            ("SUBSCRIBE", raw::request(version, 0x82, 1, &[], &[&raw::text("a")[..], &[1]].concat())),
            ("DISCONNECT", vec![0xe0, 0]),
            ("CONNACK", vec![0x20, 2, 0, 0]),
        ];
        for (name, bytes) in packets {
            assert_eq!(corner.turns_away(version, name, &bytes).await, None, "{name} was answered");
        }
    }
}

#[tokio::test]
pub(crate) async fn a_second_connect_ends_the_connection() {
    let corner = Corner::open().await;
    for version in BOTH {
        let again = corner.hello(version, 2, &[]);
        corner.breaks(version, "a second CONNECT", &again, ReasonCode::ProtocolError).await;
    }
}

#[tokio::test]
pub(crate) async fn another_protocol_is_not_spoken() {
    let corner = Corner::open().await;
    for version in BOTH {
        for name in [&b"MQTX"[..], b"mqtt", b"MQT", b"MQTTT", b"", b"M\xffTT"] {
            let id = raw::text("raw");
            let connect = raw::named(name, if version == Version::V3 { 4 } else { 5 }, version, 2, &[&id]);
            assert_eq!(corner.turns_away(version, "another name", &connect).await, None, "{name:?}");
        }
    }
}

#[tokio::test]
pub(crate) async fn another_level_of_the_protocol_is_refused_with_its_code() {
    let corner = Corner::open().await;
    let id = raw::text("raw");
    let levels = [(Version::V3, 0), (Version::V3, 3), (Version::V5, 6), (Version::V5, 0x7f)];
    for (version, level) in levels {
        let connect = raw::named(b"MQTT", level, version, 2, &[&id]);
        let connack = corner.turns_away(version, "another level", &connect).await.expect("a CONNACK");
        assert_eq!(connack.code, ReasonCode::UnsupportedProtocolVersion, "level {level}");
    }
}

#[tokio::test]
pub(crate) async fn a_reserved_flag_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        let connect = corner.hello(version, 3, &[]);
        corner.refuses(version, "the reserved flag", &connect, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn a_will_flag_without_a_will_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        let none = raw::properties(version, &[]);
        let topic = raw::text("bye");
        for fields in [&[][..], &[&none[..]][..], &[&none[..], &topic][..]] {
            let connect = corner.hello(version, 6, fields);
            corner.refuses(version, "half a will", &connect, ReasonCode::MalformedPacket).await;
        }
        // And a will without its flag is what nobody asked for.
        let connect = corner.hello(version, 2, &[&none, &topic, &topic]);
        corner.refuses(version, "a will too many", &connect, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn a_will_qos_without_a_will_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        for qos in [0x08, 0x10] {
            let connect = corner.hello(version, 2 | qos, &[]);
            corner.refuses(version, "a will QoS", &connect, ReasonCode::ProtocolError).await;
        }
    }
}

#[tokio::test]
pub(crate) async fn a_will_retain_without_a_will_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        let connect = corner.hello(version, 0x22, &[]);
        corner.refuses(version, "a will retain", &connect, ReasonCode::ProtocolError).await;
    }
}

#[tokio::test]
pub(crate) async fn a_will_qos_of_3_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        let will = [&raw::properties(version, &[])[..], &raw::text("bye"), &raw::text("bye")].concat();
        let connect = corner.hello(version, 0x1e, &[&will]);
        corner.refuses(version, "a will QoS of 3", &connect, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn a_user_name_is_there_exactly_if_its_flag_says_so() {
    let corner = Corner::open().await;
    for version in BOTH {
        let missing = corner.hello(version, 0x82, &[]);
        corner.refuses(version, "no user name", &missing, ReasonCode::MalformedPacket).await;
        let unasked = corner.hello(version, 2, &[&raw::text("ann")]);
        corner.refuses(version, "a user name too many", &unasked, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn a_password_is_there_exactly_if_its_flag_says_so() {
    let corner = Corner::open().await;
    for version in BOTH {
        let name = raw::text("ann");
        let missing = corner.hello(version, 0xc2, &[&name]);
        corner.refuses(version, "no password", &missing, ReasonCode::MalformedPacket).await;
        let unasked = corner.hello(version, 0x82, &[&name, &raw::text("tea")]);
        corner.refuses(version, "a password too many", &unasked, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn a_password_without_a_user_name_lets_nobody_in_by_3_1_1() {
    let corner = Corner::open().await;
    let connect = corner.hello(Version::V3, 0x42, &[&raw::text("tea")]);
    corner.refuses(Version::V3, "a password alone", &connect, ReasonCode::ProtocolError).await;
}

/// All fields at once: had one been taken for another, ann would not be let in, or her will would be another.
#[tokio::test]
pub(crate) async fn the_fields_of_a_connect_are_read_in_their_order() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let fields = [
            raw::text(corner.id("anns")),
            raw::properties(version, &[]),
            raw::text(corner.topic("bye")),
            raw::text("last words"),
            raw::text("ann"),
            raw::text(corner.world.token("ann")),
        ];
        let mut wire = Wire::open(corner.world.mqtt, version).await;
        wire.send_bytes(&raw::connect(version, 0xce, &fields.each_ref().map(Vec::as_slice))).await;
        let Packet::Connack(connack) = wire.next().await else { panic!("no CONNACK") };
        assert_eq!(connack.code, ReasonCode::Success, "{version:?}: {connack:?}");
        drop(wire);
        let will = listener.receive().await;
        assert_eq!((will.topic, &will.payload[..]), (corner.topic("bye"), &b"last words"[..]));
    }
}

#[tokio::test]
pub(crate) async fn a_connect_without_a_client_id_field_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        let connect = raw::connect(version, 2, &[]);
        corner.refuses(version, "no client id", &connect, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn client_ids_of_1_to_23_letters_and_digits_are_welcome() {
    let corner = Corner::open().await;
    let ids = ["0", "z", "0123456789abcdefghijklm", "nopqrstuvwxyzABCDEFGHIJ", "KLMNOPQRSTUVWXYZ"];
    for version in BOTH {
        for id in ids {
            let mut device = corner.device(version, "");
            id.clone_into(&mut device.hello.client_id);
            let (mut wire, connack) = device.arrive().await;
            assert_eq!(connack.properties.assigned_client_id, None, "{id} is a name");
            wire.is_alive().await;
        }
    }
}

#[tokio::test]
pub(crate) async fn who_comes_without_a_client_id_is_given_one() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut nameless = corner.device(version, "");
        nameless.hello.client_id.clear();
        let (mut one, first) = nameless.arrive().await;
        let (mut two, second) = nameless.arrive().await;
        assert!(!first.session_present && !second.session_present);
        // Had they the same name, the second would have taken the place of the first.
        one.is_alive().await;
        two.is_alive().await;
        let given = [first, second].map(|connack| connack.properties.assigned_client_id);
        if version == Version::V5 {
            let [first, second] = given.map(|id| id.expect("MQTT 5 says the name"));
            assert!(!first.is_empty() && first != second);
        }
    }
}

#[tokio::test]
pub(crate) async fn a_given_client_id_is_as_good_as_one_of_the_clients_own() {
    let corner = Corner::open().await;
    let mut nameless = corner.device(Version::V5, "").lasting();
    nameless.hello.client_id.clear();
    let (mut wire, connack) = nameless.arrive().await;
    crate::corner::listen(&mut wire, crate::corner::wish(&corner.topic("tea"), Qos::AtLeastOnce)).await;
    drop(wire);
    nameless.hello.client_id = connack.properties.assigned_client_id.expect("a name was given");
    let (mut wire, connack) = nameless.arrive().await;
    assert!(connack.session_present);
    assert_eq!(connack.properties.assigned_client_id, None);
    wire.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot")).await;
    assert_eq!(wire.receive().await.payload, "hot");
}

#[tokio::test]
pub(crate) async fn an_empty_client_id_with_a_lasting_session_is_refused_in_3_1_1() {
    let corner = Corner::open().await;
    let mut nameless = corner.device(Version::V3, "").lasting();
    nameless.hello.client_id.clear();
    assert_eq!(nameless.is_refused().await, ReasonCode::ClientIdentifierNotValid);
}

#[tokio::test]
pub(crate) async fn a_client_id_that_is_not_taken_is_refused_with_its_code() {
    let corner = Corner::open().await;
    for version in BOTH {
        let mut group = corner.ann(version);
        group.hello.client_id = "$share/group/name".to_owned();
        assert_eq!(group.is_refused().await, ReasonCode::ClientIdentifierNotValid, "{version:?}");
    }
}

#[tokio::test]
pub(crate) async fn a_connect_that_is_malformed_lets_nobody_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        let trailing = corner.hello(version, 2, &[b"more"]);
        corner.refuses(version, "more than all", &trailing, ReasonCode::MalformedPacket).await;
        let mut short = corner.hello(version, 2, &[]);
        short[1] -= 1;
        short.pop();
        corner.refuses(version, "a byte less", &short, ReasonCode::MalformedPacket).await;
    }
}

#[tokio::test]
pub(crate) async fn who_can_not_prove_who_they_are_is_not_let_in() {
    let corner = Corner::open().await;
    for version in BOTH {
        assert_eq!(
            corner.ann(version).password("coffee").is_refused().await,
            ReasonCode::BadUserNameOrPassword
        );
    }
}

#[tokio::test]
pub(crate) async fn what_follows_a_refused_connect_is_not_looked_at() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let mut hello = corner.ann(version).hello;
        hello.password = Some(Password(b"coffee".to_vec().into()));
        let mut wire = Wire::open(corner.world.mqtt, version).await;
        let unheard = Packet::Publish(Box::new(publish_at(Qos::AtMostOnce, &corner.topic("tea"), "unheard")));
        wire.send_all([Packet::Connect(Box::new(hello)), unheard, Packet::Pingreq]).await;
        assert!(matches!(wire.next().await, Packet::Connack(_)));
        assert_eq!(wire.next_or_end().await, None, "nothing else is answered");
        let mut speaker = corner.client(version, "speaker").await;
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "heard")).await;
        assert_eq!(listener.receive().await.payload, "heard");
    }
}

#[tokio::test]
pub(crate) async fn what_follows_a_connect_need_not_wait_for_the_connack() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut listener = corner.listener(version, "listener", Qos::AtLeastOnce).await;
        let hello = corner.device(version, "hasty").hello;
        let mut wire = Wire::open(corner.world.mqtt, version).await;
        let message = Packet::Publish(Box::new(publish_at(Qos::AtMostOnce, &corner.topic("tea"), "hot")));
        wire.send_all([Packet::Connect(Box::new(hello)), message, Packet::Pingreq]).await;
        assert!(matches!(wire.next().await, Packet::Connack(connack) if connack.code == ReasonCode::Success));
        assert_eq!(wire.next().await, Packet::Pingresp);
        assert_eq!(listener.receive().await.payload, "hot");
    }
}
