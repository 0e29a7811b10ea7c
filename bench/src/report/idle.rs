//! What connections cost that only listen.

use super::Flaws;
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
    /// Rooms that each of their users is in.
    pub rooms_each: usize,
    /// Members of each room.
    pub members: usize,
    /// Whether they came by WebSocket.
    pub websocket: bool,
    /// Bytes of the server's memory without them, once it stood still.
    pub rss_before: Option<u64>,
    /// And with them.
    pub rss_after: Option<u64>,
    /// The difference for each.
    pub bytes_each: Option<u64>,
    /// What went wrong; nothing is said, so only connections can.
    #[serde(flatten)]
    pub flaws: Flaws,
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Idle { connections, rooms_each, members, seconds, .. } = self;
        let by = if self.websocket { " by WebSocket" } else { "" };
        writeln!(f, "idle: {connections} connections{by}, in {rooms_each} rooms of {members}, {seconds} s")?;
        if let Some(broken) = self.flaws.complaint() {
            writeln!(f, "{broken}")?;
        }
        match (self.rss_before, self.rss_after, self.bytes_each) {
            (Some(before), Some(after), Some(each)) => {
                let (before, after) = (before >> 20, after >> 20);
                write!(f, "server       {before} MiB, then {after} MiB: {each} bytes for each")
            }
            _ => write!(f, "server       not looked at (--server-pid)"),
        }
    }
}
