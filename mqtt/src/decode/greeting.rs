//! The first packet of a connection: it must be a CONNECT, and only it says which version is spoken.

use super::connect;
use super::frame::{Announced, Frame};
use crate::packet::{Connect, Version};
use crate::packet_type::PacketType;
use crate::{Answer, Flaw, Limits, Rejection};

/// The length and name of the protocol. `[MQTT5-3.1.2-1]`
const NAME: &[u8] = b"\x00\x04MQTT";
/// How MQTT 3.1 called itself.
const OLD_NAME: &[u8] = b"\x00\x06MQIsdp";
/// Set in the version by servers that connect as bridges, a habit from before MQTT 5.
const BRIDGE: u8 = 0x80;
/// The return code "unacceptable protocol level". `[MQTT3-3.1.2-2]`
const UNACCEPTABLE_LEVEL: u8 = 1;

/// Reads the CONNECT at the front of `bytes`, the first that came from a client.
///
/// Gives the packet and the number of bytes it took, or `None` while it is incomplete. Nothing is decided
/// on a length alone before the version is known, which takes at most 14 bytes: until then nobody
/// could say in which version to refuse it.
///
/// # Errors
/// A [`Rejection`] with the CONNACK of the version that came, if it is one that has a word for it.
pub fn decode_greeting(bytes: &[u8], limits: &Limits) -> Result<Option<(Connect, usize)>, Rejection> {
    let Some(version) = version(bytes)? else { return Ok(None) };
    read(bytes, version, limits).map_err(|flaw| Rejection::of_connect(flaw, version))
}

fn read(bytes: &[u8], version: Version, limits: &Limits) -> Result<Option<(Connect, usize)>, Flaw> {
    let Some(frame) = Frame::take(bytes, PacketType::Connect, version, limits)? else { return Ok(None) };
    let connect = connect::connect(frame.body, version, limits)?;
    Ok(Some((connect, frame.len)))
}

/// The version that the CONNECT says it speaks, as soon as its bytes are there.
fn version(bytes: &[u8]) -> Result<Option<Version>, Rejection> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    if first >> 4 != PacketType::Connect as u8 {
        return Err(Rejection::of_stranger(Flaw::ConnectExpected));
    }
    let Some(announced) = Announced::read(bytes).map_err(Rejection::of_stranger)? else { return Ok(None) };
    let come = bytes.len().min(announced.len());
    match protocol(&bytes[announced.header()..come])? {
        None if come == announced.len() => Err(Rejection::of_stranger(Flaw::Truncated)),
        known => Ok(known),
    }
}

/// Name and version at the front of a CONNECT; `None` while more bytes are needed to say.
fn protocol(body: &[u8]) -> Result<Option<Version>, Rejection> {
    if let Some(after) = body.strip_prefix(NAME) {
        return after.first().copied().map(level).transpose();
    }
    if body.starts_with(OLD_NAME) {
        return Err(Rejection {
            flaw: Flaw::ProtocolVersion(3),
            answer: Answer::Connack3(UNACCEPTABLE_LEVEL),
        });
    }
    if NAME.starts_with(body) || OLD_NAME.starts_with(body) {
        return Ok(None);
    }
    Err(Rejection::of_stranger(Flaw::ProtocolName))
}

/// The version of this level, or a refusal in the words that its sender knows: older clients those of
/// 3.1.1, newer ones those of 5.
fn level(level: u8) -> Result<Version, Rejection> {
    let flaw = Flaw::ProtocolVersion(level);
    match level {
        4 => Ok(Version::V3),
        5 => Ok(Version::V5),
        older if older & !BRIDGE < 5 => Err(Rejection { flaw, answer: Answer::Connack3(UNACCEPTABLE_LEVEL) }),
        _ => Err(Rejection { answer: Answer::Connack5(flaw.code()), flaw }),
    }
}
