//! The load of being there: connections that listen while nothing is said.

use crate::crowd::Person;
use crate::process::Cost;
use crate::report::Idle as Report;
use crate::settings::Idle;
use crate::{Failed, talk};
use std::net::SocketAddr;
use std::time::Duration;

pub(crate) async fn run(idle: &Idle, server: SocketAddr, people: &[Person]) -> Result<Report, Failed> {
    let people = people.get(..idle.connections.into()).unwrap_or(people);
    let before = Cost::of(idle.place.server_pid)?;
    let wires = talk::connect(server, people, |_| true).await?;
    tokio::time::sleep(Duration::from_secs(idle.seconds)).await;
    let after = Cost::of(idle.place.server_pid)?;
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
