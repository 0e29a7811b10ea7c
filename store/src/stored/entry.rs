//! An entry as it lies in the log, and what it says to who has the keys.

use super::{handle, kind};
use crate::Error;
use crate::seal::{Keyring, Keys, Place, Voice, open_words, unpack_fact};
use chat::{Act, Draft, Entry, Kind, Origin, Reach, RoomId, Seq, Timestamp, UserId};

/// An entry as it lies in the log, with the handle of its sender.
pub struct StoredEntry {
    /// Its room.
    pub room: RoomId,
    /// Its place.
    pub seq: Seq,
    /// The room's counting entries with it.
    pub n: u64,
    /// Who.
    pub sender: UserId,
    /// What the sender is called.
    pub handle: String,
    /// From which device.
    pub origin: Option<Origin>,
    /// The sender's key for it.
    pub draft: Option<Draft>,
    /// [`Kind`], as stored.
    pub kind: i64,
    /// When it was taken.
    pub at: Timestamp,
    /// When it stops being shown.
    pub expires_at: Option<Timestamp>,
    /// What it says, sealed if they are a person's words; empty if a recall erased it.
    pub body: Vec<u8>,
    /// Whether few are told of it.
    pub few: bool,
    /// What everybody was told before it, where that is not the entry before.
    pub before: Option<i64>,
}

/// Who said what is in these entries: their keys open them.
pub fn voices(entries: &[StoredEntry]) -> impl Iterator<Item = Voice> {
    entries
        .iter()
        .filter(|entry| kind(entry.kind).is_ok_and(Kind::is_private))
        .map(|entry| (entry.room, entry.sender))
}

/// Opens entries. A message whose sender was erased is there as one that was taken back. What else of theirs there was,
/// what a recall erased and what does not open with its key is left out; the last is counted as damage.
///
/// # Errors
/// [`Error::Damaged`] when this program can't read an entry for another reason.
pub fn open(ring: &Keyring, keys: &Keys, stored: Vec<StoredEntry>) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::with_capacity(stored.len());
    for one in stored {
        let (room, seq) = (one.room, one.seq);
        match one.open(keys) {
            Err(Error::NotAuthentic) => ring.damage().found(room, seq),
            opened => entries.extend(opened?),
        }
    }
    Ok(entries)
}

impl StoredEntry {
    fn open(self, keys: &Keys) -> Result<Option<Entry>, Error> {
        let StoredEntry { room, seq, sender, .. } = self;
        let kind = kind(self.kind)?;
        let act = match (unpack_fact(kind, &self.body)?, keys.get(&(room, sender))) {
            (Some(fact), _) => fact,
            (None, Some(key)) if !self.body.is_empty() => {
                open_words(key, Place { room, seq, sender, kind }, self.body)?
            }
            (None, None) if kind.is_message() => Act::Recalled,
            (None, _) => return Ok(None),
        };
        Ok(Some(Entry {
            room,
            seq,
            n: self.n,
            sender,
            from: handle(&self.handle)?,
            origin: self.origin,
            at: self.at,
            expires_at: self.expires_at,
            draft: self.draft,
            act,
            reach: Reach {
                few: self.few,
                before: self.before.map_or(seq.before(), |seq| Seq(seq.cast_unsigned())),
            },
        }))
    }
}
