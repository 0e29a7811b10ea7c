//! Where the store lies, and who listens.

use std::path::PathBuf;
use store::{Consumer, Error, MasterKey};

/// What a store needs to come up.
pub struct Options {
    /// The data folder; it is made if it is not there.
    pub folder: PathBuf,
    /// What bodies are sealed with.
    pub master: MasterKey,
    /// Who goes through the log after the commit. For each, a commit leaves at most one row for each room; with
    /// none nothing is written.
    pub consumers: Vec<Consumer>,
    /// Bytes kept back on the disk, so that sessions can be saved when it is full. 0 keeps none.
    pub reserve: u64,
    /// Most pages of 4 KiB that the file may have; absent for no limit but the disk's.
    pub max_pages: Option<u32>,
    /// Called when a commit ended in an I/O error: nothing can be known of the file until it is opened again, so
    /// the process has to end. By default it does, at once.
    pub on_fatal: Box<dyn Fn(Error) + Send + Sync>,
}

impl Options {
    /// Enough that a day of closing sessions fits, little enough that nobody misses it.
    const RESERVE: u64 = 64 << 20;

    /// A store in `folder` with everything else as it should be in production.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, master: MasterKey) -> Options {
        Options {
            folder: folder.into(),
            master,
            consumers: Vec::new(),
            reserve: Options::RESERVE,
            max_pages: None,
            on_fatal: Box::new(end_the_process),
        }
    }
}

fn end_the_process(error: Error) {
    tracing::error!(%error, "the store can't know what is on the disk any more; ending at once, the next start recovers");
    std::process::abort();
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("folder", &self.folder).finish_non_exhaustive()
    }
}
