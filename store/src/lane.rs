//! Everything that writes, one batch after another.
//!
//! Whatever came while the last commit was on its way is the next batch: under load batches grow by themselves,
//! and alone nobody waits for a timer. Entries of the log go as one; sessions and accounts come along in the same
//! transaction, a few at a time, so that ten thousand devices that go at once hold up no message. Answers leave after
//! the commit. When one write of a batch can't be done, the batch is undone and each is done by itself, so that it
//! fails alone.
//!
//! It knows no table: an engine gives it a [`Writer`], which has the transaction, and [`Write`]s, which are done in it.

mod run; // the task

mod events; // what users are told of what was written

mod tally; // how much it has written

use crate::{Error, Fate, NewAct, NewEntry, NewEvent, NewRoom, Told};
use async_trait::async_trait;
use chat::{Deed, Handle, UserId};
pub use events::Tell;
use std::sync::Arc;
use std::time::Duration;
pub use tally::Tally;
use tokio::sync::{mpsc, oneshot, watch};

/// Writes that wait: past it, callers do. Two full batches, so that the next one is always ready.
const WAITING: usize = 1_024;

/// The one hand that writes, and its transaction.
#[async_trait]
pub trait Writer: Send + Sized + 'static {
    /// How long the writes of one transaction may take; past it the transaction is undone. Absent where a file answers or
    /// the machine is broken.
    const PATIENCE: Option<Duration> = None;

    /// Begins the transaction unless it has begun.
    async fn begin(&mut self) -> Result<(), Error>;

    /// Appends entries in the transaction, which it begins if there is something to write, and says what became of
    /// each, in their order.
    async fn append(&mut self, batch: &[&NewEntry]) -> Result<Vec<Fate>, Error>;

    /// What the writes of this transaction tell users. A write adds to it; the lane takes it and appends it.
    fn events(&mut self) -> &mut Vec<NewEvent>;

    /// Of these users those whose accounts go on, and whether they have their own room.
    async fn own_rooms(&mut self, users: &[UserId]) -> Result<Vec<(UserId, Handle, bool)>, Error>;

    /// Makes a room that is not there, in the transaction.
    async fn make_room(&mut self, room: &NewRoom) -> Result<(), Error>;

    /// Puts the transaction on the disk. When this returns, it will survive us. False if there was nothing to write.
    async fn commit(&mut self) -> Result<bool, Failed>;

    /// Undoes the transaction. Having none is no failure.
    async fn roll_back(&mut self);

    /// Whether only writes that spare a device a loss are done just now ([`Write::SPARES`]); others hear
    /// [`Error::Full`].
    fn spares_only(&mut self) -> bool {
        false
    }

    /// A transaction was undone because of this.
    fn note(&mut self, error: &Error) {
        match error {
            Error::Unavailable(_) => tracing::warn!(%error, "a transaction was undone"),
            _ => tracing::error!(%error, "a write failed"),
        }
    }

    /// A batch is settled and the next one not begun.
    async fn between_batches(&mut self) {}

    /// Nothing will be written any more.
    async fn finish(self);
}

/// How a transaction failed.
#[derive(Debug)]
pub enum Failed {
    /// Nothing was changed; the next one may work.
    Undone(Error),
    /// Nothing is known any more of what is on the disk, and it can't be found out: the lane ends.
    Unknown(Error),
}

/// Something to write.
#[async_trait]
pub trait Write<W: Writer>: Send + Sync + 'static {
    /// What the caller hears when it is on the disk.
    type Answer: Send + 'static;

    /// Whether it is done even when only the reserve is left of the disk: it saves what a device would lose.
    const SPARES: bool = false;

    /// How much of a batch it is, where an entry of the log is one. Most are next to nothing.
    fn weight(&self) -> usize {
        0
    }

    /// Writes it in the running transaction. It may be called again after that was undone.
    async fn write(&self, to: &mut W) -> Result<Self::Answer, Error>;
}

/// The way to the task that writes.
pub struct Lane<W: Writer> {
    entries: mpsc::Sender<Queued<W>>,
    others: mpsc::Sender<Queued<W>>,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
    tally: Arc<Tally>,
    told: Arc<Told>,
}

/// What waits in the lane.
enum Queued<W> {
    /// Entries for the log; those of several callers are written as one batch.
    Entries(Entries),
    /// Anything else.
    Other(Box<dyn Job<W>>),
}

