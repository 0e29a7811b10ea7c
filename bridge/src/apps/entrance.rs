//! The way into the lane: no more may wait inside than a few transactions take, whoever it is from.
//!
//! Whoever finds it full waits outside, one message of each client at a time and in turn: a client that says little is
//! not behind everything that others have said. Nobody waits longer than their message may.

use super::feed::Feed;
use super::house::Apps;
use super::published::Published;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout_at;

/// Bytes in one transaction, so that a commit stays short.
pub(super) const WEIGHT: usize = 1024 * 1024;
/// What a message weighs at least: 256 of them are a transaction, beyond which there is more delay and no more rate.
pub(super) const MESSAGE: usize = WEIGHT / 256;
/// What may be inside, in messages of the least weight: one transaction that is written, and three to come. With as
/// many receivers as fit that is about a second.
const PLACES: usize = 4 * WEIGHT / MESSAGE;

/// What waits.
#[derive(Debug)]
pub(crate) enum Command {
    Publish(Box<Published>),
    /// A new subscription of somebody who keeps their session hears what is retained.
    Feed(Box<Feed>),
}

/// A command that is inside, with the places that it takes; none if it had its turn before.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(super) command: Command,
    _places: Option<OwnedSemaphorePermit>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Entrance {
    inside: mpsc::Sender<Waiting>,
    places: Arc<Semaphore>,
}

impl Entrance {
    /// An entrance, and what comes out of it for [`super::lane::run`].
    pub(super) fn new() -> (Entrance, mpsc::Receiver<Waiting>) {
        // Everything inside has at least one place, so the channel itself is never full.
        let (inside, exit) = mpsc::channel(PLACES);
        (Entrance { inside, places: Arc::new(Semaphore::new(PLACES)) }, exit)
    }

    async fn places_for(&self, command: &Command) -> Option<OwnedSemaphorePermit> {
        let places = command.weight().div_ceil(MESSAGE).min(PLACES);
        // It is at most PLACES.
        let taking = self.places.clone().acquire_many_owned(places as u32);
        let taken = match command {
            Command::Publish(published) if published.waits.is_some() => {
                timeout_at(published.deadline.into(), taking).await.ok()?
            }
            _ => taking.await,
        };
        taken.ok()
    }
}

impl Apps {
    /// Puts it into the lane as soon as there is room. What has to wait too long, or comes when the server ends, is
    /// dropped, and with it its answer is given up.
    pub(super) async fn put(&self, command: Command) {
        if let Some(places) = self.lane.places_for(&command).await {
            drop(self.lane.inside.send(Waiting { command, _places: Some(places) }).await);
        }
    }
}

impl Command {
    /// About how many bytes of a transaction it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Command::Publish(published) => MESSAGE + published.weight(),
            Command::Feed(_) => MESSAGE,
        }
    }
}

impl Waiting {
    /// Whether it is a subscription that is to hear what is retained.
    pub(super) fn is_feed(&self) -> bool {
        matches!(self.command, Command::Feed(_))
    }
}

impl From<Command> for Waiting {
    fn from(command: Command) -> Waiting {
        Waiting { command, _places: None }
    }
}
