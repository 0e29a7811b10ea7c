//! Who may go to a provider now: as often as its rate allows, as many as there are places, and while its circuit lets them.

#[cfg(test)]
mod tests;

use super::rate::Rate;
use crate::circuit::{Circuit, CircuitSettings, Health, Pass};
use crate::settings::Limits;
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

/// Strangers' servers that are remembered. Who is forgotten starts anew.
const SERVERS: usize = 10_000;
/// Who finds no place comes again after this.
const FULL: Duration = Duration::from_secs(1);

/// The gates of one provider.
#[derive(Debug)]
pub(super) struct Gates {
    limits: Limits,
    circuit: CircuitSettings,
    /// How often a second one server may be asked.
    rate: Option<NonZeroU32>,
    /// Places of all servers together.
    places: Arc<Semaphore>,
    most: usize,
    servers: Servers,
}

#[derive(Debug)]
enum Servers {
    /// One house.
    One(Arc<Gate>),
    /// As many as strangers name.
    Each(Cache<String, Arc<Gate>>),
}

#[derive(Debug)]
struct Gate {
    circuit: Mutex<Circuit>,
    rate: Option<Mutex<Rate>>,
    /// Places of this server, where it is one of many.
    places: Option<Arc<Semaphore>>,
}

/// Somebody who went in. Without a word of how it was, nobody waited for the answer.
#[derive(Debug)]
pub(super) struct Entered {
    gate: Arc<Gate>,
    pass: Option<Pass>,
    _places: (Option<OwnedSemaphorePermit>, OwnedSemaphorePermit),
}

impl Gates {
    /// For a provider with one house.
    pub(super) fn one(limits: &Limits, circuit: CircuitSettings, rate: Option<NonZeroU32>) -> Gates {
        let gate = Gate::new(circuit, rate, None);
        Gates::new(limits, circuit, rate, limits.under_way, Servers::One(Arc::new(gate)))
    }

    /// For one with many servers, of strangers, each with this rate.
    pub(super) fn each(limits: &Limits, circuit: CircuitSettings, rate: Option<NonZeroU32>) -> Gates {
        Gates::new(limits, circuit, rate, limits.under_way_web, Servers::Each(Cache::new(SERVERS)))
    }

    fn new(
        limits: &Limits,
        circuit: CircuitSettings,
        rate: Option<NonZeroU32>,
        most: usize,
        servers: Servers,
    ) -> Gates {
        Gates { limits: limits.clone(), circuit, rate, places: Arc::new(Semaphore::new(most)), most, servers }
    }

    /// Waits for a turn, a second at most, and for a place, as long as a call may take.
    ///
    /// # Errors
    /// How long to wait before coming again.
    pub(super) async fn enter(&self, server: &str) -> Result<Entered, Duration> {
        let gate = self.gate(server);
        if let Some(until) = gate.circuit.lock().open_until() {
            let wait = until.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                return Err(wait);
            }
        }
        let turn = gate.rate.as_ref().map(|rate| rate.lock().turn(Instant::now())).transpose()?;
        if let Some(wait) = turn.filter(|wait| !wait.is_zero()) {
            sleep(wait).await;
        }
        // One server's places are not waited for: its crowd would take those of all.
        let own = match &gate.places {
            Some(places) => Some(places.clone().try_acquire_owned().map_err(|_| FULL)?),
            None => None,
        };
        let place = timeout(self.limits.call, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| FULL)?.map_err(|_| FULL)?;
        let pass = gate.circuit.lock().admit(Instant::now())?;
        Ok(Entered { gate, pass: Some(pass), _places: (own, place) })
    }

    fn gate(&self, server: &str) -> Arc<Gate> {
        let fresh = || Gate::new(self.circuit, self.rate, Some(self.limits.under_way_each));
        match &self.servers {
            Servers::One(gate) => gate.clone(),
            Servers::Each(gates) => {
                let found =
                    gates.get_or_insert_with(server, || Ok::<_, std::convert::Infallible>(Arc::new(fresh())));
                match found {
                    Ok(gate) => gate,
                    Err(never) => match never {},
                }
            }
        }
    }

    /// Calls under way, circuits that are not closed, and for how long the longest is left alone.
    pub(super) fn condition(&self) -> (usize, usize, Option<Duration>) {
        let gates: Vec<Arc<Gate>> = match &self.servers {
            Servers::One(gate) => vec![gate.clone()],
            Servers::Each(gates) => gates.iter().map(|(_, gate)| gate).collect(),
        };
        let now = Instant::now();
        let open = gates.iter().filter(|gate| !gate.circuit.lock().is_closed()).count();
        let until = gates.iter().filter_map(|gate| gate.circuit.lock().open_until()).max();
        let under_way = self.most - self.places.available_permits();
        (under_way, open, until.map(|until| until.saturating_duration_since(now)))
    }
}

impl Gate {
    fn new(circuit: CircuitSettings, rate: Option<NonZeroU32>, places: Option<usize>) -> Gate {
        Gate {
            circuit: Mutex::new(Circuit::new(circuit)),
            rate: rate.map(|rate| Mutex::new(Rate::new(rate, Instant::now()))),
            places: places.map(|places| Arc::new(Semaphore::new(places))),
        }
    }
}

impl Entered {
    /// Goes, and says how it was.
    pub(super) fn leave(mut self, health: Health) {
        self.record(health);
    }

    fn record(&mut self, health: Health) {
        if let Some(pass) = self.pass.take() {
            self.gate.circuit.lock().record(pass, health, Instant::now(), fastrand::f64());
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.record(Health::Unknown);
    }
}
