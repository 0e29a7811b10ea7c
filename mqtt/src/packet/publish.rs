//! PUBLISH.

use super::{PacketId, Qos, UserProperties};
use bytes::Bytes;
use std::fmt;
use std::num::NonZeroU16;

/// A message on its way.
#[derive(Clone, PartialEq)]
pub struct Publish {
    /// It may have been sent before.
    pub dup: bool,
    /// How hard to try.
    pub qos: Qos,
    /// To the server: keep it. From the server: it was kept.
    pub retain: bool,
    /// Where to; empty where an alias says it.
    pub topic: String,
    /// There exactly when `qos` is above 0. `[MQTT5-2.2.1-2]`
    pub packet_id: Option<PacketId>,
    /// What.
    pub payload: Bytes,
    /// MQTT 5 only.
    pub properties: PublishProperties,
}

impl fmt::Debug for Publish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publish")
            .field("topic", &self.topic)
            .field("qos", &self.qos)
            .field("dup", &self.dup)
            .field("packet_id", &self.packet_id)
            .field("len", &self.payload.len())
            .finish_non_exhaustive()
    }
}

/// What MQTT 5 lets a message say beside its payload.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PublishProperties {
    /// 0 for bytes, 1 for text.
    pub payload_format: Option<u8>,
    /// Seconds.
    pub message_expiry: Option<u32>,
    /// A short name for the topic on this connection.
    pub topic_alias: Option<NonZeroU16>,
    /// Where an answer shall go.
    pub response_topic: Option<String>,
    /// What the answer shall carry.
    pub correlation_data: Option<Bytes>,
    /// In order.
    pub user_properties: UserProperties,
    /// The subscriptions it matched, 1 to 268,435,455 each; from a server only.
    pub subscription_ids: Vec<u32>,
    /// A MIME type or such.
    pub content_type: Option<String>,
}
