//! Packets in few words.

use bytes::Bytes;
use mqtt::packet::{
    PacketId, Publish, PublishProperties, Qos, RetainHandling, Subscribe, Subscription, UserProperties,
};

/// A message at QoS 1; the packet id comes when it is sent.
#[must_use]
pub fn publish(topic: &str, payload: impl AsRef<[u8]>) -> Publish {
    Publish {
        dup: false,
        qos: Qos::AtLeastOnce,
        retain: false,
        topic: topic.to_owned(),
        packet_id: None,
        payload: Bytes::copy_from_slice(payload.as_ref()),
        properties: PublishProperties::default(),
    }
}

/// A message at this QoS; the packet id comes when it is sent.
#[must_use]
pub fn publish_at(qos: Qos, topic: &str, payload: impl AsRef<[u8]>) -> Publish {
    Publish { qos, ..publish(topic, payload) }
}

/// A message to be kept, at this QoS.
#[must_use]
pub fn retained(qos: Qos, topic: &str, payload: impl AsRef<[u8]>) -> Publish {
    Publish { retain: true, ..publish_at(qos, topic, payload) }
}

/// A say into a room, with user properties (MQTT 5).
#[must_use]
pub fn say(room: &str, body: &str, words: &[(&str, &str)]) -> Publish {
    let mut say = publish(&format!("rooms/{room}/say"), body);
    say.properties.user_properties = properties(words);
    say
}

/// User properties.
#[must_use]
pub fn properties(words: &[(&str, &str)]) -> UserProperties {
    words.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A filter at QoS 1 without options.
#[must_use]
pub fn filter(topic: &str) -> Subscription {
    Subscription {
        filter: topic.to_owned(),
        qos: Qos::AtLeastOnce,
        no_local: false,
        retain_as_published: false,
        retain_handling: RetainHandling::Always,
    }
}

/// A SUBSCRIBE; the packet id comes when it is sent.
#[must_use]
pub fn subscribe(subscriptions: impl IntoIterator<Item = Subscription>) -> Subscribe {
    Subscribe {
        packet_id: PacketId(std::num::NonZeroU16::MAX),
        subscriptions: subscriptions.into_iter().collect(),
        subscription_id: None,
        user_properties: Vec::new(),
    }
}
