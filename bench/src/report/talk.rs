//! What became of what was said.

use super::{Disk, Flaws, Quantiles, Replay, Server, server};
use serde::Serialize;
use std::fmt;

/// What became of what was said.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Talk {
    /// `say`, `latency`, `room` or `relay`.
    pub load: &'static str,
    /// The measured time.
    pub seconds: u64,
    /// Rooms (of a relay, topics), each with one who speaks.
    pub rooms: usize,
    /// Members of each (of a relay, subscribers and the publisher), the one who speaks included.
    pub members: usize,
    /// Bytes of a message.
    pub size: u32,
    /// Messages each speaker might have under way, unless the rate was fixed: what was asked for, or (at QoS 1) what
    /// the server takes if that is less.
    pub window: Option<u16>,
    /// The fixed rate, messages a second.
    pub rate: Option<u32>,
    /// QoS of what was said and of the deliveries. At 0 nothing is acknowledged.
    pub qos: u8,
    /// Of a relay, filters beside that match nothing.
    pub filters: Option<u32>,
    /// Messages sent.
    pub said: u64,
    /// Messages sent a second.
    pub said_per_second: f64,
    /// Those that were acknowledged.
    pub acknowledged: u64,
    /// Those of them within the measured time; the rate comes of these.
    pub acknowledged_in_time: u64,
    /// Messages acknowledged a second.
    pub acknowledged_per_second: f64,
    /// Messages heard; one that five listeners hear counts five times.
    pub delivered: u64,
    /// Those of them within the measured time; the rate comes of these.
    pub delivered_in_time: u64,
    /// Messages heard a second.
    pub delivered_per_second: f64,
    /// What went wrong.
    #[serde(flatten)]
    pub flaws: Flaws,
    /// From the moment a message was due to its PUBACK.
    pub puback_ms: Option<Quantiles>,
    /// From the same moment to each listener.
    pub delivery_ms: Option<Quantiles>,
    /// What became of those who read history meanwhile.
    pub replay: Option<Replay>,
    /// What the server used in the measured time.
    pub server: Option<Server>,
    /// What it wrote in the measured time.
    pub disk: Option<Disk>,
}

impl Talk {
    /// All is added up.
    pub(crate) fn settle(&mut self) {
        let rate = |count: u64| count as f64 / self.seconds.max(1) as f64;
        self.said_per_second = rate(self.said);
        self.acknowledged_per_second = rate(self.acknowledged_in_time);
        self.delivered_per_second = rate(self.delivered_in_time);
    }
}

impl fmt::Display for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pace = match (self.window, self.rate) {
            (Some(window), _) => format!("window {window}"),
            (None, rate) => format!("{} a second", rate.unwrap_or_default()),
        };
        let Talk { load, rooms, members, size, seconds, qos, .. } = self;
        let what = if *load == "relay" { "topics" } else { "rooms" };
        let beside = match self.filters {
            Some(filters @ 1..) => format!(", {filters} filters beside"),
            _ => String::new(),
        };
        writeln!(
            f,
            "{load}: {rooms} {what} of {members}, {pace}, {size} bytes, QoS {qos}, {seconds} s{beside}"
        )?;
        let mut counted = |what: &str, rate: f64, count: u64| {
            writeln!(f, "{what:<12} {rate:>12.0} a second {count:>12} in all")
        };
        match qos {
            0 => counted("said", self.said_per_second, self.said)?,
            _ => counted("acknowledged", self.acknowledged_per_second, self.acknowledged)?,
        }
        counted("delivered", self.delivered_per_second, self.delivered)?;
        self.flaws.fmt(f)?;
        self.puback_ms.map_or(Ok(()), |times| writeln!(f, "PUBACK       {times}"))?;
        self.delivery_ms.map_or(Ok(()), |times| writeln!(f, "delivery     {times}"))?;
        self.replay.as_ref().map_or(Ok(()), |replay| replay.fmt(f))?;
        server::lines(f, self.server, self.disk)
    }
}
