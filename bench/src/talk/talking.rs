//! Speakers and listeners at work.

use super::followers::Followers;
use super::{Cast, Heard, Listener, Plan, Said, Speaker};
use crate::report::{Quantiles, Talk};
use crate::run::Run;
use crate::target::Target;
use crate::wire::{Guest, Wire};
use crate::{Failed, arrive};
use mqtt::packet::Qos;
use std::sync::Arc;
use tokio::task::JoinSet;

/// All of them.
pub(crate) struct Talking {
    plan: Plan,
    run: Arc<Run>,
    /// Messages each speaker may have under way: unanswered ones are no more than the server takes.
    window: u16,
    speakers: JoinSet<Said>,
    listeners: JoinSet<Heard>,
}

/// Connects everybody; those listen who shall.
pub(crate) async fn gather(plan: &Plan, cast: &Cast, target: Target<'_>) -> Result<Vec<Wire>, Failed> {
    let stand = |number: usize, guest: Guest| async move {
        let mut wire = Wire::connect(target.server, &guest).await?;
        if !cast.speaks(number) {
            wire.listen(&[cast.filter(number)], plan.qos).await?;
        }
        Ok(wire)
    };
    arrive::everybody(target, &cast.guests, stand).await
}

impl Talking {
    /// Begins, with the connections of [`gather`].
    pub(crate) fn begin(plan: &Plan, cast: &Cast, run: &Arc<Run>, wires: Vec<Wire>) -> Talking {
        // Of QoS 0 the server takes what comes.
        let takes =
            wires.iter().map(|wire| wire.receive_maximum).min().filter(|_| plan.qos > Qos::AtMostOnce);
        let window = plan.window.min(takes.unwrap_or(u16::MAX));
        let followers = followers(plan);
        let (mut speakers, mut listeners) = (JoinSet::new(), JoinSet::new());
        for (number, wire) in wires.into_iter().enumerate() {
            let (row, place) = (number / cast.members, number % cast.members);
            let (run, followers) = (run.clone(), followers.get(row).cloned());
            if cast.speaks(number) {
                let mut speaker = Speaker::new(wire, run, cast.stages(number), plan.pace(row), window);
                if let Some(followers) = followers {
                    speaker = speaker.ahead_of(followers, window);
                }
                speakers.spawn(speaker.speak(plan.size as usize));
            } else {
                let mut listener = Listener::new(wire, run, cast.rooms_of(number), number);
                if let Some(followers) = followers {
                    listener = listener.among(followers, place - 1);
                }
                listeners.spawn(listener.hear());
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

/// Who hears what is said in each row, where that has to be known: at QoS 0.
fn followers(plan: &Plan) -> Vec<Arc<Followers>> {
    let rows = if plan.qos == Qos::AtMostOnce { plan.rows } else { 0 };
    std::iter::repeat_with(|| Arc::new(Followers::of(plan.members - 1))).take(rows).collect()
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
