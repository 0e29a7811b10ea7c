//! Readers of history beside those who speak and hear.

use super::reader::{Read, Reader};
use super::{Cast, Plan};
use crate::report::Replay;
use crate::run::Run;
use crate::target::Target;
use crate::wire::{Guest, Wire};
use crate::{Failed, arrive};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Readers at work.
pub(super) struct Readers {
    readers: JoinSet<Read>,
    seconds: u64,
}

/// Connects them. They are further devices of those who hear, one each in turn.
pub(super) async fn gather(plan: &Plan, cast: &Cast, target: Target<'_>) -> Result<Vec<Wire>, Failed> {
    let guest = |reader| Guest {
        number: cast.guests.len() + reader,
        client_id: format!("bench-reads-{reader}"),
        ..cast.guests[listener(reader, cast)].clone()
    };
    let guests: Vec<Guest> = (0..plan.replaying).map(guest).collect();
    arrive::everybody(
        target,
        &guests,
        |_, guest: Guest| async move { Wire::connect(target.server, &guest).await },
    )
    .await
}

impl Readers {
    /// Begins, with the connections of [`gather`].
    pub(super) fn begin(plan: &Plan, cast: &Cast, run: &Arc<Run>, wires: Vec<Wire>) -> Readers {
        let mut readers = JoinSet::new();
        for (number, wire) in wires.into_iter().enumerate() {
            if let Some((room, said)) = cast.log_of(listener(number, cast)) {
                readers.spawn(Reader::new(wire, run.clone(), room, said).read());
            }
        }
        Readers { readers, seconds: plan.seconds }
    }

    /// Waits until they are done, and adds up; `None` when there are none.
    pub(super) async fn end(self) -> Option<Replay> {
        let mut report = Replay::default();
        for read in self.readers.join_all().await {
            report.add(&read);
        }
        report.settle(self.seconds);
        (report.readers > 0).then_some(report)
    }
}

/// Whose further device this reader is: the first who hears in its row.
fn listener(reader: usize, cast: &Cast) -> usize {
    let rows = cast.guests.len() / cast.members;
    reader % rows * cast.members + 1
}
