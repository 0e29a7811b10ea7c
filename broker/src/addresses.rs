//! How many connections come from one address, as long as we do not know whose they are.
//!
//! A connection counts until it is authenticated; then it is its user's, not its address's, so that an office
//! behind one address is not shut out. `[SEMANTICS 27]` Where more come at once than may, they come in one after the
//! other; only one whose turn is too far away is refused.

use crate::config::Config;
use crate::counters::Event;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The table is searched for forgotten addresses when it has grown to this.
const FIRST_SWEEP: usize = 4_096;

/// As many come in at once as may come in such a time.
const WINDOW: Duration = Duration::from_secs(1);

/// The addresses that have unknown connections.
#[derive(Debug)]
pub(crate) struct Addresses {
    table: Mutex<Table>,
    /// Between two new connections, for long.
    interval: Duration,
    /// How long one of them waits for its turn.
    patience: Duration,
    open: u32,
    trust_loopback: bool,
    trusted: Vec<IpAddr>,
}

#[derive(Debug)]
struct Table {
    addresses: HashMap<IpAddr, Address>,
    sweep_at: usize,
}

#[derive(Debug)]
struct Address {
    open: u32,
    /// When one more would be exactly in time.
    next: Instant,
}

/// One unknown connection of an address. Dropping it frees its place.
#[derive(Debug)]
pub(crate) struct Unknown {
    addresses: Arc<Addresses>,
    /// None for an address without limits.
    address: Option<IpAddr>,
    /// When it may come in, if not at once.
    pub(crate) turn: Option<Instant>,
}

impl Addresses {
    pub(crate) fn new(config: &Config) -> Arc<Addresses> {
        Arc::new(Addresses {
            table: Mutex::new(Table { addresses: HashMap::new(), sweep_at: FIRST_SWEEP }),
            interval: WINDOW / config.new_per_address.max(1),
            patience: config.turn_within,
            open: config.open_per_address,
            trust_loopback: config.trust_loopback,
            trusted: config.trusted.clone(),
        })
    }

    /// A place for a connection from there, or why there is none.
    pub(crate) fn enter(self: &Arc<Self>, from: IpAddr) -> Result<Unknown, Event> {
        let from = from.to_canonical();
        if self.trust_loopback && from.is_loopback() || self.trusted.contains(&from) {
            return Ok(Unknown { addresses: Arc::clone(self), address: None, turn: None });
        }
        let network = network(from);
        let now = Instant::now();
        let mut table = self.lock();
        table.sweep(now);
        let address = table.addresses.entry(network).or_insert(Address { open: 0, next: now });
        if address.open >= self.open {
            return Err(Event::RefusedAddress);
        }
        let begins = address.next.max(now);
        let wait = (begins - now).saturating_sub(WINDOW - self.interval);
        if wait > self.patience {
            return Err(Event::RefusedRate);
        }
        address.next = begins + self.interval;
        address.open += 1;
        let turn = (!wait.is_zero()).then(|| now + wait);
        Ok(Unknown { addresses: Arc::clone(self), address: Some(network), turn })
    }

    fn leave(&self, address: IpAddr, known: bool) {
        let mut table = self.lock();
        let Some(entry) = table.addresses.get_mut(&address) else { return };
        entry.open = entry.open.saturating_sub(1);
        if known {
            entry.next = entry.next.checked_sub(self.interval).unwrap_or(entry.next);
        }
        if entry.open == 0 && entry.next <= Instant::now() {
            table.addresses.remove(&address);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Forgets addresses that have nothing open and were quiet for long enough. Its cost is spread over the
    /// connections that made the table grow.
    fn sweep(&mut self, now: Instant) {
        if self.addresses.len() < self.sweep_at {
            return;
        }
        self.addresses.retain(|_, entry| entry.open > 0 || entry.next > now);
        self.sweep_at = FIRST_SWEEP.max(self.addresses.len() * 2);
    }
}

impl Unknown {
    /// We know whose it is: it no longer counts for its address, neither as open nor as new.
    pub(crate) fn becomes_known(mut self) {
        if let Some(address) = self.address.take() {
            self.addresses.leave(address, true);
        }
    }
}

impl Drop for Unknown {
    fn drop(&mut self) {
        if let Some(address) = self.address.take() {
            self.addresses.leave(address, false);
        }
    }
}

/// What is counted as one address: in IPv6 a site has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)).into(),
    }
}
