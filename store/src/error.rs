//! What can go wrong, as far as a caller chooses by it.

use std::path::PathBuf;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No room on the disk. Nothing was changed; it may work again later.
    #[error("the disk is full: nothing was stored; free some space and it goes on by itself")]
    Full,
    /// Busy, away or slow. Nothing is known to have changed; the same request may be sent again.
    #[error("the store is not available just now: {0}")]
    Unavailable(String),
    /// Another process holds the data folder, or the database.
    #[error("`{0}` is in use by another Natter")]
    Locked(String),
    /// The user has as many devices as they may, and all of them are connected.
    #[error("this user has {0} devices connected, which is as many as one may have")]
    TooManyDevices(u32),
    /// The bodies were sealed with another master key.
    #[error(
        "the master key does not fit this database; bring back the key it was made with (nothing was changed)"
    )]
    WrongMasterKey,
    /// Made by a later Natter.
    #[error(
        "this database was made by a newer Natter (its version is {found}, this program knows up to {known}); nothing was changed"
    )]
    NewerVersion {
        /// What the database says.
        found: i64,
        /// What this program knows.
        known: i64,
    },
    /// A file, or a database, is there and can't be used.
    #[error("cannot use `{}`: {why}", .path.display())]
    Unusable {
        /// Which file, or the address of the database.
        path: PathBuf,
        /// What the system or the engine said.
        why: String,
    },
    /// A row is not what we wrote.
    #[error("damaged data: {0}")]
    Damaged(String),
    /// Something sealed does not open with its key: its bytes were changed since it was sealed. What lies beside it
    /// is not touched by that, so a reader may leave it out and go on.
    #[error("damaged data: something sealed does not open with its key")]
    NotAuthentic,
    /// The engine failed in a way that has no better name.
    #[error("the store failed: {0}")]
    Broken(String),
}

impl Error {
    /// What callers hear after the end.
    #[must_use]
    pub fn closed() -> Error {
        Error::Unavailable("the store is closed".into())
    }

    /// The same error for another caller of the same transaction.
    #[must_use]
    pub fn again(&self) -> Error {
        match self {
            Error::Full => Error::Full,
            Error::Unavailable(why) => Error::Unavailable(why.clone()),
            Error::Damaged(why) => Error::Damaged(why.clone()),
            Error::Broken(why) => Error::Broken(why.clone()),
            Error::NotAuthentic => Error::NotAuthentic,
            other => Error::Broken(other.to_string()),
        }
    }

    /// Whether the same request may succeed later without anybody changing it.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Error::Full | Error::Unavailable(_))
    }
}
