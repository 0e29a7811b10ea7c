//! What was acknowledged leaves the store, and what nobody needs any more leaves it too: together, now and then.
//!
//! What a crash loses of it is told to its device again, with DUP.

use super::house::Apps;
use super::subscriber::Subscriber;
use crate::core::Core;
use std::sync::Arc;
use std::time::Duration;
use store::SessionId;

/// How often acknowledgements reach the store.
const INTERVAL: Duration = Duration::from_millis(500);
/// How many of them are one transaction.
const AT_ONCE: usize = 2_000;
/// How often it is looked for what nobody needs, in intervals.
const LOOK: u32 = 4;
/// Rows that go in one transaction.
const ROWS: u32 = 1_000;
/// Transactions in one look, so that acknowledgements do not wait for a large queue to go.
const ROUNDS: u32 = 20;

/// Sweeps until the server stops, and once more then.
pub(crate) async fn run(core: Arc<Core>) {
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for round in 1_u32.. {
        tokio::select! {
            _ = tick.tick() => {}
            () = core.stop.cancelled() => return flush(&core).await,
        }
        flush(&core).await;
        if round % LOOK == 0 {
            forget(&core).await;
        }
    }
}

impl Apps {
    /// It acknowledged something.
    pub(super) fn has_done(&self, subscriber: &Arc<Subscriber>) {
        let Some((_, queue)) = subscriber.kept() else { return };
        if queue.lock().list() {
            self.acknowledged.lock().push(subscriber.clone());
        }
    }
}

async fn flush(core: &Core) {
    let mut whose = std::mem::take(&mut *core.apps.acknowledged.lock());
    while !whose.is_empty() {
        let (mut count, mut batch) = (0, Vec::new());
        while let Some(subscriber) = whose.pop_if(|_| count < AT_ONCE) {
            let Some((id, queue)) = subscriber.kept() else { continue };
            let done = queue.lock().all_done();
            count += done.len();
            batch.push((subscriber.clone(), id, done));
        }
        let done: Vec<(SessionId, Vec<i64>)> =
            batch.iter().map(|(_, id, done)| (*id, done.clone())).collect();
        let told = core.store.apps().done(&done).await;
        for (subscriber, _, done) in batch {
            let Some((_, queue)) = subscriber.kept() else { continue };
            match &told {
                Ok(()) => {
                    queue.lock().forget(&done);
                    // What came meanwhile.
                    core.apps.has_done(&subscriber);
                }
                // It is with the next interval.
                Err(_) => core.apps.acknowledged.lock().push(subscriber.clone()),
            }
        }
        if let Err(error) = told {
            return tracing::warn!(%error, "acknowledgements could not be written, and are with the next interval");
        }
    }
}

async fn forget(core: &Core) {
    let now = core.now();
    core.apps.retained.expire(now);
    for _ in 0..ROUNDS {
        match core.store.apps().sweep(now, ROWS).await {
            Ok(ROWS..) => {}
            Ok(_) => return,
            Err(error) => return tracing::warn!(%error, "what nobody needs could not be swept out: {error}"),
        }
    }
}
