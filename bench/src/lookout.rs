//! Who looks on while a load runs: at the server for it, and at it for a person.

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How often a load that only waits says how long it has waited.
const TICK: Duration = Duration::from_millis(100);

/// What can be seen beside the load. Without any of it there are fewer figures and no other.
#[derive(Default)]
pub struct Lookout {
    /// Asks the server what it has written so far; `None` if it does not say.
    pub ask: Option<Ask>,
    /// The server's write-ahead log, whose size is looked at.
    pub wal: Option<PathBuf>,
    /// How far the load is.
    pub progress: Arc<Progress>,
}

/// A question to the server.
pub type Ask = Box<dyn Fn() -> BoxFuture<'static, Option<Work>> + Send + Sync>;

/// What a server has written since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Transactions, each with one sync.
    pub commits: u64,
    /// Messages in them.
    pub messages: u64,
}

/// How far a load is.
#[derive(Default)]
pub struct Progress {
    what: Mutex<&'static str>,
    done: AtomicU64,
    of: AtomicU64,
}

/// What it does just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// In a word or two.
    pub what: &'static str,
    /// How much of it is done.
    pub done: u64,
    /// And how much there is.
    pub of: u64,
}

impl Lookout {
    pub(crate) async fn work(&self) -> Option<Work> {
        self.ask.as_ref()?().await
    }
}

impl Progress {
    /// Begins something else.
    pub fn begin(&self, what: &'static str, of: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.of.store(of as u64, Ordering::Relaxed);
        *self.what.lock() = what;
    }

    /// One more is done.
    pub fn advance(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until then, and says so.
    pub(crate) async fn wait(&self, what: &'static str, end: Instant) {
        let ticks = end.duration_since(Instant::now()).as_millis() / TICK.as_millis();
        self.begin(what, usize::try_from(ticks).unwrap_or(usize::MAX));
        while Instant::now() < end {
            sleep_until(end.min(Instant::now() + TICK)).await;
            self.advance();
        }
    }

    /// For whoever draws it.
    #[must_use]
    pub fn step(&self) -> Step {
        let (done, of) = (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed));
        Step { what: *self.what.lock(), done: done.min(of), of }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.step().fmt(f)
    }
}

impl fmt::Debug for Lookout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookout").field("wal", &self.wal).finish_non_exhaustive()
    }
}
