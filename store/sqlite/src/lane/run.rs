//! The task that owns the writing connection.

use super::tally::Tally;
use super::{Entries, Lane, Queued, WAITING};
use crate::checkpoint::Checkpointer;
use crate::failure::closed;
use crate::folder::Folder;
use crate::log::append;
use crate::reserve::Reserve;
use crate::writer::{Failed, Writer};
use sqlx::{Connection as _, SqlitePool};
use std::sync::Arc;
use store::Error;
use tokio::sync::{mpsc, watch};

/// Entries in one transaction, or 1 MiB of them: past it the fsync is too small a part of the cost to be worth more delay.
const BATCH: usize = 512;
/// Writes of the second queue that come along with a batch, so that they are late but never stuck.
const LATER: usize = 16;

/// What the lane keeps until its last write: it closes all of it in order.
pub(crate) struct Shore {
    pub(crate) folder: Folder,
    pub(crate) readers: SqlitePool,
    pub(crate) checkpointer: Checkpointer,
    pub(crate) reserve: Reserve,
    pub(crate) on_fatal: Arc<dyn Fn(Error) + Send + Sync>,
}

struct Task {
    writer: Writer,
    shore: Shore,
    first: mpsc::Receiver<Queued>,
    later: mpsc::Receiver<Queued>,
    stop: watch::Receiver<bool>,
    tally: Arc<Tally>,
}

