//! The first four bits of every packet, and who may send it.

use crate::packet::{Side, Version};

/// The type of a packet, by its number in the fixed header. `[MQTT5-2.1.2]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum PacketType {
    Connect = 1,
    Connack = 2,
    Publish = 3,
    Puback = 4,
    Pubrec = 5,
    Pubrel = 6,
    Pubcomp = 7,
    Subscribe = 8,
    Suback = 9,
    Unsubscribe = 10,
    Unsuback = 11,
    Pingreq = 12,
    Pingresp = 13,
    Disconnect = 14,
    Auth = 15,
}

impl PacketType {
    /// The type in this first byte. 0 is no type, and 15 none in 3.1.1.
    pub(crate) const fn of(first: u8, version: Version) -> Option<PacketType> {
        use PacketType::*;
        Some(match (first >> 4, version) {
            (1, _) => Connect,
            (2, _) => Connack,
            (3, _) => Publish,
            (4, _) => Puback,
            (5, _) => Pubrec,
            (6, _) => Pubrel,
            (7, _) => Pubcomp,
            (8, _) => Subscribe,
            (9, _) => Suback,
            (10, _) => Unsubscribe,
            (11, _) => Unsuback,
            (12, _) => Pingreq,
            (13, _) => Pingresp,
            (14, _) => Disconnect,
            (15, Version::V5) => Auth,
            _ => return None,
        })
    }

    /// The first byte of a packet of this type; a PUBLISH adds its own flags. `[MQTT5-2.1.3-1]`
    pub(crate) const fn first_byte(self) -> u8 {
        let flags = match self {
            PacketType::Pubrel | PacketType::Subscribe | PacketType::Unsubscribe => 0b0010,
            _ => 0,
        };
        (self as u8) << 4 | flags
    }

    /// Whether this side may ever send it: the "Direction of flow" of the standard's table of types.
    pub(crate) const fn is_sent_by(self, side: Side, version: Version) -> bool {
        use PacketType::*;
        match self {
            Connect | Subscribe | Unsubscribe | Pingreq => matches!(side, Side::Client),
            Connack | Suback | Unsuback | Pingresp => matches!(side, Side::Server),
            Publish | Puback | Pubrec | Pubrel | Pubcomp | Auth => true,
            Disconnect => matches!((side, version), (Side::Client, _) | (_, Version::V5)),
        }
    }
}
