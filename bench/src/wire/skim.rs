//! What comes on a connection, read no further than a load needs: properties are skipped, nothing is copied.
//!
//! The two packets that come a million times are read here; what else comes is of [`mqtt::decode`] and
//! of no interest once the connection stands.

use super::Broken;
use bytes::{Buf, Bytes, BytesMut};
use mqtt::packet::{PacketId, Version};

/// The largest packet taken, in bytes: more than any server of ours is allowed to send for a body of 64 KiB.
const LARGEST: usize = 1 << 20;

/// The first code of a refusal in MQTT 5.
pub(crate) const REFUSAL: u8 = 0x80;

/// A packet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A message, and the id under which it wants to be acknowledged.
    Heard { id: Option<PacketId>, payload: Bytes },
    /// The answer to a message of ours; codes from [`REFUSAL`] are refusals.
    Answered { id: u16, code: u8 },
    /// The answer to a SUBSCRIBE of one filter; codes from [`REFUSAL`] are refusals.
    Granted(u8),
    /// The server ends the connection, with this code.
    Dismissed(u8),
    /// Something else.
    Other,
}

/// Takes the first whole packet, if there is one.
pub(crate) fn skim(input: &mut BytesMut, version: Version) -> Result<Option<Event>, Broken> {
    let Some((header, body)) = lengths(input)? else { return Ok(None) };
    if input.len() < header + body {
        return Ok(None);
    }
    let first = input[0];
    let mut packet = input.split_to(header + body).freeze();
    packet.advance(header);
    match first >> 4 {
        3 => heard(first, packet, version).map(Some),
        4 => {
            let id = packet.try_get_u16().map_err(|_| Broken::Nonsense)?;
            Ok(Some(Event::Answered { id, code: packet.try_get_u8().unwrap_or(0) }))
        }
        // Whatever stands before it, the code of the only filter comes last. `[MQTT5-3.9.3-1]`
        9 => packet.last().map(|&code| Some(Event::Granted(code))).ok_or(Broken::Nonsense),
        14 => Ok(Some(Event::Dismissed(packet.try_get_u8().unwrap_or(0)))),
        _ => Ok(Some(Event::Other)),
    }
}

/// Bytes of the fixed header and of what follows it.
fn lengths(input: &[u8]) -> Result<Option<(usize, usize)>, Broken> {
    let Some(rest) = input.get(1..) else { return Ok(None) };
    let Some((body, bytes)) = variable(rest)? else { return Ok(None) };
    if body > LARGEST { Err(Broken::Nonsense) } else { Ok(Some((1 + bytes, body))) }
}

/// A variable byte integer and its own length. `[MQTT5-1.5.5]`
fn variable(input: &[u8]) -> Result<Option<(usize, usize)>, Broken> {
    let mut value = 0;
    for (at, &byte) in input.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok(Some((value, at + 1)));
        }
    }
    if input.len() < 4 { Ok(None) } else { Err(Broken::Nonsense) }
}

fn heard(first: u8, mut packet: Bytes, version: Version) -> Result<Event, Broken> {
    let topic = packet.try_get_u16().map_err(|_| Broken::Nonsense)?;
    skip(&mut packet, topic.into())?;
    let id = if first & 0b110 == 0 {
        None
    } else {
        let id = packet.try_get_u16().map_err(|_| Broken::Nonsense)?;
        Some(PacketId::new(id).ok_or(Broken::Nonsense)?)
    };
    if version == Version::V5 {
        let (properties, bytes) = variable(&packet)?.ok_or(Broken::Nonsense)?;
        skip(&mut packet, bytes + properties)?;
    }
    Ok(Event::Heard { id, payload: packet })
}

fn skip(packet: &mut Bytes, bytes: usize) -> Result<(), Broken> {
    if packet.len() < bytes {
        return Err(Broken::Nonsense);
    }
    packet.advance(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mqtt::ReasonCode;
    use mqtt::packet::{Acknowledge, Packet, Publish, PublishProperties, Qos, Suback};

    fn written(packet: &Packet, version: Version) -> BytesMut {
        let mut bytes = BytesMut::new();
        mqtt::encode(packet, version, &mut bytes);
        bytes
    }

    fn message(id: PacketId, payload: Bytes) -> Packet {
        let user_properties = vec![("seq".to_owned(), "9".to_owned()); 20];
        Packet::Publish(Box::new(Publish {
            dup: false,
            qos: Qos::AtLeastOnce,
            retain: false,
            topic: "rooms/tea/said".into(),
            packet_id: Some(id),
            payload,
            properties: PublishProperties { user_properties, ..PublishProperties::default() },
        }))
    }

    #[test]
    fn a_message_is_read_past_its_properties_and_only_when_it_is_whole() {
        let (id, payload) = (PacketId::new(7).unwrap(), Bytes::from(vec![b'x'; 300]));
        for version in [Version::V3, Version::V5] {
            let whole = written(&message(id, payload.clone()), version);
            for len in 0..whole.len() {
                assert_eq!(skim(&mut BytesMut::from(&whole[..len]), version).unwrap(), None, "{len}");
            }
            let mut twice = BytesMut::from([&whole[..], &whole[..]].concat().as_slice());
            for _ in 0..2 {
                let event = skim(&mut twice, version).unwrap();
                assert_eq!(event, Some(Event::Heard { id: Some(id), payload: payload.clone() }));
            }
            assert!(twice.is_empty());
        }
    }

    #[test]
    fn an_answer_says_whether_it_is_a_refusal() {
        let answer = |code| Packet::Puback(Acknowledge::new(PacketId::new(3).unwrap(), code));
        let yes = skim(&mut written(&answer(ReasonCode::Success), Version::V5), Version::V5).unwrap();
        assert_eq!(yes, Some(Event::Answered { id: 3, code: 0 }));
        let no = skim(&mut written(&answer(ReasonCode::QuotaExceeded), Version::V5), Version::V5).unwrap();
        assert_eq!(no, Some(Event::Answered { id: 3, code: 0x97 }));
        let old = skim(&mut written(&answer(ReasonCode::Success), Version::V3), Version::V3).unwrap();
        assert_eq!(old, Some(Event::Answered { id: 3, code: 0 }));
    }

    #[test]
    fn a_subscription_says_whether_it_is_granted() {
        let answer = |code| {
            let (packet_id, reason) = (PacketId::new(3).unwrap(), Some("no tea".to_owned()));
            Packet::Suback(Box::new(Suback {
                packet_id,
                codes: vec![code],
                reason,
                user_properties: Vec::new(),
            }))
        };
        for code in [ReasonCode::GrantedQos1, ReasonCode::NotAuthorized] {
            let event = skim(&mut written(&answer(code), Version::V5), Version::V5).unwrap();
            assert_eq!(event, Some(Event::Granted(code as u8)));
        }
    }

    #[test]
    fn lengths_that_lie_end_the_connection() {
        for bytes in [&[0x30, 0xff, 0xff, 0xff, 0xff][..], &[0x32, 3, 0, 9, b'x'], &[0x40, 1, 0]] {
            assert!(skim(&mut BytesMut::from(bytes), Version::V5).is_err(), "{bytes:?}");
        }
    }
}
