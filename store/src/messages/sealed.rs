//! Messages as they are stored.

use crate::seal::MasterKey;
use crate::{Error, NewMessage, Queued, Retain};
use aws_lc_rs::digest::{SHA256, digest};
use chat::Timestamp;
use std::collections::HashSet;

/// The form in which it is packed how a message is delivered.
pub(super) const FORM: u8 = 1;

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
    /// Numbers of the sessions it waits for, each once, and how each gets it, packed.
    pub receivers: Vec<(i64, Vec<u8>)>,
    /// The session and the key of the packet it came in ([`crate::SessionId::packet`]).
    pub packet: Option<(i64, i64)>,
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

fn receivers(new: &NewMessage) -> Result<Vec<(i64, Vec<u8>)>, Error> {
    let mut seen = HashSet::with_capacity(new.receivers.len());
    let once = new.receivers.iter().filter(|receiver| seen.insert(receiver.session));
    once.map(|receiver| Ok((receiver.session.0, pack(&receiver.how)?))).collect()
}

fn pack(how: &Queued) -> Result<Vec<u8>, Error> {
    let packed = postcard::to_extend(&(how.qos, how.retain, &how.subscription_ids), vec![FORM]);
    packed.map_err(|_| Error::Broken("it can't be packed how a message is delivered".into()))
}