/// One caller's entries.
struct Entries {
    batch: Vec<NewEntry>,
    fates: Vec<Fate>,
    caller: oneshot::Sender<Result<Vec<Fate>, Error>>,
}

/// A [`Write`] with its caller.
#[async_trait]
trait Job<W>: Send {
    fn spares(&self) -> bool;
    fn weight(&self) -> usize;
    async fn run(&mut self, writer: &mut W) -> Result<(), Error>;
    fn settle(self: Box<Self>, outcome: Result<(), &Error>);
}

struct Asked<A, T> {
    write: T,
    answer: Option<A>,
    caller: oneshot::Sender<Result<A, Error>>,
}

#[async_trait]
impl<W: Writer, T: Write<W>> Job<W> for Asked<T::Answer, T> {
    fn spares(&self) -> bool {
        T::SPARES
    }

    fn weight(&self) -> usize {
        self.write.weight()
    }

    async fn run(&mut self, writer: &mut W) -> Result<(), Error> {
        self.answer = Some(self.write.write(writer).await?);
        Ok(())
    }

    fn settle(self: Box<Self>, outcome: Result<(), &Error>) {
        let Asked { answer, caller, .. } = *self;
        // A caller that went away does not mind: what it asked for is on the disk all the same.
        drop(caller.send(outcome.map_err(Error::again).and_then(|()| answer.ok_or_else(Error::closed))));
    }
}

impl<W> Queued<W> {
    /// How much of a batch it is: an entry is one, and one more for every 2 KiB said.
    fn weight(&self) -> usize {
        match self {
            Queued::Entries(entries) => entries.batch.iter().map(weight).sum(),
            Queued::Other(job) => job.weight(),
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
                drop(entries.caller.send(outcome.map_err(Error::again).map(|()| entries.fates)))
            }
            Queued::Other(job) => job.settle(outcome),
        }
    }
}

fn weight(entry: &NewEntry) -> usize {
    match &entry.act {
        NewAct::Say(content) => 1 + content.len() / 2_048,
        NewAct::Do { deed: Deed::Edit { wording, .. }, .. } => 1 + wording.len() / 2_048,
        NewAct::Do { .. }
        | NewAct::Change(_)
        | NewAct::Join { .. }
        | NewAct::Leave { .. }
        | NewAct::Count { .. }
        | NewAct::Succeed(_)
        | NewAct::Tell(_) => 1,
    }
}

impl<W: Writer> Lane<W> {
    /// Starts the task on a thread of its own: it talks to the database several times for each batch, and waking one
    /// sleeping thread costs a fraction of waking a pool of them. `make` gives the writer, which may listen for the
    /// end (the value becomes true, or the sender goes). `on_fatal` is called when [`Failed::Unknown`] came, and when
    /// the task panicked.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the system gives no thread.
    pub fn start(
        make: impl FnOnce(watch::Receiver<bool>) -> W,
        on_fatal: Arc<dyn Fn(Error) + Send + Sync>,
    ) -> Result<Lane<W>, Error> {
        run::start(make, on_fatal)
    }

    /// Whose own rooms have more in them.
    #[must_use]
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// How much was written.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Writes and waits until it is on the disk.
    ///
    /// # Errors
    /// What the write failed of; [`Error::Unavailable`] after the end.
    pub async fn write<T: Write<W>>(&self, write: T) -> Result<T::Answer, Error> {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Asked { write, answer: None, caller });
        self.others.send(Queued::Other(job)).await.map_err(|_| Error::closed())?;
        answer.await.map_err(|_| Error::closed())?
    }

    /// Commits entries in their order.
    ///
    /// # Errors
    /// As [`Lane::write`].
    pub async fn commit(&self, batch: Vec<NewEntry>) -> Result<Vec<Fate>, Error> {
        let (caller, answer) = oneshot::channel();
        let entries = Entries { batch, fates: Vec::new(), caller };
        self.entries.send(Queued::Entries(entries)).await.map_err(|_| Error::closed())?;
        answer.await.map_err(|_| Error::closed())?
    }

    /// Ends the lane: what waits is written, then the writer finishes.
    pub async fn close(&self) {
        self.stop.send_replace(true);
        let mut ended = self.ended.clone();
        // An error means that the task is gone, which is what is waited for.
        drop(ended.wait_for(|ended| *ended).await);
    }
}
