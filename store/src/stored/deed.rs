//! What an administrator did, column by column.

use super::{damaged, handle};
use crate::{ActId, Audited, Error, NewDeed};
use chat::{Timestamp, UserId};

/// See the module. How it ended may be as small a number as an engine's column has it.
pub struct StoredDeed<N> {
    /// Its number.
    pub id: i64,
    /// Who; nobody at the machine itself.
    pub by_id: Option<i64>,
    /// What they are called.
    pub handle: Option<String>,
    /// What.
    pub act: String,
    /// To what.
    pub input: String,
    /// When.
    pub at: i64,
    /// How it ended.
    pub status: Option<N>,
}

impl<N: TryInto<u16>> StoredDeed<N> {
    /// As it is used.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a column has a value that was never written.
    pub fn read(self) -> Result<Audited, Error> {
        let status = self.status.map(|status| status.try_into().map_err(|_| damaged("status")));
        Ok(Audited {
            new: NewDeed {
                id: ActId(self.id),
                by: self.by_id.map(UserId),
                act: self.act,
                input: self.input,
                at: Timestamp(self.at),
            },
            by: self.handle.as_deref().map(handle).transpose()?,
            status: status.transpose()?,
        })
    }
}
