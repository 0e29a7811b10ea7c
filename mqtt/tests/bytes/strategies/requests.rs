//! What a client says.

use super::answers::{acknowledgement, auth};
use super::words::*;
use mqtt::ReasonCode;
use mqtt::packet::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::num::{NonZeroU16, NonZeroU32};

/// Any packet that a client may send after its CONNECT.
pub(crate) fn sent_by_client(version: Version) -> BoxedStrategy<Packet> {
    let both = prop_oneof![
        publish(version, Side::Client).prop_map(|packet| Packet::Publish(Box::new(packet))),
        acknowledgement(version),
        subscribe(version).prop_map(|packet| Packet::Subscribe(Box::new(packet))),
        unsubscribe(version).prop_map(|packet| Packet::Unsubscribe(Box::new(packet))),
        Just(Packet::Pingreq),
        disconnect(version).prop_map(|packet| Packet::Disconnect(Box::new(packet))),
    ];
    match version {
        Version::V3 => both.boxed(),
        Version::V5 => {
            let codes = &[ReasonCode::ContinueAuthentication, ReasonCode::Reauthenticate];
            prop_oneof![6 => both, 1 => auth(codes)].boxed()
        }
    }
}

pub(crate) fn connect(version: Version) -> BoxedStrategy<Connect> {
    let named = (text(), any::<bool>(), any::<u16>(), option::of(text()), option::of(binary()));
    let plain = (named, option::of(will(version))).prop_map(move |(named, will)| {
        let (client_id, clean, keep_alive, user_name, password) = named;
        let password = password.filter(|_| version == Version::V5 || user_name.is_some());
        Connect {
            clean_start: clean || (version == Version::V3 && client_id.is_empty()),
            keep_alive,
            user_name,
            password: password.map(Password),
            will: will.map(Box::new),
            ..Connect::new(version, client_id)
        }
    });
    match version {
        Version::V3 => plain.boxed(),
        Version::V5 => with_properties(plain),
    }
}

fn with_properties(plain: impl Strategy<Value = Connect> + 'static) -> BoxedStrategy<Connect> {
    let numbers = option::of(any::<u32>());
    let maxima = (option::of(any::<NonZeroU16>()), option::of(any::<NonZeroU32>()), option::of(any::<u16>()));
    let wishes = (option::of(any::<bool>()), option::of(any::<bool>()));
    let authentication = option::of((text(), option::of(binary())));
    (plain, numbers, maxima, wishes, user_properties(), authentication)
        .prop_map(|(plain, session_expiry, maxima, wishes, user_properties, authentication)| {
            let (authentication_method, authentication_data) = authentication.unzip();
            Connect {
                session_expiry,
                receive_maximum: maxima.0,
                maximum_packet_size: maxima.1,
                topic_alias_maximum: maxima.2,
                request_response_information: wishes.0,
                request_problem_information: wishes.1,
                user_properties,
                authentication_method,
                authentication_data: authentication_data.flatten(),
                ..plain
            }
        })
        .boxed()
}

fn will(version: Version) -> impl Strategy<Value = Will> {
    let numbers = (option::of(any::<u32>()), option::of(any::<u32>()));
    (topic(), payload(), qos(), any::<bool>(), numbers, content()).prop_map(
        move |(topic, (payload_format, payload), qos, retain, (delay, message_expiry), content)| {
            let properties = WillProperties {
                delay,
                payload_format,
                message_expiry,
                content_type: content.content_type,
                response_topic: content.response_topic,
                correlation_data: content.correlation_data,
                user_properties: content.user_properties,
            };
            let properties = if version == Version::V5 { properties } else { WillProperties::default() };
            Will { topic, payload, qos, retain, properties }
        },
    )
}

pub(crate) fn qos() -> impl Strategy<Value = Qos> {
    select(&[Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce][..])
}

pub(crate) fn publish(version: Version, from: Side) -> impl Strategy<Value = Publish> {
    let head = (qos(), any::<bool>(), any::<bool>(), packet_id(), topic(), payload());
    (head, properties(from), any::<bool>()).prop_map(move |(head, mut properties, by_alias)| {
        let (qos, dup, retain, id, topic, (payload_format, payload)) = head;
        properties.payload_format = payload_format;
        let properties = if version == Version::V5 { properties } else { PublishProperties::default() };
        let by_alias = by_alias && properties.topic_alias.is_some();
        Publish {
            dup: dup && qos > Qos::AtMostOnce,
            qos,
            retain,
            topic: if by_alias { String::new() } else { topic },
            packet_id: (qos > Qos::AtMostOnce).then_some(id),
            payload,
            properties,
        }
    })
}

fn properties(from: Side) -> impl Strategy<Value = PublishProperties> {
    let most = if from == Side::Server { 3 } else { 0 };
    let alias = (1..=16u16).prop_map(|number| NonZeroU16::new(number).expect("it is not zero"));
    (option::of(any::<u32>()), option::of(alias), vec(1..1u32 << 28, 0..=most), content()).prop_map(
        |(message_expiry, topic_alias, subscription_ids, content)| PublishProperties {
            payload_format: None,
            message_expiry,
            topic_alias,
            response_topic: content.response_topic,
            correlation_data: content.correlation_data,
            user_properties: content.user_properties,
            subscription_ids,
            content_type: content.content_type,
        },
    )
}

fn subscribe(version: Version) -> impl Strategy<Value = Subscribe> {
    let id = option::of(1..1u32 << 28);
    (packet_id(), vec(subscription(version), 1..5), id, user_properties()).prop_map(
        move |(packet_id, subscriptions, id, user_properties)| Subscribe {
            packet_id,
            subscriptions,
            subscription_id: id.filter(|_| version == Version::V5),
            user_properties: if version == Version::V5 { user_properties } else { Vec::new() },
        },
    )
}

fn subscription(version: Version) -> impl Strategy<Value = Subscription> {
    let handling = select(&[RetainHandling::Always, RetainHandling::IfNew, RetainHandling::Never][..]);
    (filter(version), qos(), any::<bool>(), any::<bool>(), handling).prop_map(
        move |(filter, qos, no_local, retain_as_published, handling)| {
            let v5 = version == Version::V5;
            Subscription {
                no_local: no_local && v5 && !filter.starts_with("$share/"),
                filter,
                qos,
                retain_as_published: retain_as_published && v5,
                retain_handling: if v5 { handling } else { RetainHandling::Always },
            }
        },
    )
}

fn unsubscribe(version: Version) -> impl Strategy<Value = Unsubscribe> {
    (packet_id(), vec(filter(version), 1..5), user_properties()).prop_map(
        move |(packet_id, filters, user_properties)| Unsubscribe {
            packet_id,
            filters,
            user_properties: if version == Version::V5 { user_properties } else { Vec::new() },
        },
    )
}

fn disconnect(version: Version) -> BoxedStrategy<Disconnect> {
    let codes = one_of(&[ReasonCode::Success, ReasonCode::DisconnectWithWill, ReasonCode::ProtocolError]);
    match version {
        Version::V3 => Just(Disconnect::new(ReasonCode::Success)).boxed(),
        Version::V5 => (codes, option::of(any::<u32>()), reason(version))
            .prop_map(|(code, session_expiry, (reason, user_properties))| Disconnect {
                code,
                session_expiry,
                reason,
                user_properties,
                server_reference: None,
            })
            .boxed(),
    }
}
