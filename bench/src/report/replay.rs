//! What became of those who read history while others spoke.

use super::Flaws;
use crate::talk::Read;
use serde::Serialize;
use std::fmt;

/// How the log was read from its beginning, over and over.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Replay {
    /// How many read.
    pub readers: u64,
    /// Rounds that were read to their end.
    pub rounds: u64,
    /// Entries read in the measured time.
    pub entries: u64,
    /// And in a second.
    pub entries_per_second: f64,
    /// What went wrong.
    #[serde(flatten)]
    pub flaws: Flaws,
}

impl Replay {
    /// One of them has told.
    pub(crate) fn add(&mut self, read: &Read) {
        self.readers += 1;
        self.rounds += read.rounds;
        self.entries += read.entries;
        self.flaws.add(&read.flaws);
    }

    /// All of them have.
    pub(crate) fn settle(&mut self, seconds: u64) {
        self.entries_per_second = self.entries as f64 / seconds.max(1) as f64;
    }

    /// What must not happen but did, in words; `None` when all went well.
    pub(crate) fn complaint(&self) -> Option<String> {
        self.flaws.complaint().map(|words| format!("among those who read history {words}"))
    }
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Replay { readers, rounds, entries, entries_per_second, .. } = self;
        writeln!(
            f,
            "replayed     {entries_per_second:>12.0} a second {entries:>12} by {readers}, in {rounds} rounds"
        )?;
        self.complaint().map_or(Ok(()), |words| writeln!(f, "{words}"))
    }
}
