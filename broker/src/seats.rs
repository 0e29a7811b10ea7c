//! One connection for each device: who comes later takes the seat, and the earlier one is shown out.
//!
//! The newcomer waits until the application has said goodbye to the earlier connection, so it never meets two
//! of one device. Of many that come at once the latest gets the seat; the others are told to come back.

use crate::application::Farewell;
use crate::outbound::{Ending, Outbound};
use mqtt::ReasonCode;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

/// A user's device: the client id names it inside the user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Device {
    pub(crate) user: Arc<str>,
    pub(crate) client_id: Arc<str>,
}

/// All seats that are taken or waited for.
#[derive(Default)]
pub(crate) struct Seats(Mutex<HashMap<Device, Arc<Seat>>>);

#[derive(Default)]
struct Seat {
    /// Held by the connection that sits; its queue is fair.
    sitting: Arc<tokio::sync::Mutex<()>>,
    /// The way to whoever came last: it sits, or it waits.
    latest: Mutex<Option<Outbound>>,
}

/// A taken seat. Dropping it frees it and closes the way to its connection, whatever ended that.
pub(crate) struct Taken {
    seats: Arc<Seats>,
    device: Device,
    seat: Arc<Seat>,
    outbound: Outbound,
    sitting: Option<OwnedMutexGuard<()>>,
}

impl Seats {
    /// Takes the device's seat, showing out whoever sits or waits. None if that takes too long, or if another
    /// came later still.
    pub(crate) async fn take(
        self: &Arc<Self>,
        device: Device,
        outbound: &Outbound,
        within: Duration,
    ) -> Option<Taken> {
        let seat = Arc::clone(self.lock().entry(device.clone()).or_default());
        let outbound = outbound.clone();
        let mut taken = Taken { seats: Arc::clone(self), device, seat, outbound, sitting: None };
        let earlier = taken.seat.latest().replace(taken.outbound.clone());
        if let Some(earlier) = earlier {
            let code = Some(ReasonCode::SessionTakenOver);
            earlier.0.end(Ending { code, farewell: Farewell::TakenOver });
        }
        let sitting = Arc::clone(&taken.seat.sitting).lock_owned();
        taken.sitting = Some(tokio::time::timeout(within, sitting).await.ok()?);
        // Whoever came meanwhile has ended us.
        (!taken.outbound.is_closed()).then_some(taken)
    }

    /// Ends every connection, or those of one user. Gives their number.
    pub(crate) fn end(&self, user: Option<&str>, ending: Ending) -> usize {
        // The ways are copied out, not the seats: a copied seat would look like one that is waited for.
        let ways: Vec<Outbound> = self
            .lock()
            .iter()
            .filter(|(device, _)| user.is_none_or(|user| *device.user == *user))
            .filter_map(|(_, seat)| seat.latest().clone())
            .collect();
        ways.iter().for_each(|outbound| outbound.0.end(ending));
        ways.len()
    }

    /// Seats that are taken or waited for.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Device, Arc<Seat>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn latest(&self) -> MutexGuard<'_, Option<Outbound>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // After a departure nothing is left; without one nobody was promised anything.
        drop(self.outbound.0.close());
        let mut seats = self.seats.lock();
        drop(self.sitting.take());
        // The table's and ours: nobody waits, and nobody can begin to while we hold the table.
        if Arc::strong_count(&self.seat) == 2 {
            seats.remove(&self.device);
        }
    }
}

impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taken").field("device", &self.device).finish_non_exhaustive()
    }
}
