//! CONNECT, after its fixed header.

use super::properties::Properties;
use super::reader::{Reader, owned};
use super::topic;
use crate::packet::{Connect, Password, Qos, Version, Will, WillProperties};
use crate::property::{Carrier, Property};
use crate::{Flaw, Limits};
use bytes::Bytes;
use std::str;

/// Bytes of "MQTT" with its length, and of the level: the greeting has read them.
const PROTOCOL: usize = 7;

const RESERVED: u8 = 1 << 0;
const CLEAN_START: u8 = 1 << 1;
const WILL: u8 = 1 << 2;
const WILL_QOS: u8 = 0b11 << 3;
const WILL_RETAIN: u8 = 1 << 5;
const PASSWORD: u8 = 1 << 6;
const USER_NAME: u8 = 1 << 7;

pub(super) fn connect(body: &[u8], version: Version, limits: &Limits) -> Result<Connect, Flaw> {
    let mut reader = Reader::new(body);
    reader.take(PROTOCOL)?;
    let flags = reader.byte()?;
    check(flags, version)?;
    let mut connect = Connect {
        clean_start: flags & CLEAN_START != 0,
        keep_alive: reader.two()?,
        ..Connect::new(version, String::new())
    };
    if version == Version::V5 {
        properties(&mut reader, &mut connect)?;
    }
    payload(&mut reader, flags, &mut connect, limits)?;
    reader.end()?;
    if version == Version::V3 && connect.client_id.is_empty() && !connect.clean_start {
        return Err(Flaw::ClientIdMissing);
    }
    Ok(connect)
}

fn check(flags: u8, version: Version) -> Result<(), Flaw> {
    if flags & RESERVED != 0 {
        return Err(Flaw::ConnectFlags);
    }
    if flags & WILL == 0 && flags & (WILL_QOS | WILL_RETAIN) != 0 {
        return Err(Flaw::WillMissing);
    }
    if version == Version::V3 && flags & PASSWORD != 0 && flags & USER_NAME == 0 {
        return Err(Flaw::UserNameMissing);
    }
    Ok(())
}

/// The fields behind the header, which stand in this order. `[MQTT5-3.1.3-1]`
fn payload(reader: &mut Reader<'_>, flags: u8, connect: &mut Connect, limits: &Limits) -> Result<(), Flaw> {
    reader.text()?.clone_into(&mut connect.client_id);
    if flags & WILL != 0 {
        connect.will = Some(Box::new(will(reader, flags, connect.version, limits)?));
    }
    if flags & USER_NAME != 0 {
        connect.user_name = Some(reader.text()?.to_owned());
    }
    if flags & PASSWORD != 0 {
        connect.password = Some(Password(owned(reader.binary()?)));
    }
    Ok(())
}

fn will(reader: &mut Reader<'_>, flags: u8, version: Version, limits: &Limits) -> Result<Will, Flaw> {
    let qos = Qos::from_number((flags & WILL_QOS) >> 3).ok_or(Flaw::WillQos)?;
    let properties = match version {
        Version::V5 => will_properties(reader)?,
        Version::V3 => WillProperties::default(),
    };
    let topic = reader.text()?;
    topic::name(topic, limits)?;
    let payload = owned(reader.binary()?);
    format(properties.payload_format, &payload)?;
    Ok(Will { topic: topic.to_owned(), payload, qos, retain: flags & WILL_RETAIN != 0, properties })
}

/// That a payload is what its Payload Format Indicator says. U+0000 is text here. `[MQTT5-3.3.2.3.2]`
pub(super) fn format(indicator: Option<u8>, payload: &Bytes) -> Result<(), Flaw> {
    match indicator {
        Some(1) if str::from_utf8(payload).is_err() => Err(Flaw::PayloadNotUtf8),
        _ => Ok(()),
    }
}

fn properties(reader: &mut Reader<'_>, connect: &mut Connect) -> Result<(), Flaw> {
    let mut properties = Properties::take(reader, Carrier::Connect)?;
    while let Some(found) = properties.next()? {
        match found.property {
            Property::SessionExpiry => connect.session_expiry = Some(found.four()?),
            Property::ReceiveMaximum => connect.receive_maximum = Some(found.nonzero_two()?),
            Property::MaximumPacketSize => connect.maximum_packet_size = Some(found.nonzero_four()?),
            Property::TopicAliasMaximum => connect.topic_alias_maximum = Some(found.two()?),
            Property::RequestResponseInformation => {
                connect.request_response_information = Some(found.boolean()?);
            }
            Property::RequestProblemInformation => {
                connect.request_problem_information = Some(found.boolean()?);
            }
            Property::AuthenticationMethod => connect.authentication_method = Some(found.text()?),
            Property::AuthenticationData => connect.authentication_data = Some(found.binary()?),
            Property::User => connect.user_properties.push(found.pair()?),
            _ => return Err(found.foreign()),
        }
    }
    if connect.authentication_data.is_some() && connect.authentication_method.is_none() {
        return Err(Flaw::AuthenticationMethodMissing);
    }
    Ok(())
}

fn will_properties(reader: &mut Reader<'_>) -> Result<WillProperties, Flaw> {
    let mut will = WillProperties::default();
    let mut properties = Properties::take(reader, Carrier::Will)?;
    while let Some(found) = properties.next()? {
        match found.property {
            Property::WillDelay => will.delay = Some(found.four()?),
            Property::PayloadFormat => will.payload_format = Some(found.boolean()?.into()),
            Property::MessageExpiry => will.message_expiry = Some(found.four()?),
            Property::ContentType => will.content_type = Some(found.text()?),
            Property::ResponseTopic => {
                topic::unbounded_name(found.str()?)?;
                will.response_topic = Some(found.text()?);
            }
            Property::CorrelationData => will.correlation_data = Some(found.binary()?),
            Property::User => will.user_properties.push(found.pair()?),
            _ => return Err(found.foreign()),
        }
    }
    Ok(will)
}
