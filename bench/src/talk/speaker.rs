//! Who says something: as fast as the window lets it, or at fixed moments.
//!
//! At fixed moments an answer's time counts from the moment its message was due, even if it could not be said
//! then: a server that stalls is charged for everything that had to wait for it. (Timers have a grain of a
//! millisecond, which is part of the time that is told.)

use super::followers::Followers;
use super::window::Window;
use super::written::Written;
use crate::run::Run;
use crate::wire::{Broken, Event, REFUSAL, Wire};
use mqtt::packet::Qos;
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};

/// When a message is due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pace {
    /// As soon as the window has room for it.
    Window,
    /// In microseconds: the first, and from each to the next.
    Every { first: f64, every: f64 },
}

/// What a speaker has to tell.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Messages sent.
    pub(crate) said: u64,
    /// Those that were acknowledged.
    pub(crate) acknowledged: u64,
    /// Those of them whose answer came in the measured time.
    pub(crate) in_time: u64,
    /// Those that were refused.
    pub(crate) refused: u64,
    /// Those that were neither, and should have been.
    pub(crate) unanswered: u64,
    /// Why the connection ended too early.
    pub(crate) broken: Option<Broken>,
}

/// A room in which one speaks.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// Counted over all rooms of the run.
    pub(crate) room: u32,
    /// The topic.
    pub(crate) say: String,
}

/// One who speaks, in one room after another.
pub(crate) struct Speaker {
    wire: Wire,
    run: Arc<Run>,
    stages: Vec<Stage>,
    pace: Pace,
    size: usize,
    /// Messages after which it is done.
    most: u64,
    window: Window,
    /// In the room of the last message.
    written: Option<Written>,
    told: Said,
}

impl Speaker {
    /// Speaks in these rooms in turn, with so many messages unanswered at most.
    pub(crate) fn new(wire: Wire, run: Arc<Run>, stages: Vec<Stage>, pace: Pace, window: u16) -> Speaker {
        let window = Window::answers(window.min(wire.receive_maximum));
        Speaker {
            wire,
            run,
            most: if stages.is_empty() { 0 } else { u64::MAX },
            stages,
            pace,
            size: 0,
            window,
            written: None,
            told: Said::default(),
        }
    }

    /// Says no more than so many messages.
    pub(crate) fn at_most(self, most: u64) -> Speaker {
        Speaker { most: most.min(self.most), ..self }
    }

    /// Says it with QoS 0, so many messages ahead of the slowest of these at most.
    pub(crate) fn ahead_of(self, followers: Arc<Followers>, most: u16) -> Speaker {
        Speaker { window: Window::lead(most, followers), ..self }
    }

    /// Says messages of `size` bytes until the run stops and all are answered, or nobody waits any longer.
    pub(crate) async fn speak(mut self, size: usize) -> Said {
        self.size = size;
        self.told.broken = self.until_answered().await.err();
        self.told.unanswered = self.window.unanswered();
        self.told
    }

    async fn until_answered(&mut self) -> Result<(), Broken> {
        loop {
            let next = self.say_what_is_due();
            self.wire.flush(self.run.end()).await?;
            if next.is_none() && self.window.unanswered() == 0 {
                return Ok(());
            }
            let has_room = self.window.has_room();
            let wake = next.filter(|_| has_room).map_or(self.run.end(), |due| self.run.at(due));
            tokio::select! {
                read = self.wire.read() => read?,
                () = self.window.opens() => {}
                () = sleep_until(wake) => if wake >= self.run.end() { return Ok(()) },
            }
            self.take_answers()?;
        }
    }

    /// Says what is due while the window has room. Gives when the next is due or was, if there is one.
    fn say_what_is_due(&mut self) -> Option<u64> {
        loop {
            let now = self.run.micros(Instant::now());
            let due = self.next_due(now)?;
            if due > now || !self.window.has_room() {
                return Some(due);
            }
            self.say(due);
        }
    }

    /// When the next message is due; `None` after the last.
    fn next_due(&self, now: u64) -> Option<u64> {
        if self.told.said >= self.most {
            return None;
        }
        let due = match self.pace {
            Pace::Window => now,
            Pace::Every { first, every } => (first + every * self.told.said as f64) as u64,
        };
        (due < self.run.micros(self.run.stop())).then_some(due)
    }

    fn say(&mut self, due: u64) {
        let (said, rooms) = (self.told.said, self.stages.len() as u64);
        let stage = &self.stages[(said % rooms) as usize];
        let (room, number) = (stage.room, u32::try_from(said / rooms).unwrap_or(u32::MAX));
        let id = self.window.take(room, due);
        let anew = || {
            let qos = if id.is_some() { Qos::AtLeastOnce } else { Qos::AtMostOnce };
            Written::of(stage, self.run.id, self.size, qos, self.wire.version)
        };
        let written = self.written.take().filter(|written| written.room == room).unwrap_or_else(anew);
        self.wire.put_written(self.written.insert(written).next(id, number, due));
        self.told.said += 1;
        if id.is_none() {
            self.run.owe(room as usize);
        }
    }

    fn take_answers(&mut self) -> Result<(), Broken> {
        let now = Instant::now();
        while let Some(event) = self.wire.next()? {
            if let Event::Answered { id, code } = event {
                self.answered(id, code, now)?;
            }
        }
        Ok(())
    }

    fn answered(&mut self, id: u16, code: u8, now: Instant) -> Result<(), Broken> {
        let (room, due) = self.window.answered(id)?;
        if code >= REFUSAL {
            self.told.refused += 1;
            return Ok(());
        }
        self.told.acknowledged += 1;
        self.told.in_time += u64::from(now <= self.run.stop());
        self.run.owe(room as usize);
        self.run.answers.record(room as usize, self.run.micros(now).saturating_sub(due));
        Ok(())
    }
}
