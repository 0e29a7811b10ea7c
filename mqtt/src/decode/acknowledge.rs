//! PUBACK, PUBREC, PUBREL and PUBCOMP, after their fixed header.

use super::properties::Properties;
use super::reader::Reader;
use super::remarks::{Remarks, remarks};
use crate::packet::{Acknowledge, PacketId, Version};
use crate::packet_type::PacketType;
use crate::property::Carrier;
use crate::{Flaw, ReasonCode};

pub(super) fn acknowledge(body: &[u8], kind: PacketType, version: Version) -> Result<Acknowledge, Flaw> {
    let mut reader = Reader::new(body);
    let packet_id = reader.packet_id()?;
    let acknowledge = match version {
        Version::V3 => Acknowledge::new(packet_id, ReasonCode::Success),
        Version::V5 => outcome(&mut reader, packet_id, kind)?,
    };
    reader.end()?;
    Ok(acknowledge)
}

/// A packet that ends early means success, and no properties. `[MQTT5-3.4.2.1]` `[MQTT5-3.4.2.2.1]`
fn outcome(reader: &mut Reader<'_>, packet_id: PacketId, kind: PacketType) -> Result<Acknowledge, Flaw> {
    if reader.is_empty() {
        return Ok(Acknowledge::new(packet_id, ReasonCode::Success));
    }
    let code = code(reader.byte()?, kind)?;
    if reader.is_empty() {
        return Ok(Acknowledge::new(packet_id, code));
    }
    let Remarks { reason, user_properties } = remarks(Properties::take(reader, Carrier::Acknowledge)?)?;
    Ok(Acknowledge { packet_id, code, reason, user_properties })
}

/// `[MQTT5-3.4.2-1]` `[MQTT5-3.5.2-1]` `[MQTT5-3.6.2-1]` `[MQTT5-3.7.2-1]`. "No matching subscribers" is a
/// server's word, but no rule forbids a client to use it.
fn code(number: u8, kind: PacketType) -> Result<ReasonCode, Flaw> {
    use ReasonCode::*;
    let code = ReasonCode::from_number(number).ok_or(Flaw::CodeNotAllowed(number))?;
    let of_publish = matches!(kind, PacketType::Puback | PacketType::Pubrec);
    match code {
        Success => Ok(code),
        NoMatchingSubscribers
        | UnspecifiedError
        | ImplementationSpecificError
        | NotAuthorized
        | TopicNameInvalid
        | PacketIdentifierInUse
        | QuotaExceeded
        | PayloadFormatInvalid
            if of_publish =>
        {
            Ok(code)
        }
        PacketIdentifierNotFound if !of_publish => Ok(code),
        _ => Err(Flaw::CodeNotAllowed(number)),
    }
}
