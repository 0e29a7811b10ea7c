//! The loads of speakers and listeners: connect everybody, begin together, wait, add up.

mod plan; // what they differ in

mod cast; // who speaks where

mod talking; // all of them

mod speaker; // who says something

mod written; // the bytes of it

mod window; // how much of it at once

mod followers; // and how far those are who hear it

mod listener; // who hears it

mod reader; // who reads what was said, over and over

mod readers; // all of those

mod tally; // whether all of it came, once, in order

pub(crate) use cast::Cast;
pub(crate) use listener::{Heard, Listener};
pub(crate) use plan::Plan;
pub(crate) use reader::Read;
pub(crate) use speaker::{Pace, Said, Speaker, Stage};
pub(crate) use talking::{Talking, gather};

use crate::Failed;
use crate::meter::Meter;
use crate::report::Talk;
use crate::run::Run;
use crate::target::Target;
use readers::Readers;
use std::sync::Arc;

/// Puts the load on the server, with messages that carry this run.
pub(crate) async fn run(plan: &Plan, cast: &Cast, run: u32, target: Target<'_>) -> Result<Talk, Failed> {
    let wires = gather(plan, cast, target).await?;
    let reading = readers::gather(plan, cast, target).await?;
    let meter = Meter::start(target).await?;
    let run = Arc::new(Run::begin(run, cast.say.len(), plan.seconds));
    let talking = Talking::begin(plan, cast, &run, wires);
    let readers = Readers::begin(plan, cast, &run, reading);
    target.lookout.progress.wait("measuring", run.stop()).await;
    // What comes after the measured time belongs to no rate.
    let (server, disk) = meter.read().await?;
    let talk = talking.end().await;
    Ok(Talk { replay: readers.end().await, server, disk, ..talk })
}
