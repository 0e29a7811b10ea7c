//! Those who were away come back, and hear what they missed.

use super::Absent;
use crate::latencies::Latencies;
use crate::report::{Quantiles, Return};
use crate::talk::{Heard, Listener};
use crate::target::{Server, Target};
use crate::wire::{Broken, Guest, Wire};
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Connections that are being made at once, far fewer than a Natter lets wait. Where more come than a listener has
/// room for, the system turns them away, and they try again a second later.
const AT_ONCE: usize = 512;

/// Sessions that are ended at once in the end.
const ENDED_AT_ONCE: usize = 64;

/// What one of them has to tell, and its connection: it stays until all are back.
#[derive(Default)]
struct Returned {
    connected: Option<Instant>,
    heard: Heard,
    wire: Option<Wire>,
}

/// What all of them share.
#[derive(Clone)]
struct Way {
    server: Server,
    seats: Arc<Semaphore>,
    connects: Arc<Latencies>,
    catch_ups: Arc<Latencies>,
}

impl Absent<'_> {
    /// All of them come back. Nobody waits longer than it might take to say what they missed.
    pub(super) async fn come_back(&self, target: Target<'_>) -> (Return, Vec<Wire>) {
        let (start, seats) = (Instant::now(), Arc::new(Semaphore::new(AT_ONCE)));
        let (connects, catch_ups) = (Arc::new(Latencies::new()), Arc::new(Latencies::new()));
        let way = Way { server: target.server.clone(), seats, connects, catch_ups };
        self.run.end_at(start + self.patience);
        target.lookout.progress.begin("coming back", self.guests.len());
        let (mut report, mut wires) = (Return::default(), Vec::new());
        let (mut connected, mut caught_up) = (start, start);
        let mut coming = self.set_out(&way);
        while let Some(returned) = coming.join_next().await {
            // A task of ours that panicked is a bug of ours: the load is not what it says, and its connection is gone.
            let returned = returned.unwrap_or_else(|_| Returned::broken(&Broken::Closed));
            connected = connected.max(returned.connected.unwrap_or(start));
            caught_up = caught_up.max(connected).max(returned.heard.last.unwrap_or(start));
            report.add(&returned.heard);
            wires.extend(returned.wire);
            target.lookout.progress.advance();
        }
        report.connack_ms = Quantiles::of(&way.connects);
        report.caught_up_ms = Quantiles::of(&way.catch_ups);
        report.settle(connected - start, caught_up - start);
        (report, wires)
    }

    fn set_out(&self, way: &Way) -> JoinSet<Returned> {
        let mut coming = JoinSet::new();
        for (person, guest) in self.people.iter().zip(&self.guests) {
            let (guest, rooms) = (guest.again(), person.rooms.clone());
            let (way, run) = (way.clone(), self.run.clone());
            coming.spawn(async move {
                let wire = match way.connect(&guest).await {
                    Ok(wire) => wire,
                    Err(why) => return Returned::broken(&why),
                };
                let connected = Instant::now();
                let (heard, wire) = Listener::new(wire, run, &rooms, guest.number).hear_and_stay().await;
                let caught_up = heard.last.unwrap_or(connected).max(connected);
                way.catch_ups.record(guest.number, micros(caught_up - connected));
                Returned { connected: Some(connected), heard, wire: Some(wire) }
            });
        }
        coming
    }
}

impl Way {
    async fn connect(&self, guest: &Guest) -> Result<Wire, Broken> {
        let seat = self.seats.acquire().await;
        let began = Instant::now();
        let wire = Wire::connect(&self.server, guest).await;
        drop(seat);
        self.connects.record(guest.number, micros(began.elapsed()));
        wire
    }
}

impl Returned {
    fn broken(why: &Broken) -> Returned {
        let mut returned = Returned::default();
        returned.heard.flaws.add_broken(Some(why));
        returned
    }
}

/// Their sessions are not needed any more. The report is made, so nobody is told when that fails.
pub(super) async fn forget(wires: Vec<Wire>) {
    stream::iter(wires).for_each_concurrent(ENDED_AT_ONCE, |wire| async { drop(wire.forget().await) }).await;
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
