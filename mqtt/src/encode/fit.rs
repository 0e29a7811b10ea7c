//! What is left out of an answer when its receiver takes only small packets.

use super::size;
use crate::packet::{Packet, UserProperties, Version};

/// Makes the packet fit into `maximum` bytes, the receiver's Maximum Packet Size, and says whether it does.
///
/// User properties are left out first, then the reason string: the standard asks for this in every answer.
/// `[MQTT5-3.2.2-19]` `[MQTT5-3.2.2-20]` `[MQTT5-3.4.2-2]` `[MQTT5-3.9.2-1]` `[MQTT5-3.11.2-1]` `[MQTT5-3.14.2-3]`
/// `[MQTT5-3.15.2-2]` Nothing may be left out of a PUBLISH, nor of what a client asks; those fit or don't. A
/// packet that does not fit must not be sent. `[MQTT5-3.1.2-24]`
///
/// # Panics
/// Where [`super::encode()`] does.
#[must_use]
pub fn fit(packet: &mut Packet, version: Version, maximum: u32) -> bool {
    let fits = |packet: &Packet| size(packet, version) <= maximum as usize;
    if !fits(packet)
        && let Some((_, user_properties)) = remarks(packet)
    {
        user_properties.clear();
    }
    if !fits(packet)
        && let Some((reason, _)) = remarks(packet)
    {
        *reason = None;
    }
    fits(packet)
}

/// Where an answer keeps its words for a person.
fn remarks(packet: &mut Packet) -> Option<(&mut Option<String>, &mut UserProperties)> {
    Some(match packet {
        Packet::Connack(connack) => (&mut connack.properties.reason, &mut connack.properties.user_properties),
        Packet::Puback(packet)
        | Packet::Pubrec(packet)
        | Packet::Pubrel(packet)
        | Packet::Pubcomp(packet) => (&mut packet.reason, &mut packet.user_properties),
        Packet::Suback(packet) => (&mut packet.reason, &mut packet.user_properties),
        Packet::Unsuback(packet) => (&mut packet.reason, &mut packet.user_properties),
        Packet::Disconnect(packet) => (&mut packet.reason, &mut packet.user_properties),
        Packet::Auth(packet) => (&mut packet.reason, &mut packet.user_properties),
        _ => return None,
    })
}
