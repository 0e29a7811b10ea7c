//! Whose body opens with what.

use crate::damage::Damage;
use crate::failure::{damaged, error};
use crate::writer::json;
use chat::{RoomId, UserId};
use quick_cache::sync::Cache;
use sqlx::{Sqlite, SqliteExecutor};
use std::collections::HashMap;
use std::sync::Arc;
use store::seal::{RoomKey, SALT_LEN, SenderKey};
use store::{Error, MasterKey};

/// How many keys are kept unwrapped, about 1 KiB each.
const UNWRAPPED: usize = 131_072;

/// A sender in a room: what a key belongs to.
pub(crate) type Voice = (RoomId, UserId);

/// The master key and the keys that were unwrapped with it lately. A key is here only once its salt is on the disk.
pub(crate) struct Keys {
    pub(crate) master: MasterKey,
    unwrapped: Cache<Voice, Arc<SenderKey>>,
    /// What did not open with its key.
    pub(crate) damage: Damage,
}

impl Keys {
    pub(crate) fn new(master: MasterKey) -> Keys {
        Keys { master, unwrapped: Cache::new(UNWRAPPED), damage: Damage::new() }
    }

    /// The keys of these voices, from memory or from their salts. A voice without a salt is left out: it never
    /// spoke, or it was erased.
    pub(crate) async fn load<'c>(
        &self,
        from: impl SqliteExecutor<'c>,
        voices: impl Iterator<Item = Voice>,
    ) -> Result<HashMap<Voice, Arc<SenderKey>>, Error> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for voice in voices {
            if found.contains_key(&voice) {
                continue;
            }
            match self.unwrapped.get(&voice) {
                Some(key) => drop(found.insert(voice, key)),
                None => missing.push((voice.0.0, voice.1.0)),
            }
        }
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            let loaded = self.unwrap(from, &missing).await?;
            loaded.iter().for_each(|(voice, key)| self.remember(*voice, key.clone()));
            found.extend(loaded);
        }
        Ok(found)
    }

    /// Keeps a key whose salt is on the disk.
    pub(crate) fn remember(&self, voice: Voice, key: Arc<SenderKey>) {
        self.unwrapped.insert(voice, key);
    }

    /// A room's key, from how it is stored.
    pub(crate) fn room(&self, room: RoomId, wrapped: Vec<u8>) -> Result<RoomKey, Error> {
        self.master.open_room_key(room, wrapped)
    }

    async fn unwrap<'c, E: sqlx::Executor<'c, Database = Sqlite>>(
        &self,
        from: E,
        voices: &[(i64, i64)],
    ) -> Result<Vec<(Voice, Arc<SenderKey>)>, Error> {
        let voices = json(&voices)?;
        let rows = sqlx::query!(
            r#"select k.room_id as "room_id!", k.sender_id as "sender_id!", k.salt as "salt!", r.wrapped_key as "wrapped_key!"
               from json_each(?) j
               cross join sender_key k on k.room_id = j.value ->> 0 and k.sender_id = j.value ->> 1
               cross join room r on r.id = k.room_id"#,
            voices
        );
        let mut keys = Vec::new();
        for row in rows.fetch_all(from).await.map_err(error)? {
            let (room, sender) = (RoomId(row.room_id), UserId(row.sender_id));
            let salt: [u8; SALT_LEN] = row.salt.try_into().map_err(|_| damaged("salt"))?;
            let key = self.room(room, row.wrapped_key)?.sender_key(&salt, sender)?;
            keys.push(((room, sender), Arc::new(key)));
        }
        Ok(keys)
    }
}
