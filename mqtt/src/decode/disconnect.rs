//! DISCONNECT and AUTH, after their fixed header.

use super::properties::Properties;
use super::reader::Reader;
use crate::packet::{Auth, Disconnect, Side, Version};
use crate::property::{Carrier, Property};
use crate::{Flaw, ReasonCode};

/// A packet that ends early means a normal end, and no properties. `[MQTT5-3.14.2.1]` `[MQTT5-3.14.2.2.1]`
pub(super) fn disconnect(body: &[u8], from: Side, version: Version) -> Result<Disconnect, Flaw> {
    let mut reader = Reader::new(body);
    let mut disconnect = Disconnect::new(ReasonCode::Success);
    if version == Version::V5 && !reader.is_empty() {
        disconnect.code = disconnect_code(reader.byte()?, from)?;
        if !reader.is_empty() {
            disconnect_properties(&mut reader, from, &mut disconnect)?;
        }
    }
    reader.end()?;
    Ok(disconnect)
}

fn disconnect_properties(
    reader: &mut Reader<'_>,
    from: Side,
    disconnect: &mut Disconnect,
) -> Result<(), Flaw> {
    let mut properties = Properties::take(reader, Carrier::Disconnect)?;
    while let Some(found) = properties.next()? {
        match (found.property, from) {
            (Property::SessionExpiry, Side::Client) => disconnect.session_expiry = Some(found.four()?),
            (Property::SessionExpiry, Side::Server) => return Err(Flaw::SessionExpiryFromServer),
            (Property::ServerReference, Side::Server) => disconnect.server_reference = Some(found.text()?),
            (Property::ServerReference, Side::Client) => return Err(Flaw::ServerReferenceFromClient),
            (Property::ReasonString, _) => disconnect.reason = Some(found.text()?),
            (Property::User, _) => disconnect.user_properties.push(found.pair()?),
            _ => return Err(found.foreign()),
        }
    }
    Ok(())
}

/// Who may say what, by the standard's table of DISCONNECT reason codes. `[MQTT5-3.14.2-1]`
fn disconnect_code(number: u8, from: Side) -> Result<ReasonCode, Flaw> {
    use ReasonCode::*;
    let code = ReasonCode::from_number(number).ok_or(Flaw::CodeNotAllowed(number))?;
    let allowed = match code {
        DisconnectWithWill => from == Side::Client,
        Success
        | UnspecifiedError
        | MalformedPacket
        | ProtocolError
        | ImplementationSpecificError
        | TopicNameInvalid
        | ReceiveMaximumExceeded
        | TopicAliasInvalid
        | PacketTooLarge
        | MessageRateTooHigh
        | QuotaExceeded
        | AdministrativeAction
        | PayloadFormatInvalid => true,
        NotAuthorized
        | ServerBusy
        | ServerShuttingDown
        | BadAuthenticationMethod
        | KeepAliveTimeout
        | SessionTakenOver
        | TopicFilterInvalid
        | RetainNotSupported
        | QosNotSupported
        | UseAnotherServer
        | ServerMoved
        | SharedSubscriptionsNotSupported
        | ConnectionRateExceeded
        | MaximumConnectTime
        | SubscriptionIdentifiersNotSupported
        | WildcardSubscriptionsNotSupported => from == Side::Server,
        _ => false,
    };
    if allowed { Ok(code) } else { Err(Flaw::CodeNotAllowed(number)) }
}

/// Success without properties may leave out its body. `[MQTT5-3.15.2.1]`
pub(super) fn auth(body: &[u8], from: Side) -> Result<Auth, Flaw> {
    let mut reader = Reader::new(body);
    let number = if reader.is_empty() { ReasonCode::Success as u8 } else { reader.byte()? };
    let mut auth = Auth::new(auth_code(number, from)?);
    if !body.is_empty() {
        auth_properties(&mut reader, &mut auth)?;
        reader.end()?;
    }
    // [MQTT5-3.15.2.2.2] asks every AUTH for a method, [MQTT5-3.15.2.1] not one that says nothing.
    if auth.method.is_none() && auth != Auth::new(ReasonCode::Success) {
        return Err(Flaw::AuthenticationMethodMissing);
    }
    Ok(auth)
}

fn auth_properties(reader: &mut Reader<'_>, auth: &mut Auth) -> Result<(), Flaw> {
    let mut properties = Properties::take(reader, Carrier::Auth)?;
    while let Some(found) = properties.next()? {
        match found.property {
            Property::AuthenticationMethod => auth.method = Some(found.text()?),
            Property::AuthenticationData => auth.data = Some(found.binary()?),
            Property::ReasonString => auth.reason = Some(found.text()?),
            Property::User => auth.user_properties.push(found.pair()?),
            _ => return Err(found.foreign()),
        }
    }
    Ok(())
}

/// `[MQTT5-3.15.2-1]`
fn auth_code(number: u8, from: Side) -> Result<ReasonCode, Flaw> {
    match (ReasonCode::from_number(number), from) {
        (Some(code @ ReasonCode::ContinueAuthentication), _)
        | (Some(code @ ReasonCode::Success), Side::Server)
        | (Some(code @ ReasonCode::Reauthenticate), Side::Client) => Ok(code),
        _ => Err(Flaw::CodeNotAllowed(number)),
    }
}
