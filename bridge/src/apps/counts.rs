//! How much of everything went by.

use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers since the start of the server.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    published: AtomicU64,
    delivered: AtomicU64,
    dropped: AtomicU64,
    refused: AtomicU64,
}

/// What there was, and what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppCounts {
    /// Messages that were taken.
    pub published: u64,
    /// Copies that were handed to connections, or put into queues.
    pub delivered: u64,
    /// Copies that somebody went without: they did not read, their queue was full, or the message too large for them.
    pub dropped: u64,
    /// Messages that were refused.
    pub refused: u64,
    /// Retained messages that there are.
    pub retained: u64,
    /// Their bytes.
    pub retained_bytes: u64,
    /// Subscriptions that there are.
    pub subscriptions: u64,
    /// Messages that wait for sessions, each counted once for every one of them.
    pub waiting: u64,
    /// Grants that there are.
    pub grants: u64,
}

impl Counts {
    pub(super) fn published(&self) {
        self.published.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn delivered(&self, copies: u64) {
        self.delivered.fetch_add(copies, Ordering::Relaxed);
    }

    pub(super) fn dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> AppCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        AppCounts {
            published: read(&self.published),
            delivered: read(&self.delivered),
            dropped: read(&self.dropped),
            refused: read(&self.refused),
            retained: 0,
            retained_bytes: 0,
            subscriptions: 0,
            waiting: 0,
            grants: 0,
        }
    }
}
