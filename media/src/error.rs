//! Why not.

use std::io::ErrorKind;
use std::time::Duration;

/// Why something was not taken, or can't be given.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Nothing came.
    #[error("there is nothing in it")]
    Empty,
    /// More bytes than may come.
    #[error("it has more than the {0} bytes that it may have")]
    TooLarge(u64),
    /// Files of this kind are not taken.
    #[error("it is `{0}`, and files of that kind are not taken here")]
    Kind(String),
    /// It begins like a picture and is none that can be shown.
    #[error("this picture can't be taken: {0}")]
    Picture(String),
    /// It is not what its sender says it is.
    #[error("what came has another SHA-256: something changed it on its way")]
    Altered,
    /// The bytes came too slowly, or not at all for a while.
    #[error("it came too slowly: send at least {0} bytes a second")]
    TooSlow(u64),
    /// The connection broke.
    #[error("it did not come whole")]
    BrokenOff,
    /// Its owner's allowance of bytes is used up.
    #[error("your uploads would have more than {0} bytes; delete some that no message shows")]
    TooManyBytes(u64),
    /// Its owner has as many as they may.
    #[error("you have {0} uploads, which is as many as one may have; delete some that no message shows")]
    TooMany(u32),
    /// The disk is full, or would be.
    #[error("there is no room left on the server for this just now")]
    Full,
    /// Too much is under way.
    #[error("too many uploads are under way")]
    Busy,
    /// Nothing like that is there.
    #[error("there is no such media, or not for you")]
    NotFound,
    /// Where the bytes lie can't be reached. Nothing is lost; it may work again later.
    #[error("the place where media is kept can't be reached just now")]
    Away(String),
    /// The database says no.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// We broke.
    #[error("{0}")]
    Broken(String),
}

impl MediaError {
    /// When the same may succeed, if it is a matter of time.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            MediaError::Busy => Some(Duration::from_secs(1)),
            MediaError::Away(_) => Some(Duration::from_secs(5)),
            // Somebody has to make room first.
            MediaError::Full => Some(Duration::from_secs(60)),
            MediaError::Store(error) if error.is_passing() => Some(Duration::from_secs(1)),
            _ => None,
        }
    }

    /// What a file system said while something was written.
    pub(crate) fn disk(error: &std::io::Error) -> MediaError {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => MediaError::Full,
            _ => MediaError::Away(error.to_string()),
        }
    }
}
