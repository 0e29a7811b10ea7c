//! Few sessions, to which much was said: how fast the log is read.

use super::{Absent, Missed, back};
use crate::Failed;
use crate::folk::Folk;
use crate::meter::Meter;
use crate::report::Offline as Report;
use crate::settings::Offline;
use crate::target::Target;

/// The first of the folk speaks in every room, and the others were away.
pub(crate) async fn offline(
    offline: &Offline,
    folk: &Folk,
    run: u32,
    target: Target<'_>,
) -> Result<Report, Failed> {
    let missed = Missed::spread(folk, offline.messages.into(), offline.size, offline.patience);
    let away = folk.people.get(1..).unwrap_or_default();
    let absent = Absent::of(away, folk, &missed, run, target).await?;
    let meter = Meter::start(target).await?;
    let (back, wires) = absent.come_back(target).await;
    let (server, disk) = meter.read().await?;
    back::forget(wires).await;
    let (rooms, messages, size) = (offline.rooms.into(), offline.messages.into(), offline.size);
    Ok(Report { load: "offline", rooms, messages, size, back, server, disk })
}
