//! What time it is for people. Rules take the time as an argument; here it is read.

use chat::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now. A clock that stands before 1970 says 1970.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Whole seconds since 1970, as tokens and expirations say it.
pub(crate) fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1000)
}
