//! SUBACK and UNSUBACK, after their fixed header.

use super::properties::Properties;
use super::reader::Reader;
use super::remarks::{Remarks, remarks};
use crate::packet::{Suback, Unsuback, Version};
use crate::property::Carrier;
use crate::{Flaw, ReasonCode};

pub(super) fn suback(body: &[u8], version: Version) -> Result<Suback, Flaw> {
    let mut reader = Reader::new(body);
    let packet_id = reader.packet_id()?;
    let Remarks { reason, user_properties } = remarks(section(&mut reader, Carrier::Suback, version)?)?;
    let codes = codes(&mut reader, |number| suback_code(number, version))?;
    Ok(Suback { packet_id, codes, reason, user_properties })
}

/// In 3.1.1 it says that all went well, whatever happened. `[MQTT3-3.11]`
pub(super) fn unsuback(body: &[u8], version: Version) -> Result<Unsuback, Flaw> {
    let mut reader = Reader::new(body);
    let packet_id = reader.packet_id()?;
    let Remarks { reason, user_properties } = remarks(section(&mut reader, Carrier::Unsuback, version)?)?;
    let codes = match version {
        Version::V5 => codes(&mut reader, unsuback_code)?,
        Version::V3 => Vec::new(),
    };
    reader.end()?;
    Ok(Unsuback { packet_id, codes, reason, user_properties })
}

fn section<'a>(reader: &mut Reader<'a>, carrier: Carrier, version: Version) -> Result<Properties<'a>, Flaw> {
    match version {
        Version::V5 => Properties::take(reader, carrier),
        Version::V3 => Ok(Properties::none(carrier)),
    }
}

/// One for each filter, and there was at least one. `[MQTT5-3.9.3-1]` `[MQTT5-3.11.3-1]`
fn codes(reader: &mut Reader<'_>, allowed: impl Fn(ReasonCode) -> bool) -> Result<Vec<ReasonCode>, Flaw> {
    let numbers = reader.rest();
    if numbers.is_empty() {
        return Err(Flaw::CodeMissing);
    }
    let code = |&number: &u8| {
        ReasonCode::from_number(number).filter(|&code| allowed(code)).ok_or(Flaw::CodeNotAllowed(number))
    };
    numbers.iter().map(code).collect()
}

/// `[MQTT5-3.9.3-2]` `[MQTT3-3.9.3-2]`
const fn suback_code(code: ReasonCode, version: Version) -> bool {
    use ReasonCode::*;
    match code {
        Success | GrantedQos1 | GrantedQos2 | UnspecifiedError => true,
        ImplementationSpecificError
        | NotAuthorized
        | TopicFilterInvalid
        | PacketIdentifierInUse
        | QuotaExceeded
        | SharedSubscriptionsNotSupported
        | SubscriptionIdentifiersNotSupported
        | WildcardSubscriptionsNotSupported => matches!(version, Version::V5),
        _ => false,
    }
}

/// `[MQTT5-3.11.3-2]`
const fn unsuback_code(code: ReasonCode) -> bool {
    use ReasonCode::*;
    matches!(
        code,
        Success
            | NoSubscriptionExisted
            | UnspecifiedError
            | ImplementationSpecificError
            | NotAuthorized
            | TopicFilterInvalid
            | PacketIdentifierInUse
    )
}
