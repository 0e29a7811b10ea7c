//! Messages as they are stored.

use crate::seal::MasterKey;
use crate::{Error, NewMessage, Queued, Receiver, Retain, Turn};
use aws_lc_rs::digest::{SHA256, digest};
use chat::Timestamp;
use std::collections::HashSet;

/// The form in which it is packed how a message is delivered.
pub(super) const FORM: u8 = 1;
/// The form where it was a session's turn.
pub(super) const FORM_OF_TURN: u8 = 2;

/// A message as it is stored.
pub struct SealedMessage {
    /// See [`NewMessage::id`].
    pub id: i64,
    /// Where to.
    pub topic: String,
    /// Payload and properties, sealed.
    pub body: Vec<u8>,
    /// Bytes of topic, payload and properties.
    pub size: i64,
    /// As it was published.
    pub qos: u8,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being delivered and shown.
    pub expires_at: Option<Timestamp>,
    /// What becomes of the message that its topic retains.
    pub retain: Retain,
    /// The sessions it waits for, each once.
    pub receivers: Vec<SealedReceiver>,
    /// The session and the key of the packet it came in ([`crate::SessionId::packet`]).
    pub packet: Option<(i64, i64)>,
}

/// A session that a message waits for.
pub struct SealedReceiver {
    /// Its number.
    pub session: i64,
    /// How it gets the message, packed.
    pub how: Vec<u8>,
    /// The QoS, where it is its turn; otherwise 0.
    pub turn: u8,
}

/// What finds a topic or a filter in a table: an index of PostgreSQL holds no key of 65,535 bytes.
#[must_use]
pub fn topic_key(topic: &str) -> Vec<u8> {
    digest(&SHA256, topic.as_bytes()).as_ref().to_vec()
}

impl SealedMessage {
    /// Seals messages.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, which no message brings about.
    pub fn all(master: &MasterKey, batch: &[NewMessage]) -> Result<Vec<SealedMessage>, Error> {
        batch.iter().map(|message| SealedMessage::of(master, message)).collect()
    }

    fn of(master: &MasterKey, new: &NewMessage) -> Result<SealedMessage, Error> {
        let NewMessage { id, topic, payload, properties, qos, at, expires_at, retain, .. } = new;
        let size = topic.len() + payload.len() + properties.len();
        Ok(SealedMessage {
            id: *id,
            topic: topic.clone(),
            body: master.message_key(*id)?.seal(topic, payload, properties)?,
            size: i64::try_from(size).unwrap_or(i64::MAX),
            qos: *qos,
            at: *at,
            expires_at: *expires_at,
            retain: *retain,
            receivers: receivers(new)?,
            packet: new.inbound.map(|(session, packet_id)| (session.0, session.packet(packet_id))),
        })
    }

    /// How much of a batch of the lane it is: one, and one more for every 2 KiB and for every few receivers.
    #[must_use]
    pub fn weight(&self) -> usize {
        1 + self.body.len() / 2_048 + self.receivers.len() / 4
    }
}

fn receivers(new: &NewMessage) -> Result<Vec<SealedReceiver>, Error> {
    let mut seen = HashSet::with_capacity(new.receivers.len());
    let once = new.receivers.iter().filter(|receiver| seen.insert(receiver.session));
    let sealed = once.map(|Receiver { session, how }| {
        let turn = if how.turn.is_some() { how.qos } else { 0 };
        Ok(SealedReceiver { session: session.0, how: pack(how)?, turn })
    });
    sealed.collect()
}

fn pack(how: &Queued) -> Result<Vec<u8>, Error> {
    let Queued { qos, retain, subscription_ids, turn } = how;
    let usual = (qos, retain, subscription_ids);
    let packed = match turn {
        None => postcard::to_extend(&usual, vec![FORM]),
        Some(Turn { shares, retained }) => {
            postcard::to_extend(&(usual, shares, retained), vec![FORM_OF_TURN])
        }
    };
    packed.map_err(|_| Error::Broken("it can't be packed how a message is delivered".into()))
}
