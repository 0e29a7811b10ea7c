//! What became of what was said while nobody was there.

use super::{Disk, Return, Server, server};
use serde::Serialize;
use std::fmt;

/// How the log was read by those who had been away.
#[derive(Debug, Clone, Serialize)]
pub struct Offline {
    /// `offline`.
    pub load: &'static str,
    /// Rooms.
    pub rooms: usize,
    /// Messages that each session missed.
    pub messages: u64,
    /// Bytes of a message.
    pub size: u32,
    /// How they came back.
    #[serde(flatten)]
    pub back: Return,
    /// What the server used for that.
    pub server: Option<Server>,
    /// What it wrote meanwhile.
    pub disk: Option<Disk>,
}

impl fmt::Display for Offline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Offline { rooms, messages, size, back, .. } = self;
        let sessions = back.sessions;
        writeln!(
            f,
            "offline: {sessions} sessions missed {messages} messages of {size} bytes in {rooms} rooms"
        )?;
        back.fmt(f)?;
        server::lines(f, self.server, self.disk)
    }
}
