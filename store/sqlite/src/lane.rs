//! Everything that writes, one batch after another.
//!
//! Whatever came while the last commit was on its way is the next batch: under load batches grow by themselves,
//! and alone nobody waits for a timer. Entries of the log go as one; sessions and accounts come along in the same
//! transaction. Answers leave after the commit. When one write of a batch can't be done, the batch is undone and
//! each is done by itself, so that it fails alone.

mod run; // the task

mod tally; // how much it has written

use crate::failure::{again, closed};
use crate::writer::Writer;
use async_trait::async_trait;
pub(crate) use run::{Shore, start};
use std::sync::Arc;
use store::{Error, Fate, NewAct, NewEntry};
use tally::Tally;
use tokio::sync::{mpsc, oneshot, watch};

/// Writes that wait: past it, callers do. Two full batches, so that the next one is always ready.
const WAITING: usize = 1_024;

/// Something to write.
#[async_trait]
pub(crate) trait Write: Send + Sync + 'static {
    /// What the caller hears when it is on the disk.
    type Answer: Send + 'static;

    /// Whether it is done even when only the reserve is left of the disk: it saves what a device would lose.
    const SPARES: bool = false;

    /// Writes it in the running transaction. It may be called again after that was undone.
    async fn write(&self, to: &mut Writer) -> Result<Self::Answer, Error>;
}

/// The way to the task that writes.
pub(crate) struct Lane {
    first: mpsc::Sender<Queued>,
    later: mpsc::Sender<Queued>,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
    pub(crate) tally: Arc<Tally>,
}

/// What waits in the lane.
pub(crate) enum Queued {
    /// Entries for the log; those of several callers are written as one batch.
    Entries(Entries),
    /// Anything else.
    Other(Box<dyn Job>),
}

/// One caller's entries.
pub(crate) struct Entries {
    pub(crate) batch: Vec<NewEntry>,
    pub(crate) fates: Vec<Fate>,
    caller: oneshot::Sender<Result<Vec<Fate>, Error>>,
}

/// A [`Write`] with its caller.
#[async_trait]
pub(crate) trait Job: Send {
    fn spares(&self) -> bool;
    async fn run(&mut self, writer: &mut Writer) -> Result<(), Error>;
    fn settle(self: Box<Self>, outcome: Result<(), &Error>);
}

struct Asked<W: Write> {
    write: W,
    answer: Option<W::Answer>,
    caller: oneshot::Sender<Result<W::Answer, Error>>,
}

#[async_trait]
impl<W: Write> Job for Asked<W> {
    fn spares(&self) -> bool {
        W::SPARES
    }

    async fn run(&mut self, writer: &mut Writer) -> Result<(), Error> {
        self.answer = Some(self.write.write(writer).await?);
        Ok(())
    }

    fn settle(self: Box<Self>, outcome: Result<(), &Error>) {
        let Asked { answer, caller, .. } = *self;
        // A caller that went away does not mind: what it asked for is on the disk all the same.
        drop(caller.send(outcome.map_err(again).and_then(|()| answer.ok_or_else(closed))));
    }
}

impl Queued {
    /// How much of a batch it is: an entry is one, and one more for every 2 KiB said.
    fn weight(&self) -> usize {
        match self {
            Queued::Entries(entries) => entries.batch.iter().map(weight).sum(),
            Queued::Other(_) => 1,
        }
    }

    /// Whether the reserve is there for it.
    fn spares(&self) -> bool {
        matches!(self, Queued::Other(job) if job.spares())
    }

    /// Tells the caller what became of it.
    fn settle(self, outcome: Result<(), &Error>) {
        match self {
            Queued::Entries(entries) => {
                drop(entries.caller.send(outcome.map_err(again).map(|()| entries.fates)))
            }
            Queued::Other(job) => job.settle(outcome),
        }
    }
}

fn weight(entry: &NewEntry) -> usize {
    match &entry.act {
        NewAct::Say(content) => 1 + content.len() / 2_048,
        NewAct::Join { .. } | NewAct::Leave { .. } => 1,
    }
}

impl Lane {
    /// Writes and waits until it is on the disk.
    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Answer, Error> {
        Lane::ask(&self.first, write).await
    }

    /// The same, behind everything that waits in the first place.
    pub(crate) async fn write_later<W: Write>(&self, write: W) -> Result<W::Answer, Error> {
        Lane::ask(&self.later, write).await
    }

    /// Commits entries in their order.
    pub(crate) async fn commit(&self, batch: Vec<NewEntry>) -> Result<Vec<Fate>, Error> {
        let (caller, answer) = oneshot::channel();
        let entries = Entries { batch, fates: Vec::new(), caller };
        self.first.send(Queued::Entries(entries)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    async fn ask<W: Write>(queue: &mpsc::Sender<Queued>, write: W) -> Result<W::Answer, Error> {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Asked { write, answer: None, caller });
        queue.send(Queued::Other(job)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Ends the lane: what waits is written, then the file is closed.
    pub(crate) async fn close(&self) {
        self.stop.send_replace(true);
        let mut ended = self.ended.clone();
        // An error means that the task is gone, which is what is waited for.
        drop(ended.wait_for(|ended| *ended).await);
    }
}
