//! Messages on topics that are none of chat's, on their way into the tables and out of them.
//!
//! An engine publishes a batch in three steps. It seals it ([`SealedMessage`]) before the lane has it, so that the lane
//! does not wait for ciphers; in its transaction it asks the tables what they know ([`Known`]); and it writes the rows that
//! came of both ([`Outcome`]). What it reads it opens with [`open`] and [`open_waiting`]. Nothing here knows a statement.

mod sealed; // as they are stored

mod outcome; // what has to be written of a batch

mod left; // and what is gone when a queue gets shorter

mod found; // as they are read again

pub use found::{StoredRow, WaitingRow, open, open_waiting};
pub use left::Left;
pub use outcome::{Known, Outcome, QueueRow};
pub use sealed::{SealedMessage, SealedReceiver, topic_key};

/// Bytes of one page that is read: past it the page is short.
pub const PAGE_BYTES: i64 = 1 << 20;

/// Messages of one page.
const MOST: u32 = 500;

/// So many rows of a page as are asked for, and at most 500.
#[must_use]
pub fn in_page(limit: u32) -> i64 {
    i64::from(limit.min(MOST))
}

/// Filters that are put, with what is kept with each, and filters that are removed; of one that is named more than once, the
/// last word counts.
#[must_use]
pub fn last_words(changes: &[(String, Option<Vec<u8>>)]) -> (Vec<(&str, &[u8])>, Vec<&str>) {
    let mut last = std::collections::BTreeMap::new();
    for (filter, how) in changes {
        last.insert(filter.as_str(), how.as_deref());
    }
    let (mut put, mut removed) = (Vec::new(), Vec::new());
    for (filter, how) in last {
        match how {
            Some(how) => put.push((filter, how)),
            None => removed.push(filter),
        }
    }
    (put, removed)
}
