//! CONNACK, after its fixed header.

use super::properties::Properties;
use super::reader::Reader;
use crate::packet::{Connack, ConnackProperties, Version};
use crate::property::{Carrier, Property};
use crate::return_code;
use crate::{Flaw, ReasonCode};

pub(super) fn connack(body: &[u8], version: Version) -> Result<Connack, Flaw> {
    let mut reader = Reader::new(body);
    let session_present = match reader.byte()? {
        0 => false,
        1 => true,
        _ => return Err(Flaw::ConnackFlags),
    };
    let code = code(reader.byte()?, version)?;
    if session_present && code.is_refusal() {
        return Err(Flaw::SessionOfRefused);
    }
    let properties = match version {
        Version::V5 => properties(&mut reader)?,
        Version::V3 => ConnackProperties::default(),
    };
    reader.end()?;
    Ok(Connack { session_present, code, properties })
}

/// `[MQTT5-3.2.2-8]` `[MQTT3-3.2.2-6]`
fn code(number: u8, version: Version) -> Result<ReasonCode, Flaw> {
    let code = match version {
        Version::V5 => ReasonCode::from_number(number).filter(|&code| is_connack_code(code)),
        Version::V3 => return_code::meaning(number),
    };
    code.ok_or(Flaw::CodeNotAllowed(number))
}

const fn is_connack_code(code: ReasonCode) -> bool {
    use ReasonCode::*;
    matches!(
        code,
        Success
            | UnspecifiedError
            | MalformedPacket
            | ProtocolError
            | ImplementationSpecificError
            | UnsupportedProtocolVersion
            | ClientIdentifierNotValid
            | BadUserNameOrPassword
            | NotAuthorized
            | ServerUnavailable
            | ServerBusy
            | Banned
            | BadAuthenticationMethod
            | TopicNameInvalid
            | PacketTooLarge
            | QuotaExceeded
            | PayloadFormatInvalid
            | RetainNotSupported
            | QosNotSupported
            | UseAnotherServer
            | ServerMoved
            | ConnectionRateExceeded
    )
}

fn properties(reader: &mut Reader<'_>) -> Result<ConnackProperties, Flaw> {
    let mut connack = ConnackProperties::default();
    let mut properties = Properties::take(reader, Carrier::Connack)?;
    while let Some(found) = properties.next()? {
        match found.property {
            Property::SessionExpiry => connack.session_expiry = Some(found.four()?),
            Property::ReceiveMaximum => connack.receive_maximum = Some(found.nonzero_two()?),
            Property::MaximumQos => connack.maximum_qos = Some(found.boolean()?.into()),
            Property::RetainAvailable => connack.retain_available = Some(found.boolean()?),
            Property::MaximumPacketSize => connack.maximum_packet_size = Some(found.nonzero_four()?),
            Property::AssignedClientId => connack.assigned_client_id = Some(found.text()?),
            Property::TopicAliasMaximum => connack.topic_alias_maximum = Some(found.two()?),
            Property::ReasonString => connack.reason = Some(found.text()?),
            Property::User => connack.user_properties.push(found.pair()?),
            Property::WildcardSubscriptions => connack.wildcard_subscriptions = Some(found.boolean()?),
            Property::SubscriptionIdentifiers => connack.subscription_identifiers = Some(found.boolean()?),
            Property::SharedSubscriptions => connack.shared_subscriptions = Some(found.boolean()?),
            Property::ServerKeepAlive => connack.server_keep_alive = Some(found.two()?),
            Property::ResponseInformation => connack.response_information = Some(found.text()?),
            Property::ServerReference => connack.server_reference = Some(found.text()?),
            Property::AuthenticationMethod => connack.authentication_method = Some(found.text()?),
            Property::AuthenticationData => connack.authentication_data = Some(found.binary()?),
            _ => return Err(found.foreign()),
        }
    }
    Ok(connack)
}
