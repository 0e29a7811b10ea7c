//! CONNECT and CONNACK.

use super::{Qos, UserProperties, Version};
use crate::ReasonCode;
use bytes::Bytes;
use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};

/// What a client says about itself when it arrives.
#[derive(Clone, PartialEq)]
pub struct Connect {
    /// The version it speaks.
    pub version: Version,
    /// Forget an earlier session (`clean session` in 3.1.1).
    pub clean_start: bool,
    /// Seconds; 0 means that silence is fine.
    pub keep_alive: u16,
    /// The client's name for the device; may be empty.
    pub client_id: String,
    /// Who, where they say so.
    pub user_name: Option<String>,
    /// Their proof.
    pub password: Option<Password>,
    /// What to publish when it goes without a word.
    pub will: Option<Box<Will>>,
    /// Seconds the session outlives the connection; absent means 0, `u32::MAX` for ever.
    pub session_expiry: Option<u32>,
    /// How many QoS > 0 messages it takes unacknowledged; absent means 65,535.
    pub receive_maximum: Option<NonZeroU16>,
    /// The largest packet it takes, in bytes.
    pub maximum_packet_size: Option<NonZeroU32>,
    /// How many topic aliases it keeps; absent means 0.
    pub topic_alias_maximum: Option<u16>,
    /// Whether it asks for response information in CONNACK; absent means no.
    pub request_response_information: Option<bool>,
    /// Whether it wants reason strings and user properties everywhere; absent means yes.
    pub request_problem_information: Option<bool>,
    /// In order.
    pub user_properties: UserProperties,
    /// The name of an enhanced authentication.
    pub authentication_method: Option<String>,
    /// Its first data; never there without a method.
    pub authentication_data: Option<Bytes>,
}

impl Connect {
    /// The least a client says: its name, a clean start, no keep alive.
    #[must_use]
    pub fn new(version: Version, client_id: impl Into<String>) -> Connect {
        Connect {
            version,
            clean_start: true,
            keep_alive: 0,
            client_id: client_id.into(),
            user_name: None,
            password: None,
            will: None,
            session_expiry: None,
            receive_maximum: None,
            maximum_packet_size: None,
            topic_alias_maximum: None,
            request_response_information: None,
            request_problem_information: None,
            user_properties: Vec::new(),
            authentication_method: None,
            authentication_data: None,
        }
    }
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect")
            .field("version", &self.version)
            .field("clean_start", &self.clean_start)
            .field("client_id", &self.client_id)
            .field("will", &self.will)
            .finish_non_exhaustive()
    }
}

/// A password or token. It does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub Bytes);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What a client leaves to be published when it goes without a word.
#[derive(Clone, PartialEq)]
pub struct Will {
    /// Where to.
    pub topic: String,
    /// What.
    pub payload: Bytes,
    /// How.
    pub qos: Qos,
    /// Whether to keep it.
    pub retain: bool,
    /// MQTT 5 only.
    pub properties: WillProperties,
}

impl fmt::Debug for Will {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Will")
            .field("topic", &self.topic)
            .field("len", &self.payload.len())
            .finish_non_exhaustive()
    }
}

/// What MQTT 5 lets a client say about its will.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WillProperties {
    /// Seconds between the end of the connection and the will; absent means 0.
    pub delay: Option<u32>,
    /// 0 for bytes, 1 for text.
    pub payload_format: Option<u8>,
    /// Seconds.
    pub message_expiry: Option<u32>,
    /// A MIME type or such.
    pub content_type: Option<String>,
    /// Where an answer shall go.
    pub response_topic: Option<String>,
    /// What the answer shall carry.
    pub correlation_data: Option<Bytes>,
    /// In order.
    pub user_properties: UserProperties,
}

/// The server's answer to a CONNECT.
#[derive(Debug, Clone, PartialEq)]
pub struct Connack {
    /// Whether an earlier session goes on. Always false with a code that is not success.
    pub session_present: bool,
    /// Success or why not. A packet of 3.1.1 carries the nearest of its six return codes.
    pub code: ReasonCode,
    /// MQTT 5 only.
    pub properties: ConnackProperties,
}

/// What MQTT 5 lets the server say in CONNACK. Absent means the standard's default.
#[derive(Clone, Default, PartialEq)]
pub struct ConnackProperties {
    /// Seconds, where it differs from what the client asked.
    pub session_expiry: Option<u32>,
    /// How many QoS > 0 messages the server takes unacknowledged.
    pub receive_maximum: Option<NonZeroU16>,
    /// The greatest QoS the server speaks: 0 or 1; absent means 2.
    pub maximum_qos: Option<u8>,
    /// Whether retained messages are kept.
    pub retain_available: Option<bool>,
    /// The largest packet the server takes, in bytes.
    pub maximum_packet_size: Option<NonZeroU32>,
    /// The name the server gave a client that came without one.
    pub assigned_client_id: Option<String>,
    /// How many aliases the server keeps.
    pub topic_alias_maximum: Option<u16>,
    /// Words for a person.
    pub reason: Option<String>,
    /// In order.
    pub user_properties: UserProperties,
    /// Whether filters may have wildcards.
    pub wildcard_subscriptions: Option<bool>,
    /// Whether subscriptions may have identifiers.
    pub subscription_identifiers: Option<bool>,
    /// Whether `$share` works.
    pub shared_subscriptions: Option<bool>,
    /// Seconds the client must use instead of its own.
    pub server_keep_alive: Option<u16>,
    /// The base of response topics.
    pub response_information: Option<String>,
    /// Where else to go.
    pub server_reference: Option<String>,
    /// The name of the enhanced authentication that went well.
    pub authentication_method: Option<String>,
    /// Its last data.
    pub authentication_data: Option<Bytes>,
}

impl fmt::Debug for ConnackProperties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnackProperties")
            .field("reason", &self.reason)
            .field("assigned_client_id", &self.assigned_client_id)
            .finish_non_exhaustive()
    }
}
