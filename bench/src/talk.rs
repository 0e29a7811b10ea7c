//! The loads of speakers and listeners: connect everybody, begin together, wait, add up.

use crate::crowd::{Crowd, Person};
use crate::listener::{Heard, Listener};
use crate::process::Cost;
use crate::report::{Quantiles, Server, Talk};
use crate::run::Run;
use crate::settings::Load;
use crate::speaker::{Pace, Said, Speaker};
use crate::wire::{Broken, Wire};
use crate::{Failed, latencies::Latencies};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio::time::sleep_until;

/// Connections that are made at once: a server takes them faster than one by one, and nobody is flooded.
pub(crate) const AT_ONCE: usize = 64;

/// Messages a speaker of a fixed rate may have unanswered: no window of ours shall hold back what is due, but memory
/// stays bounded. The server's own window, which is smaller, may hold it back, and that time counts.
const DUE: u16 = 4_096;

/// What the loads differ in.
struct Plan {
    name: &'static str,
    window: u16,
    rate: Option<u32>,
    size: u32,
}

impl Plan {
    fn of(load: &Load) -> Plan {
        match load {
            Load::Say(say) => Plan { name: "say", window: say.window, rate: None, size: say.size },
            Load::Latency(latency) => {
                Plan { name: "latency", window: DUE, rate: Some(latency.rate), size: latency.size }
            }
            Load::Room(room) => Plan { name: "room", window: room.window, rate: None, size: room.size },
            Load::Idle(_) => Plan { name: "idle", window: 0, rate: None, size: 0 },
        }
    }

    /// The speakers take turns.
    fn pace(&self, room: usize, rooms: usize) -> Pace {
        self.rate.map_or(Pace::Window, |rate| {
            let between = 1_000_000.0 / f64::from(rate);
            Pace::Every { first: between * room as f64, every: between * rooms as f64 }
        })
    }
}

pub(crate) async fn run(load: &Load, server: SocketAddr, people: &[Person]) -> Result<Talk, Failed> {
    let (plan, crowd, place) = (Plan::of(load), Crowd::of(load), load.place());
    let wires = connect(server, people, |number| !number.is_multiple_of(crowd.members)).await?;
    let before = Cost::of(place.server_pid)?;
    let run = Arc::new(Run::begin(crowd.rooms, place.seconds));
    let (speakers, listeners) = start(&plan, crowd, &run, wires);
    sleep_until(run.stop).await;
    // What comes after the measured time belongs to no rate.
    let after = Cost::of(place.server_pid)?;
    let said = speakers.join_all().await;
    run.fall_silent();
    let heard = listeners.join_all().await;
    let mut report = Talk {
        load: plan.name,
        seconds: place.seconds,
        rooms: crowd.rooms,
        members: crowd.members,
        size: plan.size,
        window: plan.rate.is_none().then_some(plan.window),
        rate: plan.rate,
        puback_ms: quantiles(&run.answers),
        delivery_ms: quantiles(&run.deliveries),
        server: Server::between(before, after),
        ..Talk::default()
    };
    said.into_iter().for_each(|said| add_said(&mut report, said));
    heard.into_iter().for_each(|heard| add_heard(&mut report, heard));
    report.settle();
    Ok(report)
}

/// Everybody's connection, in order; those listen who shall.
pub(crate) async fn connect(
    server: SocketAddr,
    people: &[Person],
    listens: impl Fn(usize) -> bool + Copy,
) -> Result<Vec<Wire>, Failed> {
    let connect = |(number, person)| async move {
        let stand = async {
            let mut wire = Wire::connect(server, number, person).await?;
            if listens(number) {
                wire.listen().await?;
            }
            Ok::<_, Broken>(wire)
        };
        stand.await.map_err(|why| Failed::Connection { number, why })
    };
    stream::iter(people.iter().enumerate()).map(connect).buffered(AT_ONCE).try_collect().await
}

fn start(plan: &Plan, crowd: Crowd, run: &Arc<Run>, wires: Vec<Wire>) -> (JoinSet<Said>, JoinSet<Heard>) {
    let (mut speakers, mut listeners) = (JoinSet::new(), JoinSet::new());
    for (number, wire) in wires.into_iter().enumerate() {
        let (room, run) = (number / crowd.members, run.clone());
        if number.is_multiple_of(crowd.members) {
            let pace = plan.pace(room, crowd.rooms);
            let topic = format!("rooms/{}/say", crowd.room(room));
            let speaker = Speaker::new(wire, run, room, topic, pace, plan.window);
            speakers.spawn(speaker.speak(plan.size as usize));
        } else {
            listeners.spawn(Listener::new(wire, run, room, number).hear());
        }
    }
    (speakers, listeners)
}

fn add_said(report: &mut Talk, said: Said) {
    report.said += said.said;
    report.acknowledged += said.acknowledged;
    report.acknowledged_in_time += said.in_time;
    report.refused += said.refused;
    report.add_broken(said.broken);
}

fn add_heard(report: &mut Talk, heard: Heard) {
    report.delivered += heard.heard;
    report.delivered_in_time += heard.in_time;
    report.lost += heard.lost;
    report.doubled += heard.doubled;
    report.reordered += heard.reordered;
    report.add_broken(heard.broken);
}

fn quantiles(latencies: &Latencies) -> Option<Quantiles> {
    let ([p50, p99, p999], max) = latencies.quantiles([0.5, 0.99, 0.999])?;
    Some(Quantiles { p50, p99, p999, max })
}
