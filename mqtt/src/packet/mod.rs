//! What travels between a client and the server, as values. Both versions share one type for each packet;
//! what only MQTT 5 has is empty in a packet of 3.1.1.

mod acknowledge;
mod connect;
mod disconnect;
mod publish;
mod subscribe;

pub use acknowledge::Acknowledge;
pub use connect::{Connack, ConnackProperties, Connect, Password, Will, WillProperties};
pub use disconnect::{Auth, Disconnect};
pub use publish::{Publish, PublishProperties};
pub use subscribe::{RetainHandling, Suback, Subscribe, Subscription, Unsuback, Unsubscribe};

use std::num::NonZeroU16;

/// User properties in the order they came.
pub type UserProperties = Vec<(String, String)>;

/// The two versions of the protocol that are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// MQTT 3.1.1.
    V3,
    /// MQTT 5.
    V5,
}

/// The two ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The one that sent CONNECT.
    Client,
    /// The one that answered it.
    Server,
}

/// How hard both sides try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Qos {
    /// QoS 0.
    AtMostOnce = 0,
    /// QoS 1.
    AtLeastOnce = 1,
    /// QoS 2.
    ExactlyOnce = 2,
}

impl Qos {
    /// The level with this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Qos> {
        match number {
            0 => Some(Qos::AtMostOnce),
            1 => Some(Qos::AtLeastOnce),
            2 => Some(Qos::ExactlyOnce),
            _ => None,
        }
    }
}

/// The number that ties an acknowledgement to its packet; never zero. `[MQTT5-2.2.1-3]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PacketId(pub NonZeroU16);

impl PacketId {
    /// The id with this number, unless it is zero.
    #[must_use]
    pub const fn new(number: u16) -> Option<PacketId> {
        match NonZeroU16::new(number) {
            Some(number) => Some(PacketId(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

/// Any packet of either direction.
#[derive(Debug, Clone, PartialEq)]
pub enum Packet {
    /// A client introduces itself.
    Connect(Box<Connect>),
    /// The server lets it in, or not.
    Connack(Box<Connack>),
    /// A message.
    Publish(Box<Publish>),
    /// QoS 1, the only answer.
    Puback(Acknowledge),
    /// QoS 2, first answer.
    Pubrec(Acknowledge),
    /// QoS 2, second step.
    Pubrel(Acknowledge),
    /// QoS 2, last step.
    Pubcomp(Acknowledge),
    /// A client wants messages.
    Subscribe(Box<Subscribe>),
    /// What it will get.
    Suback(Box<Suback>),
    /// A client wants them no more.
    Unsubscribe(Box<Unsubscribe>),
    /// What became of that.
    Unsuback(Box<Unsuback>),
    /// Are you there?
    Pingreq,
    /// Yes.
    Pingresp,
    /// One side leaves, and says why.
    Disconnect(Box<Disconnect>),
    /// A step of enhanced authentication; MQTT 5 only.
    Auth(Box<Auth>),
}
