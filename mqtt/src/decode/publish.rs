//! PUBLISH, after its fixed header.

use super::connect::format;
use super::frame::Frame;
use super::properties::{Found, Properties};
use super::reader::{Reader, owned};
use super::topic;
use crate::packet::{Publish, PublishProperties, Qos, Side, Version};
use crate::property::{Carrier, Property};
use crate::{Flaw, Limits};
use std::num::NonZeroU16;

const RETAIN: u8 = 1 << 0;
const DUP: u8 = 1 << 3;

pub(super) fn publish(
    frame: Frame<'_>,
    from: Side,
    version: Version,
    limits: &Limits,
) -> Result<Publish, Flaw> {
    let dup = frame.flags & DUP != 0;
    let qos = Qos::from_number(frame.flags >> 1 & 0b11).ok_or(Flaw::Qos)?;
    if dup && qos == Qos::AtMostOnce {
        return Err(Flaw::DupWithoutQos);
    }
    let mut reader = Reader::new(frame.body);
    let topic = reader.text()?;
    let packet_id = (qos > Qos::AtMostOnce).then(|| reader.packet_id()).transpose()?;
    let properties = match version {
        Version::V5 => properties(&mut reader, from, limits)?,
        Version::V3 => PublishProperties::default(),
    };
    check_topic(topic, properties.topic_alias, version, limits)?;
    let payload = owned(reader.rest());
    format(properties.payload_format, &payload)?;
    let retain = frame.flags & RETAIN != 0;
    Ok(Publish { dup, qos, retain, topic: topic.to_owned(), packet_id, payload, properties })
}

/// An empty topic is one that its alias names. `[MQTT5-3.3.2.1]`
fn check_topic(
    topic: &str,
    alias: Option<NonZeroU16>,
    version: Version,
    limits: &Limits,
) -> Result<(), Flaw> {
    match (topic.is_empty(), alias, version) {
        (true, Some(_), _) => Ok(()),
        (true, None, Version::V5) => Err(Flaw::TopicMissing),
        _ => topic::name(topic, limits),
    }
}

fn properties(reader: &mut Reader<'_>, from: Side, limits: &Limits) -> Result<PublishProperties, Flaw> {
    let mut publish = PublishProperties::default();
    let mut properties = Properties::take(reader, Carrier::Publish)?;
    while let Some(found) = properties.next()? {
        match found.property {
            Property::PayloadFormat => publish.payload_format = Some(found.boolean()?.into()),
            Property::MessageExpiry => publish.message_expiry = Some(found.four()?),
            Property::TopicAlias => publish.topic_alias = Some(alias(&found, limits)?),
            Property::ResponseTopic => {
                topic::unbounded_name(found.str()?)?;
                publish.response_topic = Some(found.text()?);
            }
            Property::CorrelationData => publish.correlation_data = Some(found.binary()?),
            Property::User => publish.user_properties.push(found.pair()?),
            Property::SubscriptionId if from == Side::Client => return Err(Flaw::SubscriptionIdFromClient),
            Property::SubscriptionId => publish.subscription_ids.push(subscription_id(&found)?),
            Property::ContentType => publish.content_type = Some(found.text()?),
            _ => return Err(found.foreign()),
        }
    }
    Ok(publish)
}

fn alias(found: &Found<'_>, limits: &Limits) -> Result<NonZeroU16, Flaw> {
    let alias = NonZeroU16::new(found.two()?).ok_or(Flaw::AliasZero)?;
    let maximum = limits.topic_alias_maximum;
    if alias.get() > maximum {
        return Err(Flaw::AliasTooHigh { alias: alias.get(), maximum });
    }
    Ok(alias)
}

/// 1 to 268,435,455; the encoding has no room for more.
pub(super) fn subscription_id(found: &Found<'_>) -> Result<u32, Flaw> {
    match found.four()? {
        0 => Err(Flaw::SubscriptionIdZero),
        id => Ok(id),
    }
}