/// Starts the task on a thread of its own: it talks to SQLite's thread several times for each batch, and waking one
/// sleeping thread costs a fraction of waking a pool of them.
pub(crate) fn start(writer: Writer, shore: Shore) -> Result<Lane, Error> {
    let (first, first_out) = mpsc::channel(WAITING);
    let (later, later_out) = mpsc::channel(WAITING);
    let (stop, stop_out) = watch::channel(false);
    let (ended_in, ended) = watch::channel(false);
    let tally = Arc::new(Tally::default());
    let task =
        Task { writer, shore, first: first_out, later: later_out, stop: stop_out, tally: tally.clone() };
    let no_thread = |error: std::io::Error| Error::Unavailable(format!("no thread to write from: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(no_thread)?;
    let thread = std::thread::Builder::new().name("natter-lane".into());
    let running = thread.spawn(move || {
        runtime.block_on(watched(task));
        ended_in.send_replace(true);
    });
    running.map(|_| Lane { first, later, stop, ended, tally }).map_err(no_thread)
}

/// Without its lane a store only refuses, so a process that lost it to a panic has no reason to go on.
async fn watched(task: Task) {
    let on_fatal = task.shore.on_fatal.clone();
    if tokio::spawn(task.run()).await.is_err_and(|failure| failure.is_panic()) {
        on_fatal(Error::Broken("the task that writes panicked".into()));
    }
}

impl Task {
    async fn run(mut self) {
        while let Some(batch) = self.next_batch().await {
            if !self.settle(batch).await {
                self.first.close();
                self.later.close();
                return;
            }
            self.shore.checkpointer.between_batches(&mut self.writer.conn).await;
        }
        self.finish().await;
    }

    /// Waits for something to write and takes what waits behind it. `None` after the end, once all is written.
    async fn next_batch(&mut self) -> Option<Vec<Queued>> {
        let mut batch = vec![self.next().await?];
        let mut weight = batch[0].weight();
        while weight < BATCH {
            let Ok(queued) = self.first.try_recv() else { break };
            weight += queued.weight();
            batch.push(queued);
        }
        batch.extend(std::iter::from_fn(|| self.later.try_recv().ok()).take(LATER));
        Some(batch)
    }

    async fn next(&mut self) -> Option<Queued> {
        loop {
            tokio::select! {
                biased;
                _ = self.stop.changed(), if !self.first.is_closed() => {
                    self.first.close();
                    self.later.close();
                }
                Some(queued) = self.first.recv() => return Some(queued),
                Some(queued) = self.later.recv() => return Some(queued),
                else => return None,
            }
        }
    }

    /// Writes a batch and answers everybody; false if the disk can't be trusted any more.
    async fn settle(&mut self, mut batch: Vec<Queued>) -> bool {
        if self.shore.reserve.is_spent() {
            batch = refuse_what_can_wait(batch);
        }
        match self.attempt(&mut batch).await {
            Ok(()) => answer(batch, Ok(())),
            Err(Failed::Unknown(error)) => return self.give_up(batch, error),
            Err(Failed::Undone(error)) if batch.len() == 1 || error.is_passing() => {
                self.note(&error);
                answer(batch, Err(&error));
            }
            Err(Failed::Undone(_)) => return self.one_by_one(batch).await,
        }
        true
    }

    async fn one_by_one(&mut self, batch: Vec<Queued>) -> bool {
        let mut batch = batch.into_iter();
        while let Some(queued) = batch.next() {
            let mut alone = vec![queued];
            match self.attempt(&mut alone).await {
                Ok(()) => answer(alone, Ok(())),
                Err(Failed::Undone(error)) => {
                    self.note(&error);
                    answer(alone, Err(&error));
                }
                Err(Failed::Unknown(error)) => {
                    alone.extend(batch);
                    return self.give_up(alone, error);
                }
            }
        }
        true
    }

    /// One transaction with all of the batch in it.
    async fn attempt(&mut self, batch: &mut [Queued]) -> Result<(), Failed> {
        if batch.is_empty() {
            return Ok(());
        }
        if let Err(error) = write(&mut self.writer, batch).await {
            self.writer.roll_back().await;
            return Err(Failed::Undone(error));
        }
        if self.writer.commit().await? {
            self.tally.committed(batch);
        }
        Ok(())
    }

    fn note(&mut self, error: &Error) {
        match error {
            Error::Full => self.shore.reserve.spend(),
            Error::Unavailable(_) => tracing::warn!(%error, "a transaction was undone"),
            _ => tracing::error!(%error, "a write failed"),
        }
    }

    fn give_up(&mut self, batch: Vec<Queued>, error: Error) -> bool {
        answer(batch, Err(&closed()));
        (self.shore.on_fatal)(error);
        false
    }

    /// Closes everything, last what holds the folder.
    async fn finish(self) {
        let Task { writer, shore, .. } = self;
        shore.readers.close().await;
        shore.checkpointer.close().await;
        let mut conn = writer.conn;
        crate::checkpoint::last(&mut conn).await;
        if let Err(failure) = conn.close().await {
            tracing::warn!(error = %crate::failure::error(failure), "the database did not close in order");
        }
        drop(shore.folder);
    }
}

/// Everything but entries in its order, then all entries as one.
async fn write(writer: &mut Writer, batch: &mut [Queued]) -> Result<(), Error> {
    let mut entries: Vec<&mut Entries> = Vec::new();
    for queued in batch {
        match queued {
            Queued::Other(job) => {
                writer.begin().await?;
                job.run(writer).await?;
            }
            Queued::Entries(some) => entries.push(some),
        }
    }
    if entries.is_empty() {
        return Ok(());
    }
    let all: Vec<_> = entries.iter().flat_map(|some| &some.batch).collect();
    let mut fates = append(writer, &all).await?.into_iter();
    for some in entries {
        some.fates = fates.by_ref().take(some.batch.len()).collect();
    }
    Ok(())
}

fn answer(batch: Vec<Queued>, outcome: Result<(), &Error>) {
    batch.into_iter().for_each(|queued| queued.settle(outcome));
}

/// While only the reserve is left, what can be asked again is refused; what would be lost goes on.
fn refuse_what_can_wait(batch: Vec<Queued>) -> Vec<Queued> {
    let (go_on, wait): (Vec<_>, Vec<_>) = batch.into_iter().partition(Queued::spares);
    answer(wait, Err(&Error::Full));
    go_on
}
