//! The six return codes of a 3.1.1 CONNACK, in the words of MQTT 5 and back. `[MQTT3-3.2.2-6]`

use crate::ReasonCode;

/// What this return code of 3.1.1 means.
pub(crate) const fn meaning(return_code: u8) -> Option<ReasonCode> {
    Some(match return_code {
        0 => ReasonCode::Success,
        1 => ReasonCode::UnsupportedProtocolVersion,
        2 => ReasonCode::ClientIdentifierNotValid,
        3 => ReasonCode::ServerUnavailable,
        4 => ReasonCode::BadUserNameOrPassword,
        5 => ReasonCode::NotAuthorized,
        _ => return None,
    })
}

/// The return code nearest to this reason code. "Server unavailable" makes a client try again later, "not
/// authorized" tells it that this won't help.
pub(crate) const fn nearest(code: ReasonCode) -> u8 {
    match code {
        ReasonCode::UnsupportedProtocolVersion => 1,
        ReasonCode::ClientIdentifierNotValid => 2,
        ReasonCode::BadUserNameOrPassword => 4,
        ReasonCode::NotAuthorized
        | ReasonCode::Banned
        | ReasonCode::BadAuthenticationMethod
        | ReasonCode::TopicNameInvalid
        | ReasonCode::PayloadFormatInvalid
        | ReasonCode::MalformedPacket
        | ReasonCode::ProtocolError
        | ReasonCode::PacketTooLarge
        | ReasonCode::RetainNotSupported
        | ReasonCode::QosNotSupported => 5,
        code if !code.is_refusal() => 0,
        _ => 3,
    }
}
