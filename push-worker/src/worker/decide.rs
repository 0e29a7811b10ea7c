//! What was said is looked at, room by room, and what devices are to be told is written down.
//!
//! A room is looked at twice: at once, for devices that have no live session, and when the grace is over, for those that
//! have one and had the time to acknowledge. Both times the same rule judges ([`judge`]); who is to wait says until when,
//! and so the second look is only taken where somebody waits.

mod judge; // the rule

mod quiet; // hours of a day, somewhere on earth

mod room; // everything of one room

pub use judge::Rules;
use judge::{Said, judge};
pub(super) use room::said;

use super::{Attendance, LOOK};
use crate::clock::Clock;
use chat::Timestamp;
use futures_util::StreamExt;
use std::sync::Arc;
use store::{Due, Error, PUSH, PUSH_AFTER_GRACE, PushDecision, Store};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Rooms that are written down together.
const ROOMS: u32 = 64;
/// Rooms that are looked at side by side: each asks the store a few questions, which has other readers.
const SIDE_BY_SIDE: usize = 4;

/// What decides.
pub(super) struct Decider {
    store: Arc<dyn Store>,
    here: Arc<dyn Attendance>,
    rules: Rules,
    clock: Clock,
    /// When this began.
    began: Timestamp,
    /// Told when there is something to tell.
    noted: Arc<Notify>,
}

impl Decider {
    pub(super) fn new(
        store: Arc<dyn Store>,
        here: Arc<dyn Attendance>,
        rules: Rules,
        clock: Clock,
        noted: Arc<Notify>,
    ) -> Decider {
        let began = clock.now();
        Decider { store, here, rules, clock, began, noted }
    }

    /// Decides until it is stopped.
    pub(super) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let was_full = match self.look().await {
                Ok(was_full) => was_full,
                Err(error) => {
                    tracing::warn!(%error, "what was said could not be looked at for pushes, and is again: {error}");
                    false
                }
            };
            if !was_full {
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
    }

    /// Looks at what is due; true if there may be more.
    async fn look(&self) -> Result<bool, Error> {
        let mut was_full = false;
        for kind in [PUSH.kind, PUSH_AFTER_GRACE] {
            let now = self.clock.now();
            let due = self.store.pushes().push_due(kind, now, ROOMS).await?;
            if due.is_empty() {
                continue;
            }
            was_full |= due.len() >= ROOMS as usize;
            let decisions = self.decide(due).await;
            let has_notes = decisions.iter().any(|one| !one.notes.is_empty() || !one.read.is_empty());
            self.store.pushes().decide(&decisions).await?;
            if has_notes {
                self.noted.notify_waiters();
            }
        }
        Ok(was_full)
    }

    /// A room that can't be read just now stays due, and holds up no other.
    async fn decide(&self, due: Vec<Due>) -> Vec<PushDecision> {
        let looking = futures_util::stream::iter(due).map(|one| async move {
            let decided = room::decide(self, &one).await;
            decided.inspect_err(|error| {
                tracing::warn!(%error, room.id = %one.room, "a room could not be looked at for pushes, and is again");
            })
        });
        looking.buffered(SIDE_BY_SIDE).filter_map(|decided| async { decided.ok() }).collect().await
    }
}
