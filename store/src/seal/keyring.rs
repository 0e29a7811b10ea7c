//! Whose body opens with what: the keys that were unwrapped lately, so that a row is not asked for each body.

use super::damage::Damage;
use super::{MasterKey, SALT_LEN, SenderKey, new_salt};
use crate::Error;
use crate::stored::damaged;
use chat::{RoomId, UserId};
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many keys are kept unwrapped, about 1 KiB each.
const UNWRAPPED: usize = 131_072;

/// A sender in a room: what a key belongs to.
pub type Voice = (RoomId, UserId);

/// Keys of voices. A voice without one never spoke, or was erased.
pub type Keys = HashMap<Voice, Arc<SenderKey>>;

/// How often keys had been forgotten when the ring was looked at: whoever reads a row meanwhile may have read one that
/// is no longer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Era(u64);

/// The master key and the keys that were unwrapped with it lately. A key is here only once its salt is on the disk, and
/// only as long.
pub struct Keyring {
    master: MasterKey,
    unwrapped: Cache<Voice, Arc<SenderKey>>,
    era: AtomicU64,
    damage: Damage,
}

impl Keyring {
    /// A ring with nothing on it but the master key.
    #[must_use]
    pub fn new(master: MasterKey) -> Keyring {
        Keyring { master, unwrapped: Cache::new(UNWRAPPED), era: AtomicU64::new(0), damage: Damage::new() }
    }

    /// The key of keys.
    #[must_use]
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// What did not open with its key.
    #[must_use]
    pub fn damage(&self) -> &Damage {
        &self.damage
    }

    /// The keys of these voices that are on the ring, and the voices, each once and in order, whose rows are to be
    /// read and given to [`Keyring::unwrap`] with the era.
    pub fn look(&self, voices: impl IntoIterator<Item = Voice>) -> (Keys, Vec<Voice>, Era) {
        let era = self.era();
        let (mut found, mut missing) = (Keys::new(), Vec::new());
        for voice in voices {
            if found.contains_key(&voice) {
                continue;
            }
            match self.unwrapped.get(&voice) {
                Some(key) => drop(found.insert(voice, key)),
                None => missing.push(voice),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        (found, missing, era)
    }

    fn era(&self) -> Era {
        Era(self.era.load(Ordering::SeqCst))
    }

    /// The key of a voice from its rows, which were on the disk after the ring was looked at. It stays on the ring, unless
    /// keys were forgotten meanwhile: this one may be among them.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when another master key wrapped it, [`Error::Damaged`] when a row is none of ours.
    pub fn unwrap(
        &self,
        voice: Voice,
        (wrapped, salt): (Vec<u8>, Vec<u8>),
        era: Era,
    ) -> Result<Arc<SenderKey>, Error> {
        let salt: [u8; SALT_LEN] = salt.try_into().map_err(|_| damaged("salt"))?;
        let key = Arc::new(self.master.open_room_key(voice.0, wrapped)?.sender_key(&salt, voice.1)?);
        self.remember(voice, key.clone());
        if self.era() != era {
            self.unwrapped.remove(&voice);
        }
        Ok(key)
    }

    /// A key for a voice that speaks for the first time, and the salt to be written for it. It comes on the ring
    /// ([`Keyring::remember`]) when that is on the disk.
    ///
    /// # Errors
    /// As [`Keyring::unwrap`]; [`Error::Broken`] when the system gives no random bytes.
    pub fn make(&self, voice: Voice, wrapped: Vec<u8>) -> Result<(Arc<SenderKey>, [u8; SALT_LEN]), Error> {
        let salt = new_salt()?;
        let key = self.master.open_room_key(voice.0, wrapped)?.sender_key(&salt, voice.1)?;
        Ok((Arc::new(key), salt))
    }

    /// Keeps a key whose salt is on the disk.
    pub fn remember(&self, voice: Voice, key: Arc<SenderKey>) {
        self.unwrapped.insert(voice, key);
    }

    /// Forgets keys whose salts are on the disk no more. Who reads a row right now finds the era another and does not
    /// keep what they read.
    pub fn forget(&self, voices: impl IntoIterator<Item = Voice>) {
        self.era.fetch_add(1, Ordering::SeqCst);
        voices.into_iter().for_each(|voice| drop(self.unwrapped.remove(&voice)));
    }
}
