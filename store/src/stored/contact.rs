//! Somebody's contact, column by column.

use super::{damaged, handle};
use crate::{Contact, Error, Person, Tie};
use chat::{Timestamp, UserId};

/// See the module.
pub struct StoredContact {
    /// Who.
    pub id: i64,
    /// What they are called.
    pub handle: String,
    /// [`Tie`].
    pub tie: i64,
    /// Since when.
    pub since: i64,
}

impl StoredContact {
    /// As it is used.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a column has a value that was never written.
    pub fn read(self) -> Result<Contact, Error> {
        let person = Person { user: UserId(self.id), handle: handle(&self.handle)? };
        Ok(Contact { person, tie: tie(self.tie)?, since: Timestamp(self.since) })
    }
}

/// A stored tie between two people.
///
/// # Errors
/// [`Error::Damaged`] when there is no such tie.
pub fn tie(number: impl Into<i64>) -> Result<Tie, Error> {
    Tie::from_number(number.into()).ok_or_else(|| damaged("tie"))
}
