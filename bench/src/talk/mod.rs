//! The loads of speakers and listeners: connect everybody, begin together, wait, add up.

mod plan; // what they differ in

mod cast; // who speaks where

mod speaker; // who says something

mod listener; // who hears it

mod tally; // whether all of it came, once, in order

pub(crate) use cast::Cast;
pub(crate) use plan::Plan;

use crate::meter::Meter;
use crate::report::{Quantiles, Talk};
use crate::run::Run;
use crate::target::Target;
use crate::wire::{Guest, Wire};
use crate::{Failed, arrive};
use listener::{Heard, Listener};
use speaker::{Said, Speaker};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Puts the load on the server, with messages that carry this run.
pub(crate) async fn run(plan: &Plan, cast: &Cast, run: u32, target: Target<'_>) -> Result<Talk, Failed> {
    let stand = |guest: Guest| async move {
        let mut wire = Wire::connect(target.server, &guest).await?;
        let stage = cast.stages.get(guest.number / cast.members).filter(|_| !cast.speaks(guest.number));
        if let Some(stage) = stage {
            wire.listen(&stage.hear, plan.qos).await?;
        }
        Ok(wire)
    };
    let wires = arrive::everybody(target, &cast.guests, stand).await?;
    let meter = Meter::start(target).await?;
    let run = Arc::new(Run::begin(run, plan.rooms, plan.seconds));
    let (speakers, listeners) = start(plan, cast, &run, wires);
    target.lookout.progress.wait("measuring", run.stop()).await;
    // What comes after the measured time belongs to no rate.
    let (server, disk) = meter.read().await?;
    let said = speakers.join_all().await;
    run.fall_silent();
    let heard = listeners.join_all().await;
    let mut report = Talk { server, disk, ..account(plan, &run) };
    said.into_iter().for_each(|said| add_said(&mut report, said));
    heard.into_iter().for_each(|heard| add_heard(&mut report, heard));
    report.settle();
    Ok(report)
}

fn start(plan: &Plan, cast: &Cast, run: &Arc<Run>, wires: Vec<Wire>) -> (JoinSet<Said>, JoinSet<Heard>) {
    let (mut speakers, mut listeners) = (JoinSet::new(), JoinSet::new());
    for (number, wire) in wires.into_iter().enumerate() {
        let (room, run) = (number / cast.members, run.clone());
        if let Some(stage) = cast.stages.get(room).filter(|_| cast.speaks(number)) {
            let speaker = Speaker::new(wire, run, room, stage.say.clone(), plan.pace(room), plan.window);
            speakers.spawn(speaker.speak(plan.size as usize));
        } else {
            listeners.spawn(Listener::new(wire, run, room, number).hear());
        }
    }
    (speakers, listeners)
}

/// What is known before anybody has told.
fn account(plan: &Plan, run: &Run) -> Talk {
    Talk {
        load: plan.load,
        seconds: plan.seconds,
        rooms: plan.rooms,
        members: plan.members,
        size: plan.size,
        window: plan.rate.is_none().then_some(plan.window),
        rate: plan.rate,
        qos: plan.qos as u8,
        puback_ms: Quantiles::of(&run.answers),
        delivery_ms: Quantiles::of(&run.deliveries),
        ..Talk::default()
    }
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
