//! What a sender says about its message, beside topic and payload.

use crate::encode::publish::content;
use crate::encode::sink::{Section, Sink};
use crate::packet::{PublishProperties, UserProperties, WillProperties};
use bytes::Bytes;

/// What a sender says about its message, passed on unchanged to every receiver that speaks MQTT 5.
/// `[MQTT5-3.3.2-4]` `[MQTT5-3.3.2-15]` `[MQTT5-3.3.2-16]` `[MQTT5-3.3.2-17]` `[MQTT5-3.3.2-20]`
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// 0 for bytes, 1 for text.
    pub payload_format: Option<u8>,
    /// A MIME type or such.
    pub content_type: Option<String>,
    /// Where an answer shall go.
    pub response_topic: Option<String>,
    /// What the answer shall carry.
    pub correlation_data: Option<Bytes>,
    /// In order.
    pub user_properties: UserProperties,
}

impl Section for &Content {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        content(
            self.payload_format,
            self.content_type.as_deref(),
            self.response_topic.as_deref(),
            self.correlation_data.as_deref(),
            &self.user_properties,
            sink,
        );
    }
}

impl From<PublishProperties> for Content {
    fn from(said: PublishProperties) -> Content {
        Content {
            payload_format: said.payload_format,
            content_type: said.content_type,
            response_topic: said.response_topic,
            correlation_data: said.correlation_data,
            user_properties: said.user_properties,
        }
    }
}

impl From<WillProperties> for Content {
    fn from(said: WillProperties) -> Content {
        Content {
            payload_format: said.payload_format,
            content_type: said.content_type,
            response_topic: said.response_topic,
            correlation_data: said.correlation_data,
            user_properties: said.user_properties,
        }
    }
}
