//! How much the lane has written.

use super::Queued;
use crate::{Fate, Work};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counted since the store was opened.
#[derive(Default)]
pub struct Tally {
    commits: AtomicU64,
    entries: AtomicU64,
}

impl Tally {
    /// This batch is on the disk.
    pub(super) fn committed<W>(&self, batch: &[Queued<W>]) {
        let fresh = |queued: &Queued<W>| match queued {
            Queued::Entries(some) => {
                some.fates.iter().filter(|fate| matches!(fate, Fate::Stored { .. })).count() as u64
            }
            Queued::Other(_) => 0,
        };
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.entries.fetch_add(batch.iter().map(fresh).sum(), Ordering::Relaxed);
    }

    /// So far.
    #[must_use]
    pub fn work(&self) -> Work {
        Work { commits: self.commits.load(Ordering::Relaxed), entries: self.entries.load(Ordering::Relaxed) }
    }
}
