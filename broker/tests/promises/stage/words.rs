//! Short ways to say what the tests say often.

use broker::outbound::{Delivery, Mark, Offer, Outbound};
use bytes::Bytes;
use mqtt::packet::{
    Acknowledge, Connect, Packet, PacketId, Publish, PublishProperties, Qos, RetainHandling, Subscribe,
    Subscription, Version, Will, WillProperties,
};
use mqtt::{Content, Frame, ReasonCode};
use std::sync::Arc;

pub(crate) const BOTH: [Version; 2] = [Version::V3, Version::V5];

/// A CONNECT of a persistent session.
pub(crate) fn hello(version: Version, client_id: &str) -> Connect {
    Connect {
        clean_start: false,
        session_expiry: (version == Version::V5).then_some(3600),
        ..Connect::new(version, client_id)
    }
}

pub(crate) fn will() -> Option<Box<Will>> {
    Some(Box::new(Will {
        topic: "last/words".into(),
        payload: Bytes::from_static(b"farewell"),
        qos: Qos::AtLeastOnce,
        retain: false,
        properties: WillProperties::default(),
    }))
}

pub(crate) fn id(number: u16) -> PacketId {
    PacketId::new(number).unwrap()
}

/// A PUBLISH with this id, at QoS 1; with id 0 at QoS 0.
pub(crate) fn publish(number: u16) -> Packet {
    let qos = if number == 0 { Qos::AtMostOnce } else { Qos::AtLeastOnce };
    Packet::Publish(Box::new(Publish {
        dup: false,
        qos,
        retain: false,
        topic: "rooms/tea/say".into(),
        packet_id: PacketId::new(number),
        payload: Bytes::from_static(b"the kettle is on"),
        properties: PublishProperties::default(),
    }))
}

pub(crate) fn publish_with(number: u16, change: impl FnOnce(&mut Publish)) -> Packet {
    let Packet::Publish(mut packet) = publish(number) else { unreachable!() };
    change(&mut packet);
    Packet::Publish(packet)
}

pub(crate) fn puback(id: PacketId) -> Packet {
    Packet::Puback(Acknowledge::new(id, ReasonCode::Success))
}

pub(crate) fn subscribe(number: u16, filters: &[&str]) -> Packet {
    let subscription = |filter: &&str| Subscription {
        filter: (*filter).into(),
        qos: Qos::AtLeastOnce,
        no_local: false,
        retain_as_published: false,
        retain_handling: RetainHandling::Always,
    };
    Packet::Subscribe(Box::new(Subscribe {
        packet_id: id(number),
        subscriptions: filters.iter().map(subscription).collect(),
        subscription_id: None,
        user_properties: Vec::new(),
    }))
}

pub(crate) fn mark(position: u64) -> Mark {
    Mark { log: 7, position, copy: 0 }
}

/// A delivery at QoS 1 whose payload is its position.
pub(crate) fn delivery(position: u64) -> Delivery {
    delivery_of(position, Bytes::from(position.to_string()), Qos::AtLeastOnce)
}

pub(crate) fn delivery_at(position: u64, qos: Qos) -> Delivery {
    Delivery { qos, ..delivery(position) }
}

pub(crate) fn delivery_of(position: u64, payload: Bytes, qos: Qos) -> Delivery {
    Delivery {
        frame: Arc::new(Frame::new("rooms/tea/said", payload, Content::default())),
        qos,
        retain: false,
        dup: false,
        subscription_ids: None,
        expires_at: None,
        mark: mark(position),
    }
}

/// Which message it is.
pub(crate) fn position(message: &Publish) -> u64 {
    std::str::from_utf8(&message.payload).unwrap().parse().unwrap()
}

/// Offers these deliveries, all of which find room.
pub(crate) fn offer(outbound: &Outbound, positions: std::ops::Range<u64>) {
    for position in positions {
        assert_eq!(outbound.offer(delivery(position)), Offer::Taken);
    }
    outbound.wake();
}
