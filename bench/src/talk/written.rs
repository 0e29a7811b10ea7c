//! A PUBLISH that is written once: of the next one in the same room only what is its own is written anew. So the load
//! costs less beside the server it shares a machine with.

use super::speaker::Stage;
use crate::mark::Mark;
use bytes::BytesMut;
use mqtt::packet::{Packet, PacketId, Publish, PublishProperties, Qos, Version};
use std::num::NonZeroU16;

/// Messages of one speaker in one room.
#[derive(Debug)]
pub(super) struct Written {
    /// Which room.
    pub(super) room: u32,
    packet: BytesMut,
    /// Where the packet id stands, if it has one,
    id: usize,
    /// and where the payload begins.
    payload: usize,
}

impl Written {
    /// Messages of this run and so many bytes.
    pub(super) fn of(stage: &Stage, run: u32, size: usize, qos: Qos, version: Version) -> Written {
        let payload = Mark { run, room: stage.room, number: 0, due: 0 }.message(size);
        let length = payload.len();
        let publish = Publish {
            dup: false,
            qos,
            retain: false,
            topic: stage.say.clone(),
            packet_id: (qos > Qos::AtMostOnce).then_some(PacketId(NonZeroU16::MIN)),
            payload: payload.into(),
            properties: PublishProperties::default(),
        };
        let mut packet = BytesMut::new();
        mqtt::encode(&Packet::Publish(Box::new(publish)), version, &mut packet);
        let payload = packet.len() - length;
        // Between the two, MQTT 5 says in one byte that there are no properties.
        let id = payload - usize::from(version == Version::V5) - size_of::<PacketId>();
        Written { room: stage.room, packet, id, payload }
    }

    /// The next of them: at QoS 1 with a packet id.
    pub(super) fn next(&mut self, id: Option<PacketId>, number: u32, due: u64) -> &[u8] {
        if let Some(id) = id {
            self.packet[self.id..][..size_of::<PacketId>()].copy_from_slice(&id.get().to_be_bytes());
        }
        Mark::renew(&mut self.packet[self.payload..], number, due);
        &self.packet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mqtt::Limits;
    use mqtt::packet::Side;

    #[test]
    fn each_message_is_as_if_it_had_been_written_anew() {
        let stage = Stage { room: 5, say: "apps/meter/kettle".to_owned() };
        for (qos, version) in [
            (Qos::AtMostOnce, Version::V3),
            (Qos::AtMostOnce, Version::V5),
            (Qos::AtLeastOnce, Version::V3),
            (Qos::AtLeastOnce, Version::V5),
        ] {
            let mut written = Written::of(&stage, 0xdead_beef, 300, qos, version);
            for (number, due) in [(0, 0), (0x0123_abcd, 0x0123_4567_89ab), (u32::MAX, 7)] {
                let id = PacketId::new(0x1234).filter(|_| qos > Qos::AtMostOnce);
                let packet = written.next(id, number, due);
                let (read, _) =
                    mqtt::decode(packet, Side::Client, version, &Limits::default()).unwrap().unwrap();
                let Packet::Publish(read) = read else { panic!("{read:?}") };
                let mark = Mark { run: 0xdead_beef, room: 5, number, due };
                assert_eq!((read.topic.as_str(), read.qos, read.packet_id), ("apps/meter/kettle", qos, id));
                assert_eq!(read.payload, mark.message(300));
            }
        }
    }
}
