//! What became of many who came back at once.

use super::{Disk, Flaws, Quantiles, Return, Server, Talk, server};
use serde::Serialize;
use std::fmt;

/// How they came back, and how others fared meanwhile.
#[derive(Debug, Clone, Serialize)]
pub struct Storm {
    /// `storm`.
    pub load: &'static str,
    /// Rooms that each of them is in.
    pub rooms_each: usize,
    /// Members of each room.
    pub members: usize,
    /// Messages that each missed.
    pub missed: u16,
    /// How they came back.
    #[serde(flatten)]
    pub back: Return,
    /// Those who talked meanwhile.
    pub others: Option<Others>,
    /// What the server used for all that.
    pub server: Option<Server>,
    /// What it wrote meanwhile.
    pub disk: Option<Disk>,
}

/// Pairs that talked at a fixed rate.
#[derive(Debug, Clone, Serialize)]
pub struct Others {
    /// Messages a second of all of them.
    pub rate: u32,
    /// Messages sent.
    pub said: u64,
    /// Messages heard.
    pub delivered: u64,
    /// From the moment a message was due to its PUBACK.
    pub puback_ms: Option<Quantiles>,
    /// From the same moment to its listener.
    pub delivery_ms: Option<Quantiles>,
    /// What went wrong.
    #[serde(flatten)]
    pub flaws: Flaws,
}

impl Others {
    pub(crate) fn of(talk: Talk) -> Others {
        let Talk { rate, said, delivered, puback_ms, delivery_ms, flaws, .. } = talk;
        Others { rate: rate.unwrap_or_default(), said, delivered, puback_ms, delivery_ms, flaws }
    }
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Storm { rooms_each, members, missed, back, .. } = self;
        let sessions = back.sessions;
        writeln!(
            f,
            "storm: {sessions} sessions in {rooms_each} rooms of {members}, {missed} missed by each"
        )?;
        back.fmt(f)?;
        self.others.as_ref().map_or(Ok(()), |others| others.fmt(f))?;
        server::lines(f, self.server, self.disk)
    }
}

impl fmt::Display for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "meanwhile    {:>12} a second {:>12} said, {} heard",
            self.rate, self.said, self.delivered
        )?;
        self.flaws.fmt(f)?;
        self.puback_ms.map_or(Ok(()), |times| writeln!(f, "PUBACK       {times}"))?;
        self.delivery_ms.map_or(Ok(()), |times| writeln!(f, "delivery     {times}"))
    }
}
