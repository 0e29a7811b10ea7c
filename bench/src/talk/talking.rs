//! Speakers and listeners at work.

use super::{Cast, Heard, Listener, Plan, Said, Speaker};
use crate::report::{Quantiles, Talk};
use crate::run::Run;
use crate::target::Target;
use crate::wire::{Guest, Wire};
use crate::{Failed, arrive};
use std::sync::Arc;
use tokio::task::JoinSet;

/// All of them.
pub(crate) struct Talking {
    plan: Plan,
    run: Arc<Run>,
    /// Messages each speaker may have unanswered: no more than the server takes.
    window: u16,
    speakers: JoinSet<Said>,
    listeners: JoinSet<Heard>,
}

/// Connects everybody; those listen who shall.
pub(crate) async fn gather(plan: &Plan, cast: &Cast, target: Target<'_>) -> Result<Vec<Wire>, Failed> {
    let stand = |number: usize, guest: Guest| async move {
        let mut wire = Wire::connect(target.server, &guest).await?;
        if !cast.speaks(number) {
            wire.listen(cast.filter(number), plan.qos).await?;
        }
        Ok(wire)
    };
    arrive::everybody(target, &cast.guests, stand).await
}

impl Talking {
    /// Begins, with the connections of [`gather`].
    pub(crate) fn begin(plan: &Plan, cast: &Cast, run: &Arc<Run>, wires: Vec<Wire>) -> Talking {
        let taken = wires.iter().map(|wire| wire.receive_maximum).min();
        let window = plan.window.min(taken.unwrap_or(u16::MAX));
        let (mut speakers, mut listeners) = (JoinSet::new(), JoinSet::new());
        for (number, wire) in wires.into_iter().enumerate() {
            let run = run.clone();
            if cast.speaks(number) {
                let pace = plan.pace(number / cast.members);
                let speaker = Speaker::new(wire, run, cast.stages(number), pace, window);
                speakers.spawn(speaker.speak(plan.size as usize));
            } else {
                listeners.spawn(Listener::new(wire, run, cast.rooms_of(number), number).hear());
            }
        }
        Talking { plan: plan.clone(), run: run.clone(), window, speakers, listeners }
    }

    /// Waits until all that is said is answered and heard, and adds up.
    pub(crate) async fn end(self) -> Talk {
        let said = self.speakers.join_all().await;
        self.run.fall_silent();
        let heard = self.listeners.join_all().await;
        let mut report = account(&self.plan, self.window, &self.run);
        said.iter().for_each(|said| add_said(&mut report, said));
        heard.iter().for_each(|heard| add_heard(&mut report, heard));
        report.settle();
        report
    }
}

/// What is known before anybody has told.
fn account(plan: &Plan, window: u16, run: &Run) -> Talk {
    Talk {
        load: plan.load,
        seconds: plan.seconds,
        rooms: plan.rooms,
        members: plan.members,
        size: plan.size,
        window: plan.rate.is_none().then_some(window),
        rate: plan.rate,
        qos: plan.qos as u8,
        puback_ms: Quantiles::of(&run.answers),
        delivery_ms: Quantiles::of(&run.deliveries),
        ..Talk::default()
    }
}

fn add_said(report: &mut Talk, said: &Said) {
    report.said += said.said;
    report.acknowledged += said.acknowledged;
    report.acknowledged_in_time += said.in_time;
    report.flaws.add_said(said);
}

fn add_heard(report: &mut Talk, heard: &Heard) {
    report.delivered += heard.heard;
    report.delivered_in_time += heard.in_time;
    report.flaws.add(&heard.flaws);
}
