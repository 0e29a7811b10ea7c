//! What a server says, and what both sides do.

use super::requests::publish;
use super::words::*;
use mqtt::ReasonCode::{self, *};
use mqtt::packet::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::num::{NonZeroU16, NonZeroU32};

/// Any packet that a server may send.
pub(crate) fn sent_by_server(version: Version) -> BoxedStrategy<Packet> {
    let both = prop_oneof![
        connack(version).prop_map(|packet| Packet::Connack(Box::new(packet))),
        publish(version, Side::Server).prop_map(|packet| Packet::Publish(Box::new(packet))),
        acknowledgement(version),
        suback(version).prop_map(|packet| Packet::Suback(Box::new(packet))),
        unsuback(version).prop_map(|packet| Packet::Unsuback(Box::new(packet))),
        Just(Packet::Pingresp),
    ];
    match version {
        Version::V3 => both.boxed(),
        Version::V5 => {
            let disconnect = disconnect().prop_map(|packet| Packet::Disconnect(Box::new(packet)));
            prop_oneof![6 => both, 1 => disconnect, 1 => auth(&[Success, ContinueAuthentication])].boxed()
        }
    }
}

/// One of the four acknowledgements of a PUBLISH.
pub(crate) fn acknowledgement(version: Version) -> impl Strategy<Value = Packet> {
    let first = || acknowledge(version, &[Success, NoMatchingSubscribers, QuotaExceeded]);
    let second = || acknowledge(version, &[Success, PacketIdentifierNotFound]);
    prop_oneof![
        first().prop_map(Packet::Puback),
        first().prop_map(Packet::Pubrec),
        second().prop_map(Packet::Pubrel),
        second().prop_map(Packet::Pubcomp),
    ]
}

pub(crate) fn acknowledge(
    version: Version,
    codes: &'static [ReasonCode],
) -> impl Strategy<Value = Acknowledge> {
    (packet_id(), one_of(codes), reason(version)).prop_map(
        move |(packet_id, code, (reason, user_properties))| Acknowledge {
            packet_id,
            code: if version == Version::V5 { code } else { Success },
            reason,
            user_properties,
        },
    )
}

pub(crate) fn auth(codes: &'static [ReasonCode]) -> impl Strategy<Value = Packet> {
    (one_of(codes), text(), option::of(binary()), reason(Version::V5)).prop_map(
        |(code, method, data, (reason, user_properties))| {
            Packet::Auth(Box::new(Auth { code, method: Some(method), data, reason, user_properties }))
        },
    )
}

fn connack(version: Version) -> BoxedStrategy<Connack> {
    // Each of these has a return code of its own in 3.1.1.
    let codes = one_of(&[Success, UnsupportedProtocolVersion, ServerUnavailable, NotAuthorized]);
    let plain = (any::<bool>(), codes).prop_map(|(present, code)| Connack {
        session_present: present && code == Success,
        code,
        properties: ConnackProperties::default(),
    });
    match version {
        Version::V3 => plain.boxed(),
        Version::V5 => (plain, connack_properties())
            .prop_map(|(plain, properties)| Connack { properties, ..plain })
            .boxed(),
    }
}

fn connack_properties() -> impl Strategy<Value = ConnackProperties> {
    let yes = || option::of(any::<bool>());
    let numbers = (
        option::of(any::<u32>()),
        option::of(any::<NonZeroU16>()),
        option::of(0..=1u8),
        option::of(any::<NonZeroU32>()),
        option::of(any::<u16>()),
        option::of(any::<u16>()),
    );
    let texts = (option::of(text()), option::of(text()), option::of(text()), option::of(text()));
    let data = option::of(binary());
    (numbers, texts, (yes(), yes(), yes(), yes()), reason(Version::V5), data).prop_map(
        |(numbers, texts, available, (reason, user_properties), authentication_data)| ConnackProperties {
            session_expiry: numbers.0,
            receive_maximum: numbers.1,
            maximum_qos: numbers.2,
            retain_available: available.0,
            maximum_packet_size: numbers.3,
            assigned_client_id: texts.0,
            topic_alias_maximum: numbers.4,
            reason,
            user_properties,
            wildcard_subscriptions: available.1,
            subscription_identifiers: available.2,
            shared_subscriptions: available.3,
            server_keep_alive: numbers.5,
            response_information: texts.1,
            server_reference: texts.2,
            authentication_method: texts.3,
            authentication_data,
        },
    )
}

fn suback(version: Version) -> impl Strategy<Value = Suback> {
    let all = match version {
        Version::V3 => &[Success, GrantedQos1, GrantedQos2, UnspecifiedError],
        Version::V5 => &[Success, GrantedQos1, GrantedQos2, NotAuthorized],
    };
    (packet_id(), vec(one_of(all), 1..6), reason(version)).prop_map(
        |(packet_id, codes, (reason, user_properties))| Suback { packet_id, codes, reason, user_properties },
    )
}

fn unsuback(version: Version) -> impl Strategy<Value = Unsuback> {
    let code = one_of(&[Success, NoSubscriptionExisted, NotAuthorized]);
    (packet_id(), vec(code, 1..6), reason(version)).prop_map(
        move |(packet_id, codes, (reason, user_properties))| Unsuback {
            packet_id,
            codes: if version == Version::V5 { codes } else { Vec::new() },
            reason,
            user_properties,
        },
    )
}

fn disconnect() -> impl Strategy<Value = Disconnect> {
    let codes = one_of(&[Success, SessionTakenOver, ServerShuttingDown, ServerMoved]);
    (codes, option::of(text()), reason(Version::V5)).prop_map(
        |(code, server_reference, (reason, user_properties))| Disconnect {
            code,
            session_expiry: None,
            reason,
            user_properties,
            server_reference,
        },
    )
}
