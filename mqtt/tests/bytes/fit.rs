//! A receiver with little room gets the answer, if need be without its words.

use crate::harness::written;
use crate::strategies::{acknowledge, sent_by_server};
use bytes::BytesMut;
use mqtt::ReasonCode::{self, NotAuthorized, ServerMoved, Success};
use mqtt::encode::{AcknowledgeKind, PINGREQ, PINGRESP, Remarks, fit, size, write_acknowledge};
use mqtt::packet::{Acknowledge, Connack, ConnackProperties, Disconnect, Packet, PacketId, Suback, Version};
use proptest::prelude::*;
use proptest::sample::select;

fn directly(kind: AcknowledgeKind, packet: &Acknowledge, version: Version, maximum: u32) -> BytesMut {
    let pairs: Vec<(&str, &str)> =
        packet.user_properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let remarks = Remarks { reason: packet.reason.as_deref(), user_properties: &pairs };
    let mut out = BytesMut::new();
    write_acknowledge(kind, packet.packet_id, packet.code, remarks, version, maximum, &mut out);
    out
}

fn packet_of(kind: AcknowledgeKind, packet: Acknowledge) -> Packet {
    match kind {
        AcknowledgeKind::Puback => Packet::Puback(packet),
        AcknowledgeKind::Pubrec => Packet::Pubrec(packet),
        AcknowledgeKind::Pubrel => Packet::Pubrel(packet),
        AcknowledgeKind::Pubcomp => Packet::Pubcomp(packet),
    }
}

fn kind() -> impl Strategy<Value = AcknowledgeKind> {
    use AcknowledgeKind::*;
    select(&[Puback, Pubrec, Pubrel, Pubcomp][..])
}

/// Both versions, 5 more often: it has more to leave out.
fn version() -> impl Strategy<Value = Version> {
    select(&[Version::V3, Version::V5, Version::V5][..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_acknowledgement_written_directly_has_the_bytes_of_its_packet(
        kind in kind(),
        (version, packet) in version().prop_flat_map(|version| {
            (Just(version), acknowledge(version, &[Success, ReasonCode::QuotaExceeded]))
        }),
        maximum in 4..200u32,
    ) {
        let mut expected = packet_of(kind, packet.clone());
        // The shortest refusal has 5 bytes, and is sent whatever the maximum.
        let _ = fit(&mut expected, version, maximum);
        prop_assert_eq!(directly(kind, &packet, version, maximum), written(&expected, version));
    }

    #[test]
    fn what_is_said_to_fit_does(
        mut packet in sent_by_server(Version::V5),
        maximum in 2..200u32,
    ) {
        let before = size(&packet, Version::V5);
        let fitted = fit(&mut packet, Version::V5, maximum);
        let after = size(&packet, Version::V5);
        prop_assert_eq!(fitted, after <= maximum as usize);
        if before <= maximum as usize {
            prop_assert_eq!(after, before, "nothing was left out without need");
        }
    }
}

fn words() -> (Option<String>, Vec<(String, String)>) {
    (Some("no room".to_owned()), vec![("a".to_owned(), "b".repeat(100))])
}

fn reason_of(packet: &Packet) -> Option<&str> {
    match packet {
        Packet::Connack(connack) => connack.properties.reason.as_deref(),
        Packet::Suback(suback) => suback.reason.as_deref(),
        Packet::Disconnect(disconnect) => disconnect.reason.as_deref(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_reason_outlives_the_user_properties() {
    let (reason, user_properties) = words();
    let connack = ConnackProperties {
        reason: reason.clone(),
        user_properties: user_properties.clone(),
        ..<_>::default()
    };
    let disconnect = Disconnect {
        reason: reason.clone(),
        user_properties: user_properties.clone(),
        ..Disconnect::new(ServerMoved)
    };
    let packet_id = PacketId::new(1).unwrap();
    let answers = [
        Packet::Connack(Box::new(Connack {
            session_present: false,
            code: NotAuthorized,
            properties: connack,
        })),
        Packet::Suback(Box::new(Suback { packet_id, codes: vec![NotAuthorized], reason, user_properties })),
        Packet::Disconnect(Box::new(disconnect)),
    ];
    for mut answer in answers {
        assert!(fit(&mut answer, Version::V5, 30));
        assert_eq!(reason_of(&answer), Some("no room"));
        assert!(fit(&mut answer, Version::V5, 10));
        assert_eq!(reason_of(&answer), None);
        assert!(!fit(&mut answer, Version::V5, 2), "the code itself is never left out");
    }
}

#[test]
fn a_ping_is_two_bytes() {
    assert_eq!(written(&Packet::Pingreq, Version::V3), PINGREQ[..]);
    assert_eq!(written(&Packet::Pingresp, Version::V5), PINGRESP[..]);
}

#[test]
fn a_3_1_1_receiver_hears_the_nearest_code() {
    let refused = |code| {
        let connack = Connack { session_present: true, code, properties: ConnackProperties::default() };
        written(&Packet::Connack(Box::new(connack)), Version::V3)
    };
    assert_eq!(refused(ReasonCode::BadUserNameOrPassword), [0x20, 2, 0, 4][..]);
    assert_eq!(refused(ReasonCode::Banned), [0x20, 2, 0, 5][..]);
    assert_eq!(refused(ReasonCode::ServerBusy), [0x20, 2, 0, 3][..]);
    let codes = vec![ReasonCode::GrantedQos1, NotAuthorized];
    let suback =
        Suback { packet_id: PacketId::new(7).unwrap(), codes, reason: None, user_properties: vec![] };
    assert_eq!(written(&Packet::Suback(Box::new(suback)), Version::V3), [0x90, 4, 0, 7, 1, 0x80][..]);
}
