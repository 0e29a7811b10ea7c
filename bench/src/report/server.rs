//! What the server used.

use crate::process::Cost;
use serde::Serialize;
use std::fmt;

/// What the server used.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Server {
    /// Seconds of processors.
    pub cpu_seconds: f64,
    /// Bytes of memory at the end.
    pub rss: u64,
}

impl Server {
    pub(crate) fn between(before: Option<Cost>, after: Option<Cost>) -> Option<Server> {
        let (before, after) = before.zip(after)?;
        Some(Server { cpu_seconds: after.cpu_seconds - before.cpu_seconds, rss: after.rss })
    }
}

/// The line about it.
pub(super) fn line(f: &mut fmt::Formatter<'_>, server: Option<Server>) -> fmt::Result {
    match server {
        Some(Server { cpu_seconds, rss }) => {
            write!(f, "server       {cpu_seconds:>12.2} CPU seconds {:>8} MiB", rss >> 20)
        }
        None => write!(f, "server       not looked at (--server-pid)"),
    }
}
