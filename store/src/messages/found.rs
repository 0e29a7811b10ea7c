//! Messages as they are read again.

use super::sealed::{FORM, FORM_OF_TURN};
use crate::seal::MasterKey;
use crate::stored::damaged;
use crate::{Error, Queued, StoredMessage, Turn, Waiting};
use chat::Timestamp;

/// A message as the tables have it.
pub struct StoredRow {
    /// Its number.
    pub id: i64,
    /// Where to.
    pub topic: String,
    /// What, sealed.
    pub body: Vec<u8>,
    /// As it was published.
    pub qos: i64,
    /// When it was taken.
    pub at: i64,
    /// When it stops being shown.
    pub expires_at: Option<i64>,
}

/// A message as it stands in a queue.
pub struct WaitingRow {
    /// The message.
    pub message: StoredRow,
    /// How it is delivered, packed.
    pub how: Vec<u8>,
}

/// Opens messages. One that does not open with its key is left out, and told in the server's log.
///
/// # Errors
/// [`Error::Damaged`] when a row is none of ours.
pub fn open(master: &MasterKey, rows: Vec<StoredRow>) -> Result<Vec<StoredMessage>, Error> {
    rows.into_iter().filter_map(|row| row.open(master).transpose()).collect()
}

/// Opens messages of a queue.
///
/// # Errors
/// As [`open`].
pub fn open_waiting(master: &MasterKey, rows: Vec<WaitingRow>) -> Result<Vec<Waiting>, Error> {
    let open = |row: WaitingRow| {
        let how = unpack(&row.how);
        let message = row.message.open(master).transpose()?;
        Some(message.and_then(|message| Ok(Waiting { message, how: how? })))
    };
    rows.into_iter().filter_map(open).collect()
}

impl StoredRow {
    fn open(self, master: &MasterKey) -> Result<Option<StoredMessage>, Error> {
        let StoredRow { id, topic, body, qos, at, expires_at } = self;
        let (payload, properties) = match master.message_key(id)?.open(&topic, body) {
            Err(Error::NotAuthentic) => {
                tracing::error!(
                    message.id = id,
                    "message {id} does not open with its key any more and is left out"
                );
                return Ok(None);
            }
            other => other?,
        };
        let qos = u8::try_from(qos).map_err(|_| damaged("QoS"))?;
        let (at, expires_at) = (Timestamp(at), expires_at.map(Timestamp));
        Ok(Some(StoredMessage { id, topic, payload, properties, qos, at, expires_at }))
    }
}

fn unpack(packed: &[u8]) -> Result<Queued, Error> {
    type Usual = (u8, bool, Vec<u32>);
    let damaged = || damaged("way of delivery");
    let (usual, turn): (Usual, Option<Turn>) = match packed.split_first().ok_or_else(damaged)? {
        (&FORM, packed) => (postcard::from_bytes(packed).map_err(|_| damaged())?, None),
        (&FORM_OF_TURN, packed) => {
            let (usual, shares, retained) = postcard::from_bytes(packed).map_err(|_| damaged())?;
            (usual, Some(Turn { shares, retained }))
        }
        _ => return Err(damaged()),
    };
    let (qos, retain, subscription_ids) = usual;
    Ok(Queued { qos, retain, subscription_ids, turn })
}
