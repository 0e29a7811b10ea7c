//! The loads of not being there: sessions are left behind, something is said meanwhile, and all come back.

mod missed; // what is said meanwhile, and where

mod leave; // sessions are left behind

mod back; // and come back

mod meanwhile; // while others talk

mod offline; // few of them, much missed

mod storm; // many of them, at once

pub(crate) use offline::offline;
pub(crate) use storm::storm;

use crate::Failed;
use crate::folk::{Folk, Person};
use crate::run::Run;
use crate::target::Target;
use crate::wire::{Guest, Session};
use missed::Missed;
use std::sync::Arc;
use std::time::Duration;

/// Those who were away, and what was said meanwhile.
pub(crate) struct Absent<'a> {
    people: &'a [Person],
    guests: Vec<Guest>,
    run: Arc<Run>,
    patience: Duration,
}

impl<'a> Absent<'a> {
    /// These people of the folk subscribe to everything and go; then what they miss is said.
    async fn of(
        people: &'a [Person],
        folk: &Folk,
        missed: &Missed,
        run: u32,
        target: Target<'_>,
    ) -> Result<Absent<'a>, Failed> {
        let guest = |(number, person)| Guest::of(person, number, Session::Begins);
        let guests: Vec<Guest> = people.iter().enumerate().map(guest).collect();
        leave::everybody(&guests, target).await?;
        let run = Arc::new(Run::begin(run, folk.rooms.len(), missed.patience));
        missed.say(folk, &run, target).await?;
        Ok(Absent { people, guests, run, patience: Duration::from_secs(missed.patience) })
    }
}
