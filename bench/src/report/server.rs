//! What the server used.

use crate::lookout::Work;
use serde::Serialize;
use std::fmt;

/// What its process used in the measured time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Server {
    /// Seconds of processors.
    pub cpu_seconds: f64,
    /// Bytes of memory at the end.
    pub rss: u64,
    /// The most bytes of memory, looked at ten times a second.
    pub rss_peak: u64,
}

/// What it wrote in the measured time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Disk {
    /// Transactions, each with one sync.
    pub commits: u64,
    /// Messages in them.
    pub messages: u64,
    /// Messages for each of them.
    pub messages_each: f64,
    /// The most bytes of the write-ahead log, looked at ten times a second.
    pub wal_peak: u64,
}

impl Disk {
    pub(crate) fn between(before: Work, after: Work, wal_peak: u64) -> Disk {
        let commits = after.commits.saturating_sub(before.commits);
        let messages = after.messages.saturating_sub(before.messages);
        Disk { commits, messages, messages_each: messages as f64 / commits.max(1) as f64, wal_peak }
    }
}

/// The last lines of a table.
pub(super) fn lines(f: &mut fmt::Formatter<'_>, server: Option<Server>, disk: Option<Disk>) -> fmt::Result {
    if let Some(Disk { commits, messages, messages_each, wal_peak }) = disk {
        writeln!(
            f,
            "disk         {commits:>12} syncs, {messages} messages, {messages_each:.1} each; WAL up to {} MiB",
            wal_peak >> 20
        )?;
    }
    match server {
        Some(Server { cpu_seconds, rss, rss_peak }) => write!(
            f,
            "server       {cpu_seconds:>12.2} CPU seconds, {} MiB, up to {} MiB",
            rss >> 20,
            rss_peak >> 20
        ),
        None => write!(f, "server       not looked at (--server-pid)"),
    }
}
