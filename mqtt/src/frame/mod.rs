//! One message on its way to many receivers.
//!
//! What they all get (topic, payload, what the sender said about it) is kept once and encoded at most once; what
//! each gets of its own, a [`Dress`], is patched in while the frame is copied into that receiver's write buffer. So a
//! receiver costs one copy and no allocation, and ten thousand queues hold one `Arc<Frame>`.
//!
//! The bytes are those that [`crate::encode()`] writes for the same PUBLISH. Whether a frame fits the receiver, and
//! when it expires, is for the broker to say: it asks [`Frame::size`] first. `[MQTT5-3.1.2-24]`

mod content; // what all receivers get

mod dress; // what one gets of its own

pub use content::Content;
pub use dress::{Alias, Dress};

use crate::encode::publish::first_byte;
use crate::encode::sink::{Section, Sink, count, variable_len};
use crate::packet::{Qos, Version};
use bytes::{Bytes, BytesMut};
use std::fmt;
use std::sync::OnceLock;

/// More than the fixed header, packet id, property length, expiry, alias and a few subscription ids of any receiver.
const DRESS: usize = 32;

/// A message that is shared by all its receivers.
pub struct Frame {
    topic: Box<str>,
    payload: Bytes,
    content: Content,
    /// Bytes of `content` in MQTT 5.
    content_len: usize,
    /// `content` in MQTT 5, once a receiver has needed it.
    encoded: OnceLock<Box<[u8]>>,
}

impl Frame {
    /// A frame of this message.
    ///
    /// # Panics
    /// For a string of more than 65,535 bytes or 256 MiB in all: neither has an encoding, and nothing that was
    /// decoded is so long.
    #[must_use]
    pub fn new(topic: impl Into<Box<str>>, payload: Bytes, content: Content) -> Frame {
        let topic = topic.into();
        let content_len = count(|sum| (&content).write(sum));
        let len = count(|sum| sum.binary(topic.as_bytes())) + content_len + payload.len();
        assert!(len < (1 << 28) - (1 << 16), "a packet ends at 256 MiB");
        Frame { topic, payload, content, content_len, encoded: OnceLock::new() }
    }

    /// Where it goes.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// What it carries.
    #[must_use]
    pub const fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// What its sender said about it.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// Bytes in a queue, give or take a few: what every receiver gets, and room for its own.
    #[must_use]
    pub const fn len_hint(&self) -> usize {
        DRESS + self.topic.len() + self.content_len + self.payload.len()
    }

    /// Exactly how many bytes [`Frame::write`] writes.
    #[must_use]
    pub fn size(&self, dress: &Dress<'_>) -> usize {
        let body = self.body_len(dress);
        1 + variable_len(body) + body
    }

    /// Writes the PUBLISH to the end of `out`.
    ///
    /// # Panics
    /// For a subscription id that has no encoding.
    pub fn write(&self, dress: &Dress<'_>, out: &mut BytesMut) {
        debug_assert_eq!(dress.packet_id.is_some(), dress.qos > Qos::AtMostOnce, "[MQTT5-2.2.1-2]");
        let body = self.body_len(dress);
        out.reserve(1 + variable_len(body) + body);
        out.byte(first_byte(dress.dup, dress.qos, dress.retain));
        out.variable(body as u32);
        out.binary(self.topic_for(dress).as_bytes());
        if let Some(id) = dress.packet_id {
            out.packet_id(id);
        }
        if dress.version == Version::V5 {
            out.variable((dress.properties_len() + self.content_len) as u32);
            dress.write_properties(out);
            out.raw(self.encoded());
        }
        out.raw(&self.payload);
    }

    fn body_len(&self, dress: &Dress<'_>) -> usize {
        let id = if dress.packet_id.is_some() { 2 } else { 0 };
        let fixed = 2 + self.topic_for(dress).len() + id + self.payload.len();
        match dress.version {
            Version::V3 => fixed,
            Version::V5 => {
                let properties = dress.properties_len() + self.content_len;
                fixed + variable_len(properties) + properties
            }
        }
    }

    const fn topic_for(&self, dress: &Dress<'_>) -> &str {
        match (dress.version, dress.alias) {
            (Version::V5, Some(Alias::Known(_))) => "",
            _ => &self.topic,
        }
    }

    fn encoded(&self) -> &[u8] {
        self.encoded.get_or_init(|| {
            let mut bytes = BytesMut::with_capacity(self.content_len);
            (&self.content).write(&mut bytes);
            bytes.as_ref().into()
        })
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("topic", &self.topic)
            .field("len", &self.payload.len())
            .finish_non_exhaustive()
    }
}
