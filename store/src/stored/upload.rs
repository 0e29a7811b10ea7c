//! An upload that is there, column by column.

use crate::seal::{MasterKey, open_about};
use crate::{Error, StoredMedia};
use chat::{MediaId, Timestamp, UserId};

/// See the module.
pub struct StoredUpload {
    /// Whose.
    pub owner_id: i64,
    /// Wrapped by the master key: its own.
    pub key: Vec<u8>,
    /// Sealed: what it is.
    pub about: Vec<u8>,
    /// When it began to come.
    pub begun_at: i64,
}

impl StoredUpload {
    /// As it is used.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] and [`Error::Damaged`] for what was not written so.
    pub fn open(self, master: &MasterKey, id: MediaId) -> Result<StoredMedia, Error> {
        let key = master.open_file_key(id, self.key)?;
        let media = open_about(&key, id, self.about)?;
        Ok(StoredMedia { owner: UserId(self.owner_id), media, key, at: Timestamp(self.begun_at) })
    }
}
