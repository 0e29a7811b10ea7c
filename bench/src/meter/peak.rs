//! The most there was of something, looked at now and then.

use super::Cost;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::interval;

/// How often. What is there for less may be overlooked.
const EVERY: Duration = Duration::from_millis(100);

/// The most so far.
#[derive(Default)]
struct Seen {
    rss: AtomicU64,
    wal: AtomicU64,
}

/// Looks on until it is dropped.
pub(super) struct Peaks {
    seen: Arc<Seen>,
    looking: AbortHandle,
}

impl Peaks {
    /// Begins to look at the memory of a process and the size of a file, where there are such.
    pub(super) fn watch(process: Option<u32>, wal: Option<PathBuf>) -> Peaks {
        let seen = Arc::new(Seen::default());
        let watched = seen.clone();
        let looking = tokio::spawn(async move {
            let mut clock = interval(EVERY);
            loop {
                clock.tick().await;
                if let Ok(Some(cost)) = Cost::of(process) {
                    watched.rss.fetch_max(cost.rss, Ordering::Relaxed);
                }
                if let Some(Ok(file)) = wal.as_ref().map(std::fs::metadata) {
                    watched.wal.fetch_max(file.len(), Ordering::Relaxed);
                }
            }
        });
        Peaks { seen, looking: looking.abort_handle() }
    }

    /// Bytes of memory, bytes of the file.
    pub(super) fn end(self) -> (u64, u64) {
        (self.seen.rss.load(Ordering::Relaxed), self.seen.wal.load(Ordering::Relaxed))
    }
}

impl Drop for Peaks {
    fn drop(&mut self) {
        self.looking.abort();
    }
}
