//! The load of being there: connections that listen while nothing is said.

use crate::folk::Folk;
use crate::meter::Cost;
use crate::report::Idle as Report;
use crate::settings::Idle;
use crate::target::Target;
use crate::wire::Guest;
use crate::{Failed, talk};
use mqtt::packet::Qos;
use std::time::Duration;
use tokio::time::Instant;

pub(crate) async fn run(idle: &Idle, folk: &Folk, target: Target<'_>) -> Result<Report, Failed> {
    let people = folk.people.iter().take(idle.connections.into()).enumerate();
    let guests: Vec<Guest> = people.map(|(number, person)| Guest::of(person, number)).collect();
    let before = Cost::of(target.process)?;
    let wires = talk::connect(target, &guests, |_| Some(("rooms/+/said", Qos::AtLeastOnce))).await?;
    target.lookout.progress.wait("waiting", Instant::now() + Duration::from_secs(idle.seconds)).await;
    let after = Cost::of(target.process)?;
    let connections = wires.len();
    drop(wires);
    let each = |bytes: u64| bytes / connections.max(1) as u64;
    Ok(Report {
        load: "idle",
        seconds: idle.seconds,
        connections,
        rss_before: before.map(|cost| cost.rss),
        rss_after: after.map(|cost| cost.rss),
        bytes_each: before.zip(after).map(|(before, after)| each(after.rss.saturating_sub(before.rss))),
    })
}
