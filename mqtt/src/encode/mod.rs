//! Packets become bytes here, with every length right and written in the shortest way.
//!
//! Each packet is written by one function that can also only count, so [`size`] is exact. Nothing is allocated
//! but room in the buffer handed in. The packets a broker sends a million times have writers of their own:
//! [`write_acknowledge`] here and [`crate::Frame`] for what fans out.
//!
//! Only strings that have an encoding (up to 65,535 bytes) can be written, and packets up to 256 MiB: whoever makes
//! packets bounds them. Start at [`encode()`].

pub(crate) mod sink; // where bytes go

mod connect; // then each packet, in the order of the standard

mod connack;

pub(crate) mod publish;

mod acknowledge;

mod subscribe;

mod suback;

mod disconnect;

mod fit; // what is left out for a receiver with little room

pub use acknowledge::{AcknowledgeKind, Remarks, write_acknowledge};
pub use fit::fit;

use crate::packet::{Packet, UserProperties, Version};
use crate::packet_type::PacketType;
use bytes::BytesMut;
use sink::{Sink, Sum, count, variable_len};

/// A whole PINGREQ, of either version.
pub const PINGREQ: [u8; 2] = [PacketType::Pingreq.first_byte(), 0];

/// A whole PINGRESP, of either version.
pub const PINGRESP: [u8; 2] = [PacketType::Pingresp.first_byte(), 0];

/// Writes the packet to the end of `out`. A packet of 3.1.1 leaves out what only MQTT 5 has, a CONNECT is
/// written in the version it names.
///
/// # Panics
/// For a string of more than 65,535 bytes, a packet of more than 268,435,455, and an AUTH in 3.1.1, which has none.
pub fn encode(packet: &Packet, version: Version, out: &mut BytesMut) {
    let len = body_len(packet, version);
    out.reserve(1 + variable_len(len) + len);
    out.byte(first_byte(packet));
    out.variable(u32::try_from(len).unwrap_or(u32::MAX));
    body(packet, version, out);
}

/// How many bytes [`encode()`] writes for this packet.
///
/// # Panics
/// Where [`encode()`] does.
#[must_use]
pub fn size(packet: &Packet, version: Version) -> usize {
    let len = body_len(packet, version);
    1 + variable_len(len) + len
}

fn body_len(packet: &Packet, version: Version) -> usize {
    count(|sum: &mut Sum| body(packet, version, sum))
}

fn first_byte(packet: &Packet) -> u8 {
    let kind = match packet {
        Packet::Connect(_) => PacketType::Connect,
        Packet::Connack(_) => PacketType::Connack,
        Packet::Publish(packet) => return publish::first_byte(packet.dup, packet.qos, packet.retain),
        Packet::Puback(_) => PacketType::Puback,
        Packet::Pubrec(_) => PacketType::Pubrec,
        Packet::Pubrel(_) => PacketType::Pubrel,
        Packet::Pubcomp(_) => PacketType::Pubcomp,
        Packet::Subscribe(_) => PacketType::Subscribe,
        Packet::Suback(_) => PacketType::Suback,
        Packet::Unsubscribe(_) => PacketType::Unsubscribe,
        Packet::Unsuback(_) => PacketType::Unsuback,
        Packet::Pingreq => PacketType::Pingreq,
        Packet::Pingresp => PacketType::Pingresp,
        Packet::Disconnect(_) => PacketType::Disconnect,
        Packet::Auth(_) => PacketType::Auth,
    };
    kind.first_byte()
}

fn body(packet: &Packet, version: Version, sink: &mut impl Sink) {
    match packet {
        Packet::Connect(packet) => connect::connect(packet, sink),
        Packet::Connack(packet) => connack::connack(packet, version, sink),
        Packet::Publish(packet) => publish::publish(packet, version, sink),
        Packet::Puback(packet)
        | Packet::Pubrec(packet)
        | Packet::Pubrel(packet)
        | Packet::Pubcomp(packet) => {
            acknowledge::acknowledge(packet, version, sink);
        }
        Packet::Subscribe(packet) => subscribe::subscribe(packet, version, sink),
        Packet::Suback(packet) => suback::suback(packet, version, sink),
        Packet::Unsubscribe(packet) => subscribe::unsubscribe(packet, version, sink),
        Packet::Unsuback(packet) => suback::unsuback(packet, version, sink),
        Packet::Pingreq | Packet::Pingresp => {}
        Packet::Disconnect(packet) => disconnect::disconnect(packet, version, sink),
        Packet::Auth(packet) => disconnect::auth(packet, version, sink),
    }
}

/// User properties as pairs of borrowed words.
fn words(properties: &UserProperties) -> impl Iterator<Item = (&str, &str)> + Clone {
    properties.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}
