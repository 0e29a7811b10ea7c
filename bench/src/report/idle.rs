//! What connections cost that only listen.

use serde::Serialize;
use std::fmt;

/// What connections cost that only listen.
#[derive(Debug, Clone, Serialize)]
pub struct Idle {
    /// `idle`.
    pub load: &'static str,
    /// How long they were there before the memory was read.
    pub seconds: u64,
    /// How many.
    pub connections: usize,
    /// Bytes of the server's memory without them.
    pub rss_before: Option<u64>,
    /// And with them.
    pub rss_after: Option<u64>,
    /// The difference for each.
    pub bytes_each: Option<u64>,
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "idle: {} connections, {} s", self.connections, self.seconds)?;
        match (self.rss_before, self.rss_after, self.bytes_each) {
            (Some(before), Some(after), Some(each)) => {
                write!(
                    f,
                    "server       {} MiB, then {} MiB: {each} bytes for each",
                    before >> 20,
                    after >> 20
                )
            }
            _ => write!(f, "server       not looked at (--server-pid)"),
        }
    }
}
