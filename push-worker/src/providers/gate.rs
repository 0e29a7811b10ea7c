//! Who may go to a provider now: as many as there are places, and while its circuit lets them.

use crate::circuit::{Circuit, CircuitSettings, Health, Pass};
use crate::settings::Limits;
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// Strangers' servers that are remembered. Who is forgotten starts anew.
const SERVERS: usize = 10_000;
/// Who finds no place comes again after this.
const FULL: Duration = Duration::from_secs(1);

/// The gates of one provider.
#[derive(Debug)]
pub(super) struct Gates {
    limits: Limits,
    circuit: CircuitSettings,
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
    pub(super) fn one(limits: &Limits, circuit: CircuitSettings) -> Gates {
        let gate = Gate { circuit: Mutex::new(Circuit::new(circuit)), places: None };
        Gates::new(limits, circuit, limits.under_way, Servers::One(Arc::new(gate)))
    }

    /// For one with many servers, of strangers.
    pub(super) fn each(limits: &Limits, circuit: CircuitSettings) -> Gates {
        Gates::new(limits, circuit, limits.under_way_web, Servers::Each(Cache::new(SERVERS)))
    }

    fn new(limits: &Limits, circuit: CircuitSettings, most: usize, servers: Servers) -> Gates {
        Gates { limits: limits.clone(), circuit, places: Arc::new(Semaphore::new(most)), most, servers }
    }

    /// Waits for a place, as long as a call may take.
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
        let fresh = || Gate {
            circuit: Mutex::new(Circuit::new(self.circuit)),
            places: Some(Arc::new(Semaphore::new(self.limits.under_way_each))),
        };
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
