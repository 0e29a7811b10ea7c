//! What one receiver gets of its own.

use crate::encode::publish::delivery;
use crate::encode::sink::{Sink, count};
use crate::packet::{PacketId, Qos, Version};
use std::num::NonZeroU16;

/// What one receiver gets of its own.
#[derive(Debug, Clone, Copy)]
pub struct Dress<'a> {
    /// What it speaks. In 3.1.1 the last three fields have no place and are left out.
    pub version: Version,
    /// The lesser of the message's and its subscription's.
    pub qos: Qos,
    /// Whether it may have got this before.
    pub dup: bool,
    /// Whether this was kept for it, or its subscription leaves the flag as published.
    pub retain: bool,
    /// There exactly when `qos` is above 0.
    pub packet_id: Option<PacketId>,
    /// Of all its subscriptions that match, 1 to 268,435,455 each.
    pub subscription_ids: &'a [u32],
    /// Seconds that are left.
    pub message_expiry: Option<u32>,
    /// A short name for the topic.
    pub alias: Option<Alias>,
}

/// How a topic alias stands in a PUBLISH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alias {
    /// Beside the topic: from now on it means it. `[MQTT5-3.3.2.3.4]`
    New(NonZeroU16),
    /// Instead of the topic, which the receiver knows.
    Known(NonZeroU16),
}

impl Dress<'_> {
    pub(super) fn properties_len(&self) -> usize {
        count(|sum| self.write_properties(sum))
    }

    pub(super) fn write_properties(&self, sink: &mut impl Sink) {
        let alias = self.alias.map(|(Alias::New(number) | Alias::Known(number))| number);
        delivery(self.subscription_ids, self.message_expiry, alias, sink);
    }
}
