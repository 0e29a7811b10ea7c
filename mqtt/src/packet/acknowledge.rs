//! PUBACK, PUBREC, PUBREL and PUBCOMP: four packets of one shape.

use super::{PacketId, UserProperties};
use crate::ReasonCode;

/// One step of the answer to a PUBLISH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledge {
    /// Which PUBLISH.
    pub packet_id: PacketId,
    /// How it went. Always success in 3.1.1, which has no words for anything else.
    pub code: ReasonCode,
    /// Words for a person; MQTT 5 only.
    pub reason: Option<String>,
    /// MQTT 5 only.
    pub user_properties: UserProperties,
}

impl Acknowledge {
    /// An acknowledgement with a code and nothing else.
    #[must_use]
    pub fn new(packet_id: PacketId, code: ReasonCode) -> Acknowledge {
        Acknowledge { packet_id, code, reason: None, user_properties: Vec::new() }
    }
}
