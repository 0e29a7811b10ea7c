//! The loads of speakers and listeners: connect everybody, begin together, wait, add up.

mod plan; // what they differ in

mod cast; // who speaks where

mod talking; // all of them

mod speaker; // who says something

mod listener; // who hears it

mod tally; // whether all of it came, once, in order

pub(crate) use cast::Cast;
pub(crate) use listener::{Heard, Listener};
pub(crate) use plan::Plan;
pub(crate) use speaker::{Pace, Said, Speaker, Stage};
pub(crate) use talking::{Talking, gather};

use crate::Failed;
use crate::meter::Meter;
use crate::report::Talk;
use crate::run::Run;
use crate::target::Target;
use std::sync::Arc;

/// Puts the load on the server, with messages that carry this run.
pub(crate) async fn run(plan: &Plan, cast: &Cast, run: u32, target: Target<'_>) -> Result<Talk, Failed> {
    let wires = gather(plan, cast, target).await?;
    let meter = Meter::start(target).await?;
    let run = Arc::new(Run::begin(run, cast.say.len(), plan.seconds));
    let talking = Talking::begin(plan, cast, &run, wires);
    target.lookout.progress.wait("measuring", run.stop()).await;
    // What comes after the measured time belongs to no rate.
    let (server, disk) = meter.read().await?;
    Ok(Talk { server, disk, ..talking.end().await })
}
