//! What waits to be written to one connection, shared between its task and the application.
//!
//! The application offers deliveries and gives answers from any task and never waits; the connection's task
//! takes them out, many at a time. Deliveries are bounded: who is told [`Offer::Full`] keeps the message where it
//! is and comes
//! back when [`Outbound::ready`] says so. Answers and other control packets have reserved room: they
//! are never refused and never wait for the delivery window. An idle connection holds no buffer.
//!
//! Nothing here opens a socket; [`detached`] gives a queue that a test reads.
//!
//! Start at [`Outbound::offer`], then `fill`.

mod delivery; // one message for one device

mod answer; // what becomes of a PUBLISH

mod queue; // waits for the window

mod window; // sent, not acknowledged

mod unreleased; // the same the other way round, at QoS 2

mod state; // all of it, under one lock

mod message; // which one leaves next

mod aliases; // short names of topics

mod fill; // from the state to bytes

mod inbound; // what the reading side asks of the state

mod detached; // without a socket

#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use delivery::{Delivery, Mark};
pub use detached::{OutboundReader, detached};
pub use state::Limits;

pub(crate) use inbound::{Admission, Control};
pub(crate) use state::{Ending, Leftovers};
pub(crate) use window::Received;

use futures_util::task::AtomicWaker;
use mqtt::ReasonCode;
use mqtt::packet::Version;
use state::State;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The way to one connection. Clones lead to the same one.
#[derive(Clone)]
pub struct Outbound(pub(crate) Arc<Shared>);

/// What became of an offered delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Offer {
    /// It will be written, or come back in [`crate::application::Departure`].
    Taken,
    /// Not now: wait for [`Outbound::ready`].
    Full,
    /// The connection is over, or about to be.
    Closed,
    /// It is larger than the client's Maximum Packet Size: it can never be sent there. `[MQTT5-3.1.2-24]`
    NeverFits,
}

/// What one connection and everybody who writes to it share.
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    state: Mutex<State>,
    /// The connection's task; it reads and writes, so there is one to wake.
    pub(crate) task: AtomicWaker,
    /// Something came while the task slept, and nobody has woken it yet.
    stirred: AtomicBool,
    /// The queue fell below half of its bound, or the connection is over.
    drained: Notify,
}

impl Outbound {
    pub(crate) fn new(limits: Limits) -> Outbound {
        Outbound(Arc::new(Shared {
            state: Mutex::new(State::new(&limits)),
            limits,
            task: AtomicWaker::new(),
            stirred: AtomicBool::new(false),
            drained: Notify::new(),
        }))
    }

    /// Puts a delivery in the queue, without waiting and without waking: call [`Outbound::wake`] after a batch.
    pub fn offer(&self, delivery: Delivery) -> Offer {
        self.take(delivery, State::offer)
    }

    /// The same for a delivery that waits nowhere else and may not be lost: the queue takes eight times as much of them.
    /// It does not wake.
    pub fn offer_beyond(&self, delivery: Delivery) -> Offer {
        self.take(delivery, State::offer_beyond)
    }

    /// Puts an answer or a refusal before the queue, in a small place of its own (at most 64). It does not wake.
    pub fn notice(&self, delivery: Delivery) -> Offer {
        self.take(delivery, State::notice)
    }

    /// Tells the writer that something was offered. Costs nothing where the writer is at work anyway.
    pub fn wake(&self) {
        if self.0.stirred.swap(false, Ordering::AcqRel) {
            self.0.task.wake();
        }
    }

    /// Waits until the queue is at most half full, or the connection is over.
    pub async fn ready(&self) {
        loop {
            let mut drained = std::pin::pin!(self.0.drained.notified());
            drained.as_mut().enable();
            if self.0.lock().has_room() {
                return;
            }
            drained.await;
        }
    }

    /// Whether the queue is at most half full, or the connection is over: what can be done without may be offered then.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.0.lock().has_room()
    }

    /// Visits everything that is queued, being written or in flight, notices included: in flight first, in the
    /// order of sending. The queue is locked meanwhile: `visit` must not call back into it.
    pub fn unacknowledged(&self, visit: impl FnMut(Mark)) {
        self.0.lock().marks().for_each(visit);
    }

    /// Ends the connection. Answers that are due go out first; MQTT 5 hears the code in a DISCONNECT.
    pub fn end(&self, code: ReasonCode) {
        self.0.end(Ending::because(code));
    }

    /// Whether the connection is over, or about to be.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.lock().is_leaving()
    }

    /// The largest packet the client takes, in bytes, if it said so.
    #[must_use]
    pub fn maximum_packet_size(&self) -> Option<u32> {
        self.0.limits.maximum_packet_size
    }

    /// What the client speaks.
    #[must_use]
    pub fn version(&self) -> Version {
        self.0.limits.version
    }

    fn take(&self, delivery: Delivery, into: impl FnOnce(&mut State, Delivery) -> Offer) -> Offer {
        if self.0.limits.is_too_large(&delivery) {
            return Offer::NeverFits;
        }
        let mut state = self.0.lock();
        let offer = into(&mut state, delivery);
        if state.must_wake() {
            self.0.stirred.store(true, Ordering::Release);
        }
        offer
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").field("version", &self.version()).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic half way changes the state; what a poisoned lock guards is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first ending counts.
    pub(crate) fn end(&self, ending: Ending) {
        self.lock().end(ending);
        self.drained.notify_waiters();
        self.task.wake();
    }

    /// Closes for good and takes out what was left.
    pub(crate) fn close(&self) -> Leftovers {
        let leftovers = self.lock().close();
        self.drained.notify_waiters();
        leftovers
    }
}
