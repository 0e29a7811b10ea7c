//! How much the lane has written.

use super::Queued;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Fate, Work};

/// Counted since the store was opened.
#[derive(Default)]
pub(crate) struct Tally {
    commits: AtomicU64,
    entries: AtomicU64,
}

impl Tally {
    /// This batch is on the disk.
    pub(super) fn committed(&self, batch: &[Queued]) {
        let fresh = |queued: &Queued| match queued {
            Queued::Entries(some) => {
                some.fates.iter().filter(|fate| matches!(fate, Fate::Stored { .. })).count() as u64
            }
            Queued::Other(_) => 0,
        };
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.entries.fetch_add(batch.iter().map(fresh).sum(), Ordering::Relaxed);
    }

    pub(crate) fn work(&self) -> Work {
        Work { commits: self.commits.load(Ordering::Relaxed), entries: self.entries.load(Ordering::Relaxed) }
    }
}
