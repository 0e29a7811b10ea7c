//! A few times a second: what devices acknowledged becomes marks, marks are kept, and what moved is told.

use super::Receipts;
use super::tell::tell;
use crate::core::Core;
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use store::Delivered;

/// Between two rounds: soon enough that a tick beside a message seems to come at once, rarely enough that a busy room is a
/// handful of writes.
const ROUND: Duration = Duration::from_millis(300);
/// Marks in one write: a millisecond or two of it.
const BATCH: usize = 500;
/// Writes that are asked for at once, for the store to put on the disk together: it is the disk that takes its time, not the
/// marks. Messages that come meanwhile wait for them, so they are not many.
const TOGETHER: usize = 4;

/// Goes on until the server stops; then what the last devices acknowledged is kept, and nobody told.
pub(crate) async fn run(core: Arc<Core>) {
    for round in 0_u64.. {
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = core.stop.cancelled() => break,
        }
        ask_sessions(&core);
        keep(&core).await;
        tell(&core, round).await;
    }
    ask_sessions(&core);
    keep(&core).await;
}

/// Up to where devices have everything that acknowledged something since. Where too many marks wait, the others are asked
/// in a later round, and lose nothing by that.
fn ask_sessions(core: &Core) {
    let receipts: &Receipts = &core.receipts;
    let mut stirred = std::mem::take(&mut *receipts.stirred.lock()).into_iter();
    for session in stirred.by_ref() {
        if !receipts.marks.has_room() {
            receipts.stirred.lock().push(session);
            break;
        }
        let Some(mut rooms) = session.take_acknowledged() else {
            receipts.stirred.lock().push(session);
            continue;
        };
        rooms.retain(|room| !receipts.is_large(*room));
        for (room, seq) in session.delivered_in(&core.hubs, &rooms) {
            receipts.deliver(Delivered { user: session.user, room, seq });
        }
    }
    receipts.stirred.lock().extend(stirred);
}

/// Writes the marks, in the order of the table. What the store can't take just now is with the next round.
async fn keep(core: &Core) {
    let receipts = &core.receipts;
    if let Err(error) = core.size_up(&receipts.marks.rooms()).await {
        tracing::warn!(%error, "receipts wait for the store: {error}");
        return;
    }
    receipts.marks.retain(|room| !receipts.is_large(room));
    let marks = receipts.marks.take().into_iter();
    let mut marks: Vec<_> = marks.map(|((room, user), seq)| Delivered { user, room, seq }).collect();
    marks.sort_unstable_by_key(|mark| (mark.user, mark.room));
    for together in marks.chunks(BATCH * TOGETHER) {
        join_all(together.chunks(BATCH).map(|batch| write(core, batch))).await;
    }
}

async fn write(core: &Core, batch: &[Delivered]) {
    match core.store.receipts().deliver(batch).await {
        Ok(moved) => core.receipts.moved(moved),
        Err(error) if error.is_passing() => {
            tracing::debug!(%error, "receipts could not be written, and are with the next round: {error}");
            batch.iter().for_each(|mark| core.receipts.deliver(*mark));
        }
        Err(error) => tracing::error!(%error, "receipts cannot be stored: {error}"),
    }
}
