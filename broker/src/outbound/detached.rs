//! An [`Outbound`] that no socket reads: for the command line and for tests of an application.

use super::{Delivery, Leftovers, Limits, Mark, Outbound};
use crate::application::{Acknowledged, Departure, Farewell, Welcome};
use mqtt::packet::{PacketId, Qos};
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::SystemTime;

/// The reading end of [`detached`]. Dropping it closes the way.
#[derive(Debug)]
pub struct OutboundReader {
    outbound: Outbound,
    /// What was handed out and waits for [`OutboundReader::acknowledge`].
    unacknowledged: Vec<(PacketId, Mark)>,
}

/// A way that leads to no socket, and its end.
#[must_use]
pub fn detached(limits: Limits) -> (Outbound, OutboundReader) {
    let outbound = Outbound::new(limits);
    (outbound.clone(), OutboundReader { outbound, unacknowledged: Vec::new() })
}

impl OutboundReader {
    /// The next delivery, as a client would get it; none once the connection has ended. Above QoS 0 it waits
    /// while the window is full: acknowledge what came before. Asking for the next one says that the one
    /// before was written, see [`OutboundReader::written`].
    pub async fn next(&mut self) -> Option<Delivery> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The PUBACK for a delivery above QoS 0; what the application must be told. None if it does not wait for one.
    pub fn acknowledge(&mut self, mark: Mark) -> Option<Acknowledged> {
        let place = self.unacknowledged.iter().position(|(_, other)| *other == mark)?;
        let (id, _) = self.unacknowledged.remove(place);
        self.outbound.puback(id)
    }

    /// What was done without an acknowledgement since the last call, for the application: QoS 0 deliveries that
    /// were handed out, and those that expired.
    pub fn written(&mut self) -> Vec<Acknowledged> {
        self.outbound.0.written()
    }

    /// Whether the application ended the connection.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.outbound.is_closed()
    }

    /// Takes up what the application's welcome says: what is sent again, before anything new.
    pub fn begin<S>(&self, welcome: &mut Welcome<S>) {
        let redeliver = std::mem::take(&mut welcome.redeliver);
        self.outbound.resume(redeliver, welcome.first_packet_id, &std::mem::take(&mut welcome.unreleased));
        self.outbound.release_again(&std::mem::take(&mut welcome.received));
    }

    /// The end, as a lost socket would bring it: what was handed out and not acknowledged, and what was not handed
    /// out. `session_expiry` in seconds.
    #[must_use]
    pub fn leave(self, session_expiry: u32) -> Departure {
        let Leftovers { in_flight, received, queued, notices } = self.outbound.0.close();
        let farewell = Farewell::SocketLost;
        Departure { farewell, session_expiry, in_flight, received, queued, notices, will: None }
    }

    fn poll_next(&mut self, cx: &Context<'_>) -> Poll<Option<Delivery>> {
        let shared = &self.outbound.0;
        shared.task.register(cx.waker());
        let mut state = shared.lock();
        if state.ending().is_some() {
            return Poll::Ready(None);
        }
        let next = state.next_message(&shared.limits, SystemTime::now());
        state.asleep = next.is_none();
        let has_room = state.has_room();
        drop(state);
        if has_room {
            shared.drained.notify_waiters();
        }
        let Some((id, delivery)) = next else { return Poll::Pending };
        if let Some(id) = id.filter(|_| delivery.qos != Qos::AtMostOnce) {
            self.unacknowledged.push((id, delivery.mark));
        }
        Poll::Ready(Some(delivery))
    }
}

impl Drop for OutboundReader {
    fn drop(&mut self) {
        drop(self.outbound.0.close());
    }
}
