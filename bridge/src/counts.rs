//! How many people have put which signs to a message of a large room: everybody is told, though few are told who did.
//!
//! The promise: at most one entry a second for each message, and a few a second for each room, however many put their
//! signs; and the last one says how it is now. What is to be counted stands in the store, so a crash loses none of it.

use crate::core::Core;
use crate::lane::{Command, EntryCommand, Judge, Reply, SayError};
use crate::news::pause;
use chat::RulesVersion;
use std::sync::Arc;
use std::time::Duration;
use store::{NewAct, NewEntry, Uncounted};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Between two rounds: a message is counted once in each.
const ROUND: Duration = Duration::from_secs(1);
/// Messages of one room that are counted in one round. A room in which more of them are liked at once is told later, and
/// hears no more in a second than somebody can look at.
const EACH: u32 = 10;
/// Messages counted in one round, of all rooms; those of other rooms wait for the next.
const MOST: u32 = 500;

/// Counts, until the server stops.
pub(crate) async fn run(core: Arc<Core>) {
    loop {
        let began = Instant::now();
        if !round(&core).await {
            tokio::select! {
                () = core.uncounted.notified() => {}
                () = core.stop.cancelled() => return,
            }
        }
        tokio::select! {
            () = tokio::time::sleep_until(began + ROUND) => {}
            () = core.stop.cancelled() => return,
        }
    }
}

/// Tells what is to be told now. Whether there was something: then there may be more.
async fn round(core: &Core) -> bool {
    let found = match core.store.places().uncounted(EACH, MOST).await {
        Ok(found) => found,
        Err(error) => {
            pause(&error).await;
            return true;
        }
    };
    let told: Vec<_> = found.into_iter().map(|one| tell(core, one)).collect();
    let some = !told.is_empty();
    futures_util::future::join_all(told).await;
    some
}

async fn tell(core: &Core, one: Uncounted) {
    let Uncounted { room, handle, of, by, from, upto, signs } = one;
    let entry = NewEntry {
        room,
        // It is no wish of anybody's, so no rules are asked.
        rules: RulesVersion(0),
        sender: by,
        origin: None,
        draft: None,
        inbound: None,
        at: core.now(),
        expires_at: None,
        pause: None,
        act: NewAct::Count { of, signs, upto },
    };
    let (reply, done) = oneshot::channel();
    let command = EntryCommand {
        entry,
        from,
        room: handle,
        judge: Judge::Administrator,
        reply: Reply::Caller(reply),
        deadline: core.commit_deadline(),
    };
    core.lane.put(Command::entry(command)).await;
    // A closed channel is the answer to what was taken back meanwhile. What could not be stored is found again.
    if let Ok(Err(SayError::Refused(refusal))) = done.await {
        tracing::warn!(room.id = %room, %of, "the signs of a message are not told: {refusal}");
    }
}
