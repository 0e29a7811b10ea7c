//! Bytes become packets here, and only if the standard allows every one of them.
//!
//! Pure functions over a slice: they keep nothing between two calls, so a caller hands in what has come so far
//! and asks again when more has. Whatever they return owns its bytes; the caller's buffer is free. Nothing is
//! allocated for a length that was only announced: memory follows the bytes that came.
//!
//! What depends on the moment (a packet id in use, an alias never set, more than the Receive Maximum) is for
//! the broker to judge. Start at [`decode_greeting`], then [`decode()`].

mod greeting; // who is there

mod frame; // one packet, to its end

mod reader; // its fields

mod properties; // and its properties

mod topic; // the names in them

mod connect; // then each packet, in the order of the standard

mod connack;

mod publish;

mod acknowledge;

mod subscribe;

mod suback;

mod disconnect;

mod remarks;

pub use greeting::decode_greeting;

use crate::packet::{Packet, Side, Version};
use crate::packet_type::PacketType;
use crate::{Flaw, Limits, Rejection};
use frame::Frame;

/// Reads the packet at the front of `bytes`, which `from` sent after the CONNECT.
///
/// Gives the packet and the number of bytes it took, or `None` while it is incomplete. A CONNACK is read here
/// too, where `from` is the server.
///
/// # Errors
/// A [`Rejection`] for bytes that no continuation could make a packet of this version, from this side, within
/// `limits`. The connection must end.
pub fn decode(
    bytes: &[u8],
    from: Side,
    version: Version,
    limits: &Limits,
) -> Result<Option<(Packet, usize)>, Rejection> {
    read(bytes, from, version, limits).map_err(|flaw| Rejection::of_packet(flaw, version))
}

fn read(
    bytes: &[u8],
    from: Side,
    version: Version,
    limits: &Limits,
) -> Result<Option<(Packet, usize)>, Flaw> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    let kind = PacketType::of(first, version).ok_or(Flaw::PacketType(first >> 4))?;
    if !kind.is_sent_by(from, version) {
        return Err(Flaw::WrongSide);
    }
    let Some(frame) = Frame::take(bytes, kind, version, limits)? else { return Ok(None) };
    let packet = packet(frame, from, version, limits)?;
    Ok(Some((packet, frame.len)))
}

fn packet(frame: Frame<'_>, from: Side, version: Version, limits: &Limits) -> Result<Packet, Flaw> {
    let acknowledge = || acknowledge::acknowledge(frame.body, frame.kind, version);
    Ok(match frame.kind {
        PacketType::Connect => return Err(Flaw::ConnectRepeated),
        PacketType::Connack => Packet::Connack(Box::new(connack::connack(frame.body, version)?)),
        PacketType::Publish => Packet::Publish(Box::new(publish::publish(frame, from, version, limits)?)),
        PacketType::Puback => Packet::Puback(acknowledge()?),
        PacketType::Pubrec => Packet::Pubrec(acknowledge()?),
        PacketType::Pubrel => Packet::Pubrel(acknowledge()?),
        PacketType::Pubcomp => Packet::Pubcomp(acknowledge()?),
        PacketType::Subscribe => {
            Packet::Subscribe(Box::new(subscribe::subscribe(frame.body, version, limits)?))
        }
        PacketType::Suback => Packet::Suback(Box::new(suback::suback(frame.body, version)?)),
        PacketType::Unsubscribe => {
            Packet::Unsubscribe(Box::new(subscribe::unsubscribe(frame.body, version, limits)?))
        }
        PacketType::Unsuback => Packet::Unsuback(Box::new(suback::unsuback(frame.body, version)?)),
        PacketType::Pingreq => empty(frame.body, Packet::Pingreq)?,
        PacketType::Pingresp => empty(frame.body, Packet::Pingresp)?,
        PacketType::Disconnect => {
            Packet::Disconnect(Box::new(disconnect::disconnect(frame.body, from, version)?))
        }
        PacketType::Auth => Packet::Auth(Box::new(disconnect::auth(frame.body, from)?)),
    })
}

/// A packet without a body.
fn empty(body: &[u8], packet: Packet) -> Result<Packet, Flaw> {
    if body.is_empty() { Ok(packet) } else { Err(Flaw::Trailing) }
}
