//! Strings, names, filters and numbers.

use bytes::Bytes;
use mqtt::packet::{PacketId, UserProperties, Version};
use mqtt::{Content, ReasonCode};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Any string of the standard: everything but U+0000.
pub(crate) fn text() -> impl Strategy<Value = String> {
    "[^\0]{0,12}"
}

pub(crate) fn binary() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..40).prop_map(Bytes::from)
}

pub(crate) fn user_properties() -> impl Strategy<Value = UserProperties> {
    vec((text(), text()), 0..4)
}

/// Words for a person, which only MQTT 5 has.
pub(crate) fn reason(version: Version) -> BoxedStrategy<(Option<String>, UserProperties)> {
    match version {
        Version::V3 => Just((None, Vec::new())).boxed(),
        Version::V5 => (option::of(text()), user_properties()).boxed(),
    }
}

pub(crate) fn packet_id() -> impl Strategy<Value = PacketId> {
    (1..=u16::MAX).prop_map(|number| PacketId::new(number).expect("it is not zero"))
}

pub(crate) fn topic() -> impl Strategy<Value = String> {
    "[^\0+#/]{1,8}(/[^\0+#/]{0,8}){0,5}"
}

pub(crate) fn filter(version: Version) -> BoxedStrategy<String> {
    let level = || prop_oneof![Just("+".to_owned()), "[^\0+#/$]{1,6}"];
    let levels = (vec(level(), 1..6), any::<bool>()).prop_map(|(levels, hash)| {
        let end = if hash { "/#" } else { "" };
        levels.join("/") + end
    });
    let plain = prop_oneof![Just("#".to_owned()), levels];
    match version {
        Version::V3 => plain.boxed(),
        Version::V5 => {
            let shared = ("[^\0+#/]{1,6}", plain.clone());
            prop_oneof![plain, shared.prop_map(|(name, filter)| format!("$share/{name}/{filter}"))].boxed()
        }
    }
}

/// A payload, and what it says that it is.
pub(crate) fn payload() -> impl Strategy<Value = (Option<u8>, Bytes)> {
    let text = "\\PC{0,40}".prop_map(Bytes::from);
    prop_oneof![
        binary().prop_map(|bytes| (None, bytes)),
        binary().prop_map(|bytes| (Some(0), bytes)),
        text.prop_map(|bytes| (Some(1), bytes)),
    ]
}

/// Content properties, without a payload format.
pub(crate) fn content() -> impl Strategy<Value = Content> {
    (option::of(text()), option::of(topic()), option::of(binary()), user_properties()).prop_map(
        |(content_type, response_topic, correlation_data, user_properties)| Content {
            payload_format: None,
            content_type,
            response_topic,
            correlation_data,
            user_properties,
        },
    )
}

pub(crate) fn one_of(codes: &'static [ReasonCode]) -> impl Strategy<Value = ReasonCode> {
    select(codes)
}
