//! SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK.

use super::{PacketId, Qos, UserProperties};
use crate::ReasonCode;

/// A client wants messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscribe {
    /// Ties the SUBACK to it.
    pub packet_id: PacketId,
    /// At least one.
    pub subscriptions: Vec<Subscription>,
    /// 1 to 268,435,455; told with every message these subscriptions bring.
    pub subscription_id: Option<u32>,
    /// In order.
    pub user_properties: UserProperties,
}

/// One filter and its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Which topics; its syntax is checked.
    pub filter: String,
    /// The greatest QoS wanted.
    pub qos: Qos,
    /// Not what this client itself publishes.
    pub no_local: bool,
    /// Leave the retain flag as the publisher set it.
    pub retain_as_published: bool,
    /// Whether retained messages come at once.
    pub retain_handling: RetainHandling,
}

/// When retained messages are sent for a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RetainHandling {
    /// At every SUBSCRIBE.
    Always = 0,
    /// Only for a subscription that is new.
    IfNew = 1,
    /// Never.
    Never = 2,
}

/// What a client will get, filter by filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Suback {
    /// Of the SUBSCRIBE.
    pub packet_id: PacketId,
    /// One for each filter, in order. A packet of 3.1.1 carries 0x80 for every refusal.
    pub codes: Vec<ReasonCode>,
    /// Words for a person; MQTT 5 only.
    pub reason: Option<String>,
    /// MQTT 5 only.
    pub user_properties: UserProperties,
}

/// A client wants some messages no more.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsubscribe {
    /// Ties the UNSUBACK to it.
    pub packet_id: PacketId,
    /// At least one.
    pub filters: Vec<String>,
    /// In order.
    pub user_properties: UserProperties,
}

/// What became of that.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsuback {
    /// Of the UNSUBSCRIBE.
    pub packet_id: PacketId,
    /// One for each filter, in order; a packet of 3.1.1 carries none.
    pub codes: Vec<ReasonCode>,
    /// Words for a person; MQTT 5 only.
    pub reason: Option<String>,
    /// MQTT 5 only.
    pub user_properties: UserProperties,
}
