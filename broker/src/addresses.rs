//! How many connections come from one address, as long as we do not know whose they are.
//!
//! A connection counts until it is authenticated; then it is its user's, not its address's, so that an office
//! behind one address is not shut out. `[SEMANTICS 27]`

use crate::config::Config;
use crate::counters::Event;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The table is searched for forgotten addresses when it has grown to this.
const FIRST_SWEEP: usize = 4_096;

/// The length of a window in which new connections are counted.
const WINDOW: Duration = Duration::from_secs(1);

/// The addresses that have unknown connections.
#[derive(Debug)]
pub(crate) struct Addresses {
    table: Mutex<Table>,
    new_per_window: u32,
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
    new: u32,
    window_began: Instant,
}

/// One unknown connection of an address. Dropping it frees its place.
#[derive(Debug)]
pub(crate) struct Unknown {
    addresses: Arc<Addresses>,
    /// None for an address without limits.
    address: Option<IpAddr>,
}

impl Addresses {
    pub(crate) fn new(config: &Config) -> Arc<Addresses> {
        Arc::new(Addresses {
            table: Mutex::new(Table { addresses: HashMap::new(), sweep_at: FIRST_SWEEP }),
            new_per_window: config.new_per_address,
            open: config.open_per_address,
            trust_loopback: config.trust_loopback,
            trusted: config.trusted.clone(),
        })
    }

    /// A place for a connection from there, or why there is none.
    pub(crate) fn enter(self: &Arc<Self>, from: IpAddr) -> Result<Unknown, Event> {
        let from = from.to_canonical();
        if self.trust_loopback && from.is_loopback() || self.trusted.contains(&from) {
            return Ok(Unknown { addresses: Arc::clone(self), address: None });
        }
        let network = network(from);
        let now = Instant::now();
        let mut table = self.lock();
        table.sweep(now);
        let address =
            table.addresses.entry(network).or_insert(Address { open: 0, new: 0, window_began: now });
        if now.duration_since(address.window_began) >= WINDOW {
            address.new = 0;
            address.window_began = now;
        }
        if address.new >= self.new_per_window {
            return Err(Event::RefusedRate);
        }
        if address.open >= self.open {
            return Err(Event::RefusedAddress);
        }
        address.new += 1;
        address.open += 1;
        Ok(Unknown { addresses: Arc::clone(self), address: Some(network) })
    }

    fn leave(&self, address: IpAddr, known: bool) {
        let mut table = self.lock();
        let Some(entry) = table.addresses.get_mut(&address) else { return };
        entry.open = entry.open.saturating_sub(1);
        entry.new = entry.new.saturating_sub(u32::from(known));
        if entry.open == 0 && entry.new == 0 {
            table.addresses.remove(&address);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Forgets addresses that have nothing open and were quiet for a window. Its cost is spread over the
    /// connections that made the table grow.
    fn sweep(&mut self, now: Instant) {
        if self.addresses.len() < self.sweep_at {
            return;
        }
        self.addresses.retain(|_, entry| entry.open > 0 || now.duration_since(entry.window_began) < WINDOW);
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
