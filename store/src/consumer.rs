//! Who goes through the log after the commit.

use std::time::Duration;

/// Someone who goes through the log at their own pace: push, webhooks, search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumer {
    /// Its number in the table, the same for ever.
    pub kind: u8,
    /// How long after the first entry it may be looked at.
    pub after: Duration,
}
