//! The task that owns the writer.

use super::tally::Tally;
use super::{Entries, Failed, Lane, Queued, WAITING, Writer, events};
use crate::{Error, Moved, NewEntry, Told};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// Entries in one transaction, or 1 MiB of them: past it the fsync is too small a part of the cost to be worth more delay.
const BATCH: usize = 512;
/// Writes of sessions and accounts that come along with a batch. Each goes to the database and back for each of its
/// statements, and the messages of the batch wait meanwhile: this many are a few milliseconds.
const OTHERS: usize = 32;

/// Ends the process, as a rule.
type OnFatal = Arc<dyn Fn(Error) + Send + Sync>;

struct Task<W: Writer> {
    writer: W,
    entries: mpsc::Receiver<Queued<W>>,
    others: mpsc::Receiver<Queued<W>>,
    stop: watch::Receiver<bool>,
    tally: Arc<Tally>,
    told: Arc<Told>,
    on_fatal: OnFatal,
}

/// See [`Lane::start`].
pub(super) fn start<W: Writer>(
    make: impl FnOnce(watch::Receiver<bool>) -> W,
    on_fatal: OnFatal,
) -> Result<Lane<W>, Error> {
    let (entries, entries_out) = mpsc::channel(WAITING);
    let (others, others_out) = mpsc::channel(WAITING);
    let (stop, stop_out) = watch::channel(false);
    let (ended_in, ended) = watch::channel(false);
    let tally = Arc::new(Tally::default());
    let writer = make(stop_out.clone());
    let told = Arc::new(Told::default());
    let task = Task {
        writer,
        entries: entries_out,
        others: others_out,
        stop: stop_out,
        tally: tally.clone(),
        told: told.clone(),
        on_fatal,
    };
    let no_thread = |error: std::io::Error| Error::Unavailable(format!("no thread to write from: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
    let thread = std::thread::Builder::new().name("natter-lane".into());
    let running = thread.spawn(move || {
        runtime.block_on(watched(task));
        ended_in.send_replace(true);
    });
    running.map(|_| Lane { entries, others, stop, ended, tally, told }).map_err(no_thread)
}

/// Without its lane a store only refuses, so a process that lost it to a panic has no reason to go on.
async fn watched<W: Writer>(task: Task<W>) {
    let on_fatal = task.on_fatal.clone();
    if tokio::spawn(task.run()).await.is_err_and(|failure| failure.is_panic()) {
        on_fatal(Error::Broken("the task that writes panicked".into()));
    }
}

impl<W: Writer> Task<W> {
    async fn run(mut self) {
        while let Some(batch) = self.next_batch().await {
            if !self.settle(batch).await {
                self.entries.close();
                self.others.close();
                return;
            }
            self.writer.between_batches().await;
        }
        self.writer.finish().await;
    }

    /// Waits for something to write and takes what waits behind it. `None` after the end, once all is written.
    async fn next_batch(&mut self) -> Option<Vec<Queued<W>>> {
        let mut batch = vec![self.next().await?];
        let mut weight = batch[0].weight();
        while weight < BATCH {
            let Ok(queued) = self.entries.try_recv() else { break };
            weight += queued.weight();
            batch.push(queued);
        }
        self.take_others(&mut batch);
        Some(batch)
    }

    /// Entries leave room for others, whatever they weigh themselves; what is heavy leaves none.
    fn take_others(&mut self, batch: &mut Vec<Queued<W>>) {
        let mut weight = 0;
        for _ in 0..OTHERS {
            let Ok(queued) = self.others.try_recv() else { return };
            weight += queued.weight();
            batch.push(queued);
            if weight >= BATCH {
                return;
            }
        }
    }

    async fn next(&mut self) -> Option<Queued<W>> {
        loop {
            tokio::select! {
                biased;
                _ = self.stop.changed(), if !self.entries.is_closed() => {
                    self.entries.close();
                    self.others.close();
                }
                Some(queued) = self.entries.recv() => return Some(queued),
                Some(queued) = self.others.recv() => return Some(queued),
                else => return None,
            }
        }
    }

    /// Writes a batch and answers everybody; false if the disk can't be trusted any more.
    async fn settle(&mut self, mut batch: Vec<Queued<W>>) -> bool {
        if self.writer.spares_only() {
            batch = refuse_what_can_wait(batch);
        }
        match self.attempt(&mut batch).await {
            Ok(()) => answer(batch, Ok(())),
            Err(Failed::Unknown(error)) => return self.give_up(batch, error),
            Err(Failed::Undone(error)) if batch.len() == 1 || error.is_passing() => {
                self.writer.note(&error);
                answer(batch, Err(&error));
            }
            Err(Failed::Undone(_)) => return self.one_by_one(batch).await,
        }
        true
    }

    async fn one_by_one(&mut self, batch: Vec<Queued<W>>) -> bool {
        let mut batch = batch.into_iter();
        while let Some(queued) = batch.next() {
            let mut alone = vec![queued];
            match self.attempt(&mut alone).await {
                Ok(()) => answer(alone, Ok(())),
                Err(Failed::Undone(error)) => {
                    self.writer.note(&error);
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
    async fn attempt(&mut self, batch: &mut [Queued<W>]) -> Result<(), Failed> {
        if batch.is_empty() {
            return Ok(());
        }
        self.writer.events().clear();
        let moved = match write_in_time(&mut self.writer, batch).await {
            Ok(moved) => moved,
            Err(error) => {
                self.writer.roll_back().await;
                return Err(Failed::Undone(error));
            }
        };
        if self.writer.commit().await? {
            self.tally.committed(batch);
            self.told.note(moved);
        }
        Ok(())
    }

    fn give_up(&mut self, batch: Vec<Queued<W>>, error: Error) -> bool {
        answer(batch, Err(&Error::closed()));
        (self.on_fatal)(error);
        false
    }
}

async fn write_in_time<W: Writer>(writer: &mut W, batch: &mut [Queued<W>]) -> Result<Vec<Moved>, Error> {
    let Some(limit) = W::PATIENCE else { return write(writer, batch).await };
    let late = |_| Error::Unavailable(format!("a transaction was not written within {limit:?}"));
    timeout(limit, write(writer, batch)).await.map_err(late)?
}

/// Everything but entries in its order, then all entries as one, and with them what users are told. Says whose own
/// rooms have more in them.
async fn write<W: Writer>(writer: &mut W, batch: &mut [Queued<W>]) -> Result<Vec<Moved>, Error> {
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
    let events = events::take(writer).await?;
    let all: Vec<&NewEntry> =
        entries.iter().flat_map(|some| &some.batch).chain(events.iter().map(|(entry, _)| entry)).collect();
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let mut fates = writer.append(&all).await?.into_iter();
    for some in entries {
        some.fates = fates.by_ref().take(some.batch.len()).collect();
    }
    Ok(events::moved(&events, fates))
}

fn answer<W>(batch: Vec<Queued<W>>, outcome: Result<(), &Error>) {
    batch.into_iter().for_each(|queued| queued.settle(outcome));
}

/// While only the reserve is left, what can be asked again is refused; what would be lost goes on.
fn refuse_what_can_wait<W>(batch: Vec<Queued<W>>) -> Vec<Queued<W>> {
    let (go_on, wait): (Vec<_>, Vec<_>) = batch.into_iter().partition(Queued::spares);
    answer(wait, Err(&Error::Full));
    go_on
}
