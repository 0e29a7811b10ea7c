//! What became of sessions that were away and came back.

use super::{Flaws, Quantiles};
use crate::talk::Heard;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// How they came back. All times begin when the first of them sets out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Return {
    /// How many came.
    pub sessions: u64,
    /// Until the last CONNACK.
    pub connected_seconds: f64,
    /// CONNECTs answered a second in that time.
    pub connects_per_second: f64,
    /// Until the last of what was missed.
    pub caught_up_seconds: f64,
    /// Messages heard.
    pub delivered: u64,
    /// And in a second, of that time.
    pub delivered_per_second: f64,
    /// From setting out to CONNACK, of each.
    pub connack_ms: Option<Quantiles>,
    /// From CONNACK to the last of what was missed, of each.
    pub caught_up_ms: Option<Quantiles>,
    /// What went wrong.
    #[serde(flatten)]
    pub flaws: Flaws,
}

impl Return {
    /// One of them has told.
    pub(crate) fn add(&mut self, heard: &Heard) {
        self.sessions += 1;
        self.delivered += heard.heard;
        self.flaws.add(&heard.flaws);
    }

    /// All of them have.
    pub(crate) fn settle(&mut self, connected: Duration, caught_up: Duration) {
        let rate = |count: u64, time: Duration| count as f64 / time.as_secs_f64().max(f64::EPSILON);
        self.connected_seconds = connected.as_secs_f64();
        self.connects_per_second = rate(self.sessions, connected);
        self.caught_up_seconds = caught_up.as_secs_f64();
        self.delivered_per_second = rate(self.delivered, caught_up);
    }
}

impl fmt::Display for Return {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Return { sessions, connected_seconds, connects_per_second, .. } = self;
        let Return { delivered, delivered_per_second, caught_up_seconds, .. } = self;
        writeln!(
            f,
            "connected    {connects_per_second:>12.0} a second {sessions:>12} in {connected_seconds:.2} s"
        )?;
        writeln!(
            f,
            "caught up    {delivered_per_second:>12.0} a second {delivered:>12} in {caught_up_seconds:.2} s"
        )?;
        self.flaws.fmt(f)?;
        self.connack_ms.map_or(Ok(()), |times| writeln!(f, "CONNACK      {times}"))?;
        self.caught_up_ms.map_or(Ok(()), |times| writeln!(f, "caught up    {times}"))
    }
}
