//! From the outbox to its file.
//!
//! One task. Whatever was put in while it wrote the last batch is the next one, so that much said at once costs few
//! syncs, and nobody who says something waits for the disk. What was settled waits up to [`COMPANY`] for something
//! to be written with: if the program dies before, it is sent again, and its draft makes that harmless.
//!
//! Start at [`keep`].

use super::journal::{Batch, Journal};
use super::{Change, Outbox, Outgoing, Turn};
use crate::answer::SayError;
use std::sync::Arc;
use std::time::Duration;

/// How long what was settled waits for company.
const COMPANY: Duration = Duration::from_secs(1);

/// Writes everything down until the outbox is closed.
pub(crate) async fn keep(outbox: Arc<Outbox>, mut journal: Journal) {
    loop {
        let is_last = outbox.is_due().await;
        let Some((batch, end)) = outbox.batch(&journal) else {
            if is_last {
                return;
            }
            continue;
        };
        let writing = tokio::task::spawn_blocking(move || {
            let written = journal.write(&batch);
            (journal, written)
        });
        // The runtime ends, and the program with it.
        let Ok((back, written)) = writing.await else { return outbox.close() };
        journal = back;
        outbox.was_written(end, written.err().map(|error| error.to_string()));
    }
}

impl Outbox {
    /// Waits until everything that was put in before is on the disk.
    pub(crate) async fn all_kept(&self) -> Result<(), SayError> {
        let end = Turn(self.inner.lock().next);
        let mut kept = self.kept.subscribe();
        // The sender lives as long as this outbox.
        kept.wait_for(|kept| *kept >= end).await.map_err(|_| SayError::Closed)?;
        match &self.inner.lock().failure {
            Some(why) => Err(SayError::NotKept(why.clone())),
            None => Ok(()),
        }
    }

    /// Waits until something must be written; true if nothing will come after it.
    async fn is_due(&self) -> bool {
        loop {
            let changed = self.changed.notified();
            let (puts, settled, is_closed) = {
                let inner = self.inner.lock();
                let puts = inner.changes.iter().any(|change| matches!(change, Change::Put(..)));
                (puts, !inner.changes.is_empty(), inner.is_closed)
            };
            if puts || is_closed {
                return is_closed;
            }
            if !settled {
                changed.await;
            } else if tokio::time::timeout(COMPANY, changed).await.is_err() {
                return false;
            }
        }
    }

    /// What is to be written now, and the turn before which everything will be kept then.
    fn batch(&self, journal: &Journal) -> Option<(Batch, Turn)> {
        let mut inner = self.inner.lock();
        if inner.changes.is_empty() {
            return None;
        }
        let changes = std::mem::take(&mut inner.changes);
        let untaken: usize = inner.untaken.values().map(Outgoing::weight).sum();
        let batch = match journal.is_untidy(inner.weight + untaken) {
            false => Batch::Append(changes),
            true => {
                let waiting = inner.waiting.iter().map(|(turn, waiting)| (*turn, waiting.outgoing.clone()));
                let untaken = inner.untaken.iter().map(|(turn, outgoing)| (*turn, outgoing.clone()));
                Batch::Anew(waiting.chain(untaken).collect())
            }
        };
        Some((batch, Turn(inner.next)))
    }

    /// Everything before `end` is on the disk, or else what was not there before is given up.
    fn was_written(&self, end: Turn, failure: Option<String>) {
        let from = *self.kept.borrow();
        let mut lost = Vec::new();
        {
            let mut inner = self.inner.lock();
            if failure.is_some() {
                let turns: Vec<Turn> = inner.waiting.range(from..end).map(|(turn, _)| *turn).collect();
                lost.extend(turns.iter().filter_map(|turn| inner.waiting.remove(turn)));
                inner.weight -= lost.iter().map(|lost| lost.outgoing.weight()).sum::<usize>();
            }
            inner.failure.clone_from(&failure);
        }
        for asker in lost.into_iter().filter_map(|lost| lost.asker) {
            asker.send(Err(SayError::NotKept(failure.clone().unwrap_or_default()))).ok();
        }
        self.kept.send_replace(end);
        self.more.notify_one();
    }
}
