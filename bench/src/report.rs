//! What is told in the end: a table for a person, an object for a program.

use crate::process::Cost;
use crate::wire::Broken;
use serde::Serialize;
use std::fmt;

/// What became of a load.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Report {
    /// Of speakers and listeners.
    Talk(Box<Talk>),
    /// Of being there.
    Idle(Idle),
}

/// What became of what was said.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Talk {
    /// `say`, `latency` or `room`.
    pub load: &'static str,
    /// The measured time.
    pub seconds: u64,
    /// Rooms, each with one who speaks.
    pub rooms: usize,
    /// Members of each, the one who speaks included.
    pub members: usize,
    /// Bytes of a message.
    pub size: u32,
    /// Messages each speaker might have unanswered, unless the rate was fixed.
    pub window: Option<u16>,
    /// The fixed rate, messages a second.
    pub rate: Option<u32>,
    /// Messages sent.
    pub said: u64,
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
    /// Messages acknowledged but not heard by a listener, once for each.
    pub lost: u64,
    /// Messages heard again.
    pub doubled: u64,
    /// Messages heard after a later one.
    pub reordered: u64,
    /// Messages refused.
    pub refused: u64,
    /// Messages neither acknowledged nor refused.
    pub unanswered: u64,
    /// Connections that ended too early.
    pub broken: u64,
    /// Why the first of them did.
    pub first_broken: Option<String>,
    /// From the moment a message was due to its PUBACK.
    pub puback_ms: Option<Quantiles>,
    /// From the same moment to each listener.
    pub delivery_ms: Option<Quantiles>,
    /// What the server used in the measured time.
    pub server: Option<Server>,
}

/// Milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Quantiles {
    /// Half of them took no longer.
    pub p50: f64,
    /// Of a hundred, one took longer.
    pub p99: f64,
    /// Of a thousand, one took longer.
    pub p999: f64,
    /// The longest.
    pub max: f64,
}

/// What the server used.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Server {
    /// Seconds of processors.
    pub cpu_seconds: f64,
    /// Bytes of memory at the end.
    pub rss: u64,
}

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

impl Server {
    pub(crate) fn between(before: Option<Cost>, after: Option<Cost>) -> Option<Server> {
        let (before, after) = before.zip(after)?;
        Some(Server { cpu_seconds: after.cpu_seconds - before.cpu_seconds, rss: after.rss })
    }
}

impl Talk {
    pub(crate) fn add_broken(&mut self, broken: Option<Broken>) {
        if let Some(why) = broken {
            self.broken += 1;
            self.first_broken.get_or_insert_with(|| why.to_string());
        }
    }

    /// All is added up.
    pub(crate) fn settle(&mut self) {
        let rate = |count: u64| count as f64 / self.seconds.max(1) as f64;
        self.acknowledged_per_second = rate(self.acknowledged_in_time);
        self.delivered_per_second = rate(self.delivered_in_time);
        self.unanswered = self.said.saturating_sub(self.acknowledged + self.refused);
    }

    fn flaws(&self) -> [(u64, &'static str); 6] {
        [
            (self.lost, "lost"),
            (self.doubled, "doubled"),
            (self.reordered, "reordered"),
            (self.refused, "refused"),
            (self.unanswered, "not answered"),
            (self.broken, "of the connections broken"),
        ]
    }
}

impl Report {
    /// What must not happen but did, in words; `None` when all went well.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        let Report::Talk(talk) = self else { return None };
        let flaws = talk.flaws().into_iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = flaws.map(|(count, what)| format!("{count} {what}")).collect();
        let why = talk.first_broken.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        (!words.is_empty()).then(|| words.join(", ") + &why)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Report::Talk(talk) => talk.fmt(f),
            Report::Idle(idle) => idle.fmt(f),
        }
    }
}

impl fmt::Display for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pace = match (self.window, self.rate) {
            (Some(window), _) => format!("window {window}"),
            (None, rate) => format!("{} a second", rate.unwrap_or_default()),
        };
        let Talk { load, rooms, members, size, seconds, .. } = self;
        writeln!(f, "{load}: {rooms} rooms of {members}, {pace}, {size} bytes, {seconds} s")?;
        writeln!(
            f,
            "acknowledged {:>12.0} a second {:>12} in all",
            self.acknowledged_per_second, self.acknowledged
        )?;
        writeln!(
            f,
            "delivered    {:>12.0} a second {:>12} in all",
            self.delivered_per_second, self.delivered
        )?;
        for (count, what) in self.flaws() {
            writeln!(f, "{what:<26}{count:>8}")?;
        }
        line(f, "PUBACK", self.puback_ms)?;
        line(f, "delivery", self.delivery_ms)?;
        match self.server {
            Some(server) => {
                write!(f, "server       {:>12.2} CPU seconds {:>8} MiB", server.cpu_seconds, server.rss >> 20)
            }
            None => write!(f, "server       not looked at (--server-pid)"),
        }
    }
}

fn line(f: &mut fmt::Formatter<'_>, what: &str, quantiles: Option<Quantiles>) -> fmt::Result {
    let Some(Quantiles { p50, p99, p999, max }) = quantiles else { return Ok(()) };
    writeln!(f, "{what:<12} p50 {p50:.2} ms, p99 {p99:.2} ms, p99.9 {p999:.2} ms, longest {max:.2} ms")
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
