//! PUBACK, PUBREC, PUBREL and PUBCOMP: as values, and straight from words that somebody else keeps.

use super::sink::{Section, Sink, count, variable_len};
use super::words;
use crate::ReasonCode;
use crate::packet::{Acknowledge, PacketId, UserProperties, Version};
use crate::packet_type::PacketType;
use crate::property::Property;
use bytes::BytesMut;

/// Which of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcknowledgeKind {
    /// QoS 1, the only answer.
    Puback,
    /// QoS 2, first answer.
    Pubrec,
    /// QoS 2, second step.
    Pubrel,
    /// QoS 2, last step.
    Pubcomp,
}

/// What an answer may add for a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remarks<'a> {
    /// At most 65,535 bytes.
    pub reason: Option<&'a str>,
    /// Names and values of at most 65,535 bytes.
    pub user_properties: &'a [(&'a str, &'a str)],
}

impl Remarks<'_> {
    /// No words at all.
    pub const NONE: Remarks<'static> = Remarks { reason: None, user_properties: &[] };
}

/// Writes an acknowledgement to the end of `out`, without any value in between.
///
/// Where the packet would have more than `maximum` bytes (the receiver's Maximum Packet Size, `u32::MAX` for none)
/// the user properties are left out, and if that is not enough the reason too. `[MQTT5-3.4.2-2]`
/// `[MQTT5-3.4.2-3]` In 3.1.1 there is only the packet id.
///
/// # Panics
/// For a string of more than 65,535 bytes.
pub fn write_acknowledge(
    kind: AcknowledgeKind,
    id: PacketId,
    code: ReasonCode,
    remarks: Remarks<'_>,
    version: Version,
    maximum: u32,
    out: &mut BytesMut,
) {
    let remarks = remarks.within(id, code, version, maximum);
    let len = count(|sum| body(id, code, remarks, version, sum));
    out.reserve(1 + variable_len(len) + len);
    out.byte(kind.first_byte());
    out.variable(len as u32);
    body(id, code, remarks, version, out);
}

impl<'a> Remarks<'a> {
    /// As much of them as fits.
    fn within(self, id: PacketId, code: ReasonCode, version: Version, maximum: u32) -> Remarks<'a> {
        let fits = |remarks: &Remarks<'_>| {
            let len = count(|sum| body(id, code, *remarks, version, sum));
            1 + variable_len(len) + len <= maximum as usize
        };
        let reason_only = Remarks { reason: self.reason, user_properties: &[] };
        [self, reason_only].into_iter().find(fits).unwrap_or(Remarks::NONE)
    }
}

impl AcknowledgeKind {
    const fn first_byte(self) -> u8 {
        match self {
            AcknowledgeKind::Puback => PacketType::Puback.first_byte(),
            AcknowledgeKind::Pubrec => PacketType::Pubrec.first_byte(),
            AcknowledgeKind::Pubrel => PacketType::Pubrel.first_byte(),
            AcknowledgeKind::Pubcomp => PacketType::Pubcomp.first_byte(),
        }
    }
}

pub(super) fn acknowledge(packet: &Acknowledge, version: Version, sink: &mut impl Sink) {
    let remarks = (packet.reason.as_deref(), &packet.user_properties);
    let silent = packet.reason.is_none() && packet.user_properties.is_empty();
    outcome(packet.packet_id, packet.code, silent, remarks, version, sink);
}

fn body(id: PacketId, code: ReasonCode, remarks: Remarks<'_>, version: Version, sink: &mut impl Sink) {
    let silent = remarks == Remarks::NONE;
    outcome(id, code, silent, remarks, version, sink);
}

/// Success without a word is the packet id alone. `[MQTT5-3.4.2.1]`
fn outcome(
    id: PacketId,
    code: ReasonCode,
    silent: bool,
    remarks: impl Section,
    version: Version,
    sink: &mut impl Sink,
) {
    sink.packet_id(id);
    if version == Version::V3 || (silent && code == ReasonCode::Success) {
        return;
    }
    sink.code(code);
    if !silent {
        sink.section(remarks);
    }
}

impl Section for Remarks<'_> {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.text_property(Property::ReasonString, self.reason);
        sink.user_properties(self.user_properties.iter().copied());
    }
}

/// A reason and user properties as the packets keep them.
impl Section for (Option<&str>, &UserProperties) {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.text_property(Property::ReasonString, self.0);
        sink.user_properties(words(self.1));
    }
}
