//! A message on its way: shared by all who hear it, and as the store keeps it.

use bytes::Bytes;
use chat::Timestamp;
use mqtt::packet::{Publish, Qos, Will};
use mqtt::{Content, Frame};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use store::{NewMessage, Receiver, Retain, SessionId, StoredMessage, StoredWill};

/// See the module.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) frame: Arc<Frame>,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    pub(crate) at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
}

/// What its sender said beside topic and payload, as it is packed for the store.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Said {
    payload_format: Option<u8>,
    content_type: Option<String>,
    response_topic: Option<String>,
    correlation: Option<Vec<u8>>,
    user_properties: Vec<(String, String)>,
    /// Seconds; of a will, whose time has not begun.
    expiry: Option<u32>,
}

impl Message {
    /// As a client published it, at `now`.
    pub(crate) fn published(publish: Publish, now: Timestamp) -> Message {
        let Publish { qos, retain, topic, payload, properties, .. } = publish;
        let expires_at = properties.message_expiry.map(|seconds| after(now, seconds));
        let frame = Arc::new(Frame::new(topic, payload, Content::from(properties)));
        Message { frame, qos, retain, at: now, expires_at }
    }

    /// As its owner left it to be said; it is said `now`.
    pub(crate) fn willed(will: StoredWill, now: Timestamp) -> Message {
        let said: Said = unpacked(&will.said);
        let expires_at = said.expiry.map(|seconds| after(now, seconds));
        let content = Content { user_properties: will.properties, ..said.into() };
        let frame = Arc::new(Frame::new(will.topic, Bytes::from(will.payload), content));
        let qos = Qos::from_number(will.qos).unwrap_or(Qos::AtMostOnce);
        Message { frame, qos, retain: will.retain, at: now, expires_at }
    }

    /// As the store kept it.
    pub(crate) fn kept(stored: StoredMessage) -> Message {
        let StoredMessage { topic, payload, properties, qos, at, expires_at, .. } = stored;
        let said: Said = unpacked(&properties);
        Message {
            frame: Arc::new(Frame::new(topic, payload, said.into())),
            qos: Qos::from_number(qos).unwrap_or(Qos::AtMostOnce),
            retain: true,
            at,
            expires_at,
        }
    }

    /// For the store.
    pub(crate) fn to_store(
        &self,
        id: i64,
        retain: Retain,
        receivers: Vec<Receiver>,
        inbound: Option<(SessionId, u16)>,
    ) -> NewMessage {
        NewMessage {
            id,
            topic: self.topic().to_owned(),
            payload: self.frame.payload().clone(),
            properties: packed(&Said::of(self.frame.content())),
            qos: self.qos as u8,
            at: self.at,
            expires_at: self.expires_at,
            retain,
            receivers,
            inbound,
        }
    }

    pub(crate) fn topic(&self) -> &str {
        self.frame.topic()
    }

    /// When a receiver need not have it any more, by the clock of the broker.
    pub(crate) fn end(&self) -> Option<SystemTime> {
        let ms = u64::try_from(self.expires_at?.0).unwrap_or(0);
        Some(SystemTime::UNIX_EPOCH + Duration::from_millis(ms))
    }

    /// Whether its time is over.
    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// What becomes of its topic's retained message. `[MQTT5-3.3.1-6]`, `[MQTT3-3.3.1-10]`
    pub(crate) fn retains(&self) -> Retain {
        match (self.retain, self.frame.payload().is_empty()) {
            (false, _) => Retain::No,
            (true, true) => Retain::Clear,
            (true, false) => Retain::Keep,
        }
    }
}

impl Said {
    fn of(content: &Content) -> Said {
        Said {
            payload_format: content.payload_format,
            content_type: content.content_type.clone(),
            response_topic: content.response_topic.clone(),
            correlation: content.correlation_data.as_deref().map(<[u8]>::to_vec),
            user_properties: content.user_properties.clone(),
            expiry: None,
        }
    }
}

impl From<Said> for Content {
    fn from(said: Said) -> Content {
        Content {
            payload_format: said.payload_format,
            content_type: said.content_type,
            response_topic: said.response_topic,
            correlation_data: said.correlation.map(Bytes::from),
            user_properties: said.user_properties,
        }
    }
}

/// What a will says beside topic, payload and user properties.
pub(crate) fn will_words(will: &Will) -> Vec<u8> {
    let content = Content::from(will.properties.clone());
    let said = Said { user_properties: Vec::new(), ..Said::of(&content) };
    packed(&Said { expiry: will.properties.message_expiry, ..said })
}

/// Words that say nothing are no bytes: most messages have none.
fn packed(said: &Said) -> Vec<u8> {
    let is_silent = said.payload_format.is_none()
        && said.content_type.is_none()
        && said.response_topic.is_none()
        && said.correlation.is_none()
        && said.user_properties.is_empty()
        && said.expiry.is_none();
    // It holds numbers and texts, which can always be packed.
    if is_silent { Vec::new() } else { postcard::to_stdvec(said).unwrap_or_default() }
}

fn unpacked(packed: &[u8]) -> Said {
    if packed.is_empty() {
        return Said::default();
    }
    postcard::from_bytes(packed).unwrap_or_else(|_| {
        tracing::error!(
            "what was said beside a message can't be read any more; the message goes on without it"
        );
        Said::default()
    })
}

fn after(now: Timestamp, seconds: u32) -> Timestamp {
    Timestamp(now.0 + i64::from(seconds) * 1_000)
}
