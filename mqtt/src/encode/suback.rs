//! SUBACK and UNSUBACK, after their fixed header.

use super::sink::Sink;
use crate::ReasonCode;
use crate::packet::{Suback, Unsuback, Version};

pub(super) fn suback(suback: &Suback, version: Version, sink: &mut impl Sink) {
    sink.packet_id(suback.packet_id);
    if version == Version::V5 {
        sink.section((suback.reason.as_deref(), &suback.user_properties));
    }
    for &code in &suback.codes {
        sink.code(match version {
            // [MQTT3-3.9.3-2]: the only refusal there is.
            Version::V3 if code.is_refusal() => ReasonCode::UnspecifiedError,
            _ => code,
        });
    }
}

pub(super) fn unsuback(unsuback: &Unsuback, version: Version, sink: &mut impl Sink) {
    sink.packet_id(unsuback.packet_id);
    if version == Version::V5 {
        sink.section((unsuback.reason.as_deref(), &unsuback.user_properties));
        unsuback.codes.iter().for_each(|&code| sink.code(code));
    }
}
