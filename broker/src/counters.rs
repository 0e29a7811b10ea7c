//! How often what happened: one number for each way a connection begins or ends.

use crate::application::Farewell;
use mqtt::ReasonCode;
use std::sync::atomic::{AtomicU64, Ordering};

/// Something that is counted. Its name is the label of the metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Event {
    /// A socket was opened.
    Accepted,
    /// Waited for its turn, because its address opens too many connections.
    Waited,
    /// Refused: the server has as many connections as it takes.
    RefusedFull,
    /// Refused: its address opens too many connections.
    RefusedRate,
    /// Refused: its address has too many open connections.
    RefusedAddress,
    /// Refused: it came to a port of balancers and from none of them.
    RefusedStranger,
    /// Refused: a balancer did not say from where it comes.
    RefusedHeader,
    /// Refused: it came to no TLS session.
    RefusedHandshake,
    /// Refused: it closed or said nothing, instead of a CONNECT or what comes before it.
    RefusedSilent,
    /// Refused: the first bytes were no CONNECT we take.
    RefusedGreeting,
    /// Refused by the application.
    RefusedByApplication,
    /// Refused: its device's earlier connection did not end in time, or a later one came.
    RefusedSeat,
    /// Refused: the server is shutting down.
    RefusedDraining,
    /// A session began.
    Connected,
    /// Ended: the client said goodbye.
    ClientLeft,
    /// Ended: the socket broke.
    SocketLost,
    /// Ended: nothing came for too long.
    WentSilent,
    /// Ended: the client broke the protocol.
    Broke,
    /// Ended: the device connected again.
    TakenOver,
    /// Ended: the server shut down.
    Drained,
    /// Ended by the application or the broker.
    Ended,
    /// Code panicked in a connection. Any is a bug.
    Panicked,
}

impl Event {
    /// Every event with the word for it.
    pub const ALL: [(Event, &'static str); 22] = [
        (Event::Accepted, "accepted"),
        (Event::Waited, "waited"),
        (Event::RefusedFull, "refused_full"),
        (Event::RefusedRate, "refused_rate"),
        (Event::RefusedAddress, "refused_address"),
        (Event::RefusedStranger, "refused_stranger"),
        (Event::RefusedHeader, "refused_header"),
        (Event::RefusedHandshake, "refused_handshake"),
        (Event::RefusedSilent, "refused_silent"),
        (Event::RefusedGreeting, "refused_greeting"),
        (Event::RefusedByApplication, "refused_by_application"),
        (Event::RefusedSeat, "refused_seat"),
        (Event::RefusedDraining, "refused_draining"),
        (Event::Connected, "connected"),
        (Event::ClientLeft, "client_left"),
        (Event::SocketLost, "socket_lost"),
        (Event::WentSilent, "went_silent"),
        (Event::Broke, "broke"),
        (Event::TakenOver, "taken_over"),
        (Event::Drained, "drained"),
        (Event::Ended, "ended"),
        (Event::Panicked, "panicked"),
    ];
}

impl From<Farewell> for Event {
    fn from(farewell: Farewell) -> Event {
        match farewell {
            Farewell::ClientLeft | Farewell::ClientLeftWithWill => Event::ClientLeft,
            Farewell::SocketLost => Event::SocketLost,
            Farewell::WentSilent => Event::WentSilent,
            Farewell::Broke(_) => Event::Broke,
            Farewell::TakenOver => Event::TakenOver,
            Farewell::Draining => Event::Drained,
            Farewell::Ended(_) => Event::Ended,
        }
    }
}

/// The numbers since start. Reading one is one load.
#[derive(Debug, Default)]
pub struct Counters {
    events: [AtomicU64; Event::ALL.len()],
    reasons: Reasons,
    traffic: [AtomicU64; Traffic::ALL.len()],
    most_connected: AtomicU64,
}

/// One for each reason code.
#[derive(Debug)]
struct Reasons([AtomicU64; 256]);

impl Default for Reasons {
    fn default() -> Reasons {
        Reasons([const { AtomicU64::new(0) }; 256])
    }
}

/// What goes by on connections, counted once for each read and write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Traffic {
    /// Bytes that came.
    BytesReceived,
    /// Bytes that left.
    BytesSent,
    /// Packets that came.
    PacketsReceived,
    /// PUBLISHes among them.
    PublishesReceived,
    /// PUBLISHes that left.
    PublishesSent,
}

impl Traffic {
    /// Each of them.
    pub const ALL: [Traffic; 5] = [
        Traffic::BytesReceived,
        Traffic::BytesSent,
        Traffic::PacketsReceived,
        Traffic::PublishesReceived,
        Traffic::PublishesSent,
    ];
}

impl Counters {
    /// How often it happened.
    #[must_use]
    pub fn get(&self, event: Event) -> u64 {
        self.events[event as usize].load(Ordering::Relaxed)
    }

    /// How often the server refused or ended a connection for which reason, by the number of its code. A client of 3.1.1
    /// is not told, and counted all the same.
    pub fn reasons(&self) -> impl Iterator<Item = (u8, u64)> {
        let counts = self.reasons.0.iter().map(|count| count.load(Ordering::Relaxed));
        (0..=u8::MAX).zip(counts).filter(|(_, count)| *count > 0)
    }

    /// How much of it went by.
    #[must_use]
    pub fn traffic(&self, of: Traffic) -> u64 {
        self.traffic[of as usize].load(Ordering::Relaxed)
    }

    /// The most connections that were open at once.
    #[must_use]
    pub fn most_connected(&self) -> u64 {
        self.most_connected.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, to: Traffic, amount: u64) {
        if amount > 0 {
            self.traffic[to as usize].fetch_add(amount, Ordering::Relaxed);
        }
    }

    pub(crate) fn are_open(&self, connections: u64) {
        self.most_connected.fetch_max(connections, Ordering::Relaxed);
    }

    pub(crate) fn told(&self, code: ReasonCode) {
        self.reasons.0[usize::from(code as u8)].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count(&self, event: Event) {
        self.events[event as usize].fetch_add(1, Ordering::Relaxed);
    }
}
