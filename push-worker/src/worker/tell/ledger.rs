//! What came of notes is written down, together: a transaction for each would cost more than telling.
//!
//! A note's place is free when it is written down and not before: what is told and not written is bounded by it.

use crate::worker::Notes;
use std::sync::Arc;
use std::time::Duration;
use store::Settled;
use tokio::sync::{Mutex, OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;

/// Written together, at most.
const TOGETHER: usize = 256;
/// The wait after a store that did not take it. A note that is not written within its hold is told again.
const REST: Duration = Duration::from_millis(200);
/// How often it is tried: for about a minute.
const TRIES: u32 = 300;

type Line = (Settled, OwnedSemaphorePermit);

/// Where it is written.
#[derive(Clone)]
pub(super) struct Ledger {
    lines: mpsc::Sender<Line>,
    writing: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Ledger {
    pub(super) fn open(notes: Arc<dyn Notes>) -> Ledger {
        // As many as can be under way have a place, and each writes one line.
        let (lines, coming) = mpsc::channel(TOGETHER);
        let writing = Arc::new(Mutex::new(Some(tokio::spawn(write(notes, coming)))));
        Ledger { lines, writing }
    }

    /// Writes a line soon.
    pub(super) async fn write(&self, settled: Settled, place: OwnedSemaphorePermit) {
        // The other end is there as long as this one.
        self.lines.send((settled, place)).await.ok();
    }

    /// Writes what is still to be written.
    pub(super) async fn close(self) {
        let Ledger { lines, writing } = self;
        drop(lines);
        if let Some(writing) = writing.lock().await.take() {
            writing.await.ok();
        }
    }
}

async fn write(notes: Arc<dyn Notes>, mut coming: mpsc::Receiver<Line>) {
    let mut lines = Vec::with_capacity(TOGETHER);
    while coming.recv_many(&mut lines, TOGETHER).await > 0 {
        let (settled, places): (Vec<Settled>, Vec<OwnedSemaphorePermit>) = lines.drain(..).unzip();
        settle(&*notes, &settled).await;
        drop(places);
    }
}

async fn settle(notes: &dyn Notes, settled: &[Settled]) {
    for _ in 0..TRIES {
        match notes.pushes().settle(settled).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, "what was pushed could not be written down, and is again: {error}");
                tokio::time::sleep(REST).await;
            }
        }
    }
    tracing::error!(
        notes = settled.len(),
        "what was pushed could not be written down, and will be pushed again"
    );
}
