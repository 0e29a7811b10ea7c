//! The loads of speakers and listeners: connect everybody, begin together, wait, add up.

mod speaker; // who says something

mod listener; // who hears it

mod tally; // whether all of it came, once, in order

use listener::{Heard, Listener};
use speaker::{Pace, Said, Speaker};

use crate::Failed;
use crate::crowd::{Crowd, Person};
use crate::process::Cost;
use crate::report::{Quantiles, Server, Talk};
use crate::run::Run;
use crate::settings::Load;
use crate::wire::{Broken, Wire};
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
    seconds: u64,
}

impl Plan {
    fn of(load: &Load) -> Plan {
        match load {
            Load::Say(say) => {
                Plan { name: "say", window: say.window, rate: None, size: say.size, seconds: say.seconds }
            }
            Load::Latency(latency) => Plan {
                name: "latency",
                window: DUE,
                rate: Some(latency.rate),
                size: latency.size,
                seconds: latency.seconds,
            },
            Load::Room(room) => {
                Plan { name: "room", window: room.window, rate: None, size: room.size, seconds: room.seconds }
            }
            Load::Idle(_) => Plan { name: "idle", window: 0, rate: None, size: 0, seconds: 0 },
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
    let run = Arc::new(Run::begin(crowd.rooms, plan.seconds));
    let (speakers, listeners) = start(&plan, crowd, &run, wires);
    sleep_until(run.stop).await;
    // What comes after the measured time belongs to no rate.
    let after = Cost::of(place.server_pid)?;
    let said = speakers.join_all().await;
    run.fall_silent();
    let heard = listeners.join_all().await;
    let mut report = Talk {
        load: plan.name,
        seconds: plan.seconds,
        rooms: crowd.rooms,
        members: crowd.members,
        size: plan.size,
        window: plan.rate.is_none().then_some(plan.window),
        rate: plan.rate,
        puback_ms: Quantiles::of(&run.answers),
        delivery_ms: Quantiles::of(&run.deliveries),
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
    report.flaws.refused += said.refused;
    report.flaws.add_broken(said.broken);
}

fn add_heard(report: &mut Talk, heard: Heard) {
    report.delivered += heard.heard;
    report.delivered_in_time += heard.in_time;
    report.flaws.lost += heard.lost;
    report.flaws.doubled += heard.doubled;
    report.flaws.reordered += heard.reordered;
    report.flaws.add_broken(heard.broken);
}
