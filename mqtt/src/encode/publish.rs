//! PUBLISH. What a receiver gets of its own stands before what all receivers share; [`crate::Frame`] writes in
//! the same order.

use super::sink::{Section, Sink};
use super::words;
use crate::packet::{Publish, PublishProperties, Qos, UserProperties, Version};
use crate::property::Property;
use std::num::NonZeroU16;

/// The fixed header's first byte.
pub(crate) const fn first_byte(dup: bool, qos: Qos, retain: bool) -> u8 {
    3 << 4 | (dup as u8) << 3 | (qos as u8) << 1 | retain as u8
}

pub(super) fn publish(publish: &Publish, version: Version, sink: &mut impl Sink) {
    sink.binary(publish.topic.as_bytes());
    if let Some(id) = publish.packet_id {
        sink.packet_id(id);
    }
    if version == Version::V5 {
        sink.section(&publish.properties);
    }
    sink.raw(&publish.payload);
}

impl Section for &PublishProperties {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        delivery(&self.subscription_ids, self.message_expiry, self.topic_alias, sink);
        content(
            self.payload_format,
            self.content_type.as_deref(),
            self.response_topic.as_deref(),
            self.correlation_data.as_deref(),
            &self.user_properties,
            sink,
        );
    }
}

/// What differs between receivers, or moments.
pub(crate) fn delivery(
    subscription_ids: &[u32],
    message_expiry: Option<u32>,
    alias: Option<NonZeroU16>,
    sink: &mut (impl Sink + ?Sized),
) {
    for &id in subscription_ids {
        sink.variable_property(Property::SubscriptionId, Some(id));
    }
    sink.four_property(Property::MessageExpiry, message_expiry);
    sink.two_property(Property::TopicAlias, alias.map(NonZeroU16::get));
}

/// What the sender said, passed on unchanged. `[MQTT5-3.3.2-4]` `[MQTT5-3.3.2-15]` `[MQTT5-3.3.2-16]`
/// `[MQTT5-3.3.2-17]` `[MQTT5-3.3.2-20]`
pub(crate) fn content(
    payload_format: Option<u8>,
    content_type: Option<&str>,
    response_topic: Option<&str>,
    correlation_data: Option<&[u8]>,
    user_properties: &UserProperties,
    sink: &mut (impl Sink + ?Sized),
) {
    sink.byte_property(Property::PayloadFormat, payload_format);
    sink.text_property(Property::ContentType, content_type);
    sink.text_property(Property::ResponseTopic, response_topic);
    sink.binary_property(Property::CorrelationData, correlation_data);
    sink.user_properties(words(user_properties));
}
