//! A message on a topic that is none of chat's: as it comes, as it waits, as it is found again. See [`crate::Apps`].

use crate::SessionId;
use bytes::Bytes;
use chat::Timestamp;
use std::fmt;

/// A message on a topic that is none of chat's.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Larger than every earlier one and used once: messages wait in this order. Made by the program (a 63-bit snowflake).
    pub id: i64,
    /// Where to, up to 65,535 bytes.
    pub topic: String,
    /// What. Sealed at rest.
    pub payload: Bytes,
    /// What a PUBLISH of MQTT 5 says beside topic and payload, as the bridge packs it. Sealed at rest with the payload.
    pub properties: Vec<u8>,
    /// As it was published: 0, 1 or 2.
    pub qos: u8,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being delivered and shown, if it does.
    pub expires_at: Option<Timestamp>,
    /// What becomes of the message that its topic retains.
    pub retain: Retain,
    /// The sessions it waits for, each once; may be none.
    pub receivers: Vec<Receiver>,
    /// The packet of QoS 2 that it came in, where its session has a row: found again until its PUBREL
    /// ([`crate::Store::release`]).
    pub inbound: Option<(SessionId, u16)>,
}

/// What becomes of the message that a topic retains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retain {
    /// It stays as it is.
    No,
    /// This message takes its place.
    Keep,
    /// There is none any more [MQTT5-3.3.1-6].
    Clear,
}

/// A session that a message waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Which session.
    pub session: SessionId,
    /// How it gets the message.
    pub how: Queued,
}

/// How a message that waits is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// 1 or 2: nothing waits with QoS 0.
    pub qos: u8,
    /// Whether it is delivered as a retained one.
    pub retain: bool,
    /// The client's numbers for the subscriptions that it fits.
    pub subscription_ids: Vec<u32>,
    /// Whose turn it was: then another has it if the session ends ([`crate::Apps::turns`]).
    pub turn: Option<Turn>,
}

/// A message that a session was chosen for among those that share a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The shared subscriptions, as they are written; at least one.
    pub shares: Vec<String>,
    /// Whether it was published as a retained one: another may wish to hear that.
    pub retained: bool,
}

/// A message that a session left when it ended, and that another may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftTurn {
    /// The session that ended.
    pub session: SessionId,
    /// The message.
    pub id: i64,
    /// It is of QoS 2 and may have been begun with the session: then nobody else has it [MQTT5-4.8.2-5].
    pub may_be_begun: bool,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is stored.
    Fresh,
    /// The packet it came in was here before and is not released: nothing was stored and nothing changed.
    Again,
}

/// A message as it is found again.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// See [`NewMessage::id`].
    pub id: i64,
    /// Where to.
    pub topic: String,
    /// What.
    pub payload: Bytes,
    /// See [`NewMessage::properties`].
    pub properties: Vec<u8>,
    /// As it was published: 0, 1 or 2.
    pub qos: u8,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being delivered and shown, if it does.
    pub expires_at: Option<Timestamp>,
}

/// A message in the queue of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The message.
    pub message: StoredMessage,
    /// How the session gets it.
    pub how: Queued,
}

/// What it says stays unsaid.
impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NewMessage { id, topic, qos, retain, receivers, inbound, .. } = self;
        f.debug_struct("NewMessage")
            .field("id", id)
            .field("topic", topic)
            .field("qos", qos)
            .field("retain", retain)
            .field("receivers", &receivers.len())
            .field("inbound", inbound)
            .finish_non_exhaustive()
    }
}

/// What it says stays unsaid.
impl fmt::Debug for StoredMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StoredMessage { id, topic, qos, at, .. } = self;
        f.debug_struct("StoredMessage")
            .field("id", id)
            .field("topic", topic)
            .field("qos", qos)
            .field("at", at)
            .finish_non_exhaustive()
    }
}
