//! Whoever is down is left alone: a circuit for each provider and app.
//!
//! The promise: a provider that takes nothing is asked by one probe now and then, at growing distances; once a probe comes
//! through, twice as many may follow each time, so nobody is run over by what has waited. A provider that names a time is
//! left alone until then. What belongs to an earlier state, because it took long, changes nothing.
//!
//! It reads no clock and throws no dice: both are given. Start at [`Circuit::admit`].

#[cfg(test)]
mod tests;

use std::time::Duration;
use tokio::time::Instant;

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct CircuitSettings {
    /// Failures among the last 20 answers that open it.
    pub failures: u32,
    /// How long it is left alone at first.
    pub pause: Duration,
    /// And at most; each failed probe doubles the pause.
    pub longest: Duration,
    /// The same for what a person has to repair.
    pub fault_pause: Duration,
    /// How many may go at once before everybody may.
    pub ramp: u32,
}

/// Answers that are looked back at.
const WINDOW: u32 = 20;
/// A provider may ask to be left alone for longer; then it is asked again all the same.
const LONGEST_HOLD: Duration = Duration::from_secs(3600);

impl Default for CircuitSettings {
    fn default() -> CircuitSettings {
        CircuitSettings {
            failures: 10,
            pause: Duration::from_secs(2),
            // Whoever waited for a provider hears within a minute that it is back.
            longest: Duration::from_secs(60),
            fault_pause: Duration::from_secs(30),
            ramp: 64,
        }
    }
}

/// How a provider was, by one of its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It answered, whatever it said of the device.
    Good,
    /// It did not, or said that it can't.
    Failed,
    /// It asks to be left alone for so long.
    Hold(Duration),
    /// It does not know us.
    Fault,
    /// Nobody waited for the answer.
    Unknown,
}

/// That one may go. Give it back with [`Circuit::record`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Pass {
    generation: u64,
    probe: bool,
}

/// The circuit itself.
#[derive(Debug)]
pub struct Circuit {
    settings: CircuitSettings,
    state: State,
    /// Raised with each change of state.
    generation: u64,
    /// The pause that the next failure takes.
    pause: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Everybody may go. A bit for each of the last answers, 1 for a failure.
    Closed { answers: u32 },
    /// Nobody may go before `until`.
    Open { until: Instant },
    /// So many may go at once.
    Probing { allowed: u32, under_way: u32 },
}

impl Circuit {
    /// A closed one.
    #[must_use]
    pub fn new(settings: CircuitSettings) -> Circuit {
        let state = State::Closed { answers: 0 };
        Circuit { settings, state, generation: 0, pause: settings.pause }
    }

    /// Whether one may go now.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn admit(&mut self, now: Instant) -> Result<Pass, Duration> {
        if let State::Open { until } = self.state {
            if now < until {
                return Err(until - now);
            }
            self.change(State::Probing { allowed: 1, under_way: 0 });
        }
        match &mut self.state {
            State::Probing { allowed, under_way } if *under_way < *allowed => {
                *under_way += 1;
                Ok(Pass { generation: self.generation, probe: true })
            }
            // Those under way are back soon, or fail.
            State::Probing { .. } => Err(self.settings.pause),
            State::Closed { .. } | State::Open { .. } => {
                Ok(Pass { generation: self.generation, probe: false })
            }
        }
    }

    /// What came of it. `chance`, from 0 to 1, lengthens a pause by up to a quarter.
    pub fn record(&mut self, pass: Pass, health: Health, now: Instant, chance: f64) {
        if pass.generation != self.generation {
            return;
        }
        match health {
            Health::Good => self.good(),
            Health::Failed => self.failed(now, chance),
            Health::Hold(time) => self.open(now, time.min(LONGEST_HOLD), chance),
            Health::Fault => self.open(now, self.settings.fault_pause.max(self.pause), chance),
            Health::Unknown => {
                if let State::Probing { under_way, .. } = &mut self.state {
                    *under_way = under_way.saturating_sub(u32::from(pass.probe));
                }
            }
        }
    }

    /// When somebody may go again, if nobody may now.
    #[must_use]
    pub fn open_until(&self) -> Option<Instant> {
        match self.state {
            State::Open { until } => Some(until),
            State::Closed { .. } | State::Probing { .. } => None,
        }
    }

    /// Whether everybody may go.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn good(&mut self) {
        match &mut self.state {
            State::Closed { answers } => remember(answers, 0),
            State::Probing { allowed, under_way } => {
                *under_way = under_way.saturating_sub(1);
                *allowed = allowed.saturating_mul(2);
                if *allowed > self.settings.ramp {
                    self.pause = self.settings.pause;
                    self.change(State::Closed { answers: 0 });
                }
            }
            State::Open { .. } => {}
        }
    }

    fn failed(&mut self, now: Instant, chance: f64) {
        match &mut self.state {
            State::Closed { answers } => {
                remember(answers, 1);
                if answers.count_ones() >= self.settings.failures {
                    self.open(now, self.pause, chance);
                }
            }
            State::Probing { .. } => {
                self.pause = (self.pause * 2).min(self.settings.longest);
                self.open(now, self.pause, chance);
            }
            State::Open { .. } => {}
        }
    }

    fn open(&mut self, now: Instant, pause: Duration, chance: f64) {
        let until = now + pause.mul_f64(1.0 + chance.clamp(0.0, 1.0) / 4.0);
        self.change(State::Open { until });
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.generation += 1;
    }
}

fn remember(answers: &mut u32, failed: u32) {
    *answers = ((*answers << 1) | failed) & ((1 << WINDOW) - 1);
}
