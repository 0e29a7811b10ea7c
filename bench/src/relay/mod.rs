//! The load of plain topics: speakers and listeners as in others, and filters beside them that match nothing.

mod names; // of topics, filters and clients

mod bystanders; // who subscribes to filters beside

use crate::Failed;
use crate::folk::Folk;
use crate::report::Talk;
use crate::settings::Relay;
use crate::talk::{self, Cast, Plan};
use crate::target::Target;
use bystanders::Bystanders;
use names::Names;

/// Puts the load on a broker, with messages that carry this run.
pub(crate) async fn run(relay: &Relay, folk: &Folk, run: u32, target: Target<'_>) -> Result<Talk, Failed> {
    let (plan, names) = (Plan::relay(relay), Names::of(relay, folk, run));
    let cast = cast(&plan, &names);
    let bystanders = Bystanders::gather(relay, &names, cast.guests.len(), target).await?;
    let mut talk = talk::run(&plan, &cast, run, target).await?;
    talk.filters = Some(relay.beside.filters);
    talk.flaws.add(&bystanders.end());
    Ok(talk)
}

/// Topic by topic, who publishes and who subscribes.
fn cast(plan: &Plan, names: &Names<'_>) -> Cast {
    let all = 0..plan.rooms * plan.members;
    Cast {
        guests: all.clone().map(|number| names.guest(number)).collect(),
        rooms: all.map(|number| vec![(number / plan.members) as u32]).collect(),
        say: (0..plan.rooms).map(|number| names.topic(number)).collect(),
        hear: None,
        members: plan.members,
    }
}
