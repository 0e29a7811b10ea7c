//! When a run starts and ends, and what its connections share.

use crate::latencies::Latencies;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::Instant;

/// How long answers and deliveries may take after the last message. Longer than a server waits for its disk.
const GRACE: Duration = Duration::from_secs(15);

/// One run.
#[derive(Debug)]
pub(crate) struct Run {
    /// Its name in every message.
    pub(crate) id: u32,
    /// When the first message may be said.
    pub(crate) start: Instant,
    /// When nothing new is said any more, in microseconds of the run.
    stop: AtomicU64,
    /// When nobody waits any longer, in the same.
    end: AtomicU64,
    /// From the moment a message is due to its answer.
    pub(crate) answers: Latencies,
    /// From the same moment to each listener.
    pub(crate) deliveries: Latencies,
    /// Messages that must be heard so far, room by room: those that were acknowledged, and of QoS 0 those that were said.
    owed: Vec<AtomicU64>,
    /// Whether all speakers are done, so that the numbers above are final.
    silence: watch::Sender<bool>,
}

impl Run {
    /// Begins now.
    pub(crate) fn begin(id: u32, rooms: usize, seconds: u64) -> Run {
        let start = Instant::now();
        let run = Run {
            id,
            start,
            stop: AtomicU64::default(),
            end: AtomicU64::default(),
            answers: Latencies::new(),
            deliveries: Latencies::new(),
            owed: std::iter::repeat_with(AtomicU64::default).take(rooms).collect(),
            silence: watch::Sender::new(false),
        };
        run.stop_at(start + Duration::from_secs(seconds));
        run
    }

    /// When nothing new is said any more.
    pub(crate) fn stop(&self) -> Instant {
        self.at(self.stop.load(Ordering::Relaxed))
    }

    /// Nothing new is said after that, and answers and deliveries have their grace.
    pub(crate) fn stop_at(&self, stop: Instant) {
        self.end_at(stop + GRACE);
        self.stop.store(self.micros(stop), Ordering::Relaxed);
    }

    /// All has been said, and nobody waits longer than that.
    pub(crate) fn end_at(&self, end: Instant) {
        self.stop.store(self.micros(end), Ordering::Relaxed);
        self.end.store(self.micros(end), Ordering::Relaxed);
    }

    /// When nobody waits any longer.
    pub(crate) fn end(&self) -> Instant {
        self.at(self.end.load(Ordering::Relaxed))
    }

    /// Microseconds since the start.
    pub(crate) fn micros(&self, at: Instant) -> u64 {
        u64::try_from(at.duration_since(self.start).as_micros()).unwrap_or(u64::MAX)
    }

    /// That moment of the run.
    pub(crate) fn at(&self, micros: u64) -> Instant {
        self.start + Duration::from_micros(micros)
    }

    /// One more message of this room must be heard.
    pub(crate) fn owe(&self, room: usize) {
        if let Some(owed) = self.owed.get(room) {
            owed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many must.
    pub(crate) fn owed(&self, room: usize) -> u64 {
        self.owed.get(room).map_or(0, |owed| owed.load(Ordering::Relaxed))
    }

    /// All speakers are done.
    pub(crate) fn fall_silent(&self) {
        self.silence.send_replace(true);
    }

    /// Turns true when they are.
    pub(crate) fn silence(&self) -> watch::Receiver<bool> {
        self.silence.subscribe()
    }
}

/// Another for every run: it only has to differ from runs whose messages still wait somewhere.
pub(crate) fn fresh_id() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.subsec_nanos() ^ (now.as_secs() as u32).rotate_left(16) ^ std::process::id()
}
