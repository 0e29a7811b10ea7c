//! Many sessions come back at once, while others may go on to talk.

use super::meanwhile::{Meanwhile, Ready};
use super::{Absent, Missed, back};
use crate::Failed;
use crate::folk::Folk;
use crate::meter::Meter;
use crate::report::Storm as Report;
use crate::settings::Storm;
use crate::target::Target;

/// The people of the folk were away; its others are pairs that talk meanwhile.
pub(crate) async fn storm(
    storm: &Storm,
    folk: &Folk,
    run: u32,
    target: Target<'_>,
) -> Result<Report, Failed> {
    let missed = Missed::spread(folk, storm.missed.into(), storm.size, storm.patience);
    let away = folk.people.get(..storm.sessions.into()).unwrap_or(&folk.people);
    let absent = Absent::of(away, folk, &missed, run, target).await?;
    let others = Ready::of(storm, folk, target).await?;
    let meter = Meter::start(target).await?;
    let others = others.map(Ready::begin);
    let (back, wires) = absent.come_back(target).await;
    let (server, disk) = meter.read().await?;
    let others = match others.map(Meanwhile::end) {
        Some(others) => Some(others.await),
        None => None,
    };
    back::forget(wires).await;
    Ok(Report {
        load: "storm",
        rooms_each: storm.rooms.into(),
        members: storm.members.into(),
        missed: storm.missed,
        back,
        others,
        server,
        disk,
    })
}
