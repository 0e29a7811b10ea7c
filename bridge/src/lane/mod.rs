//! The one way into the log: commands wait here, and whatever came during the last commit is the next batch.
//!
//! The promise: commands of one sender reach the log in the order in which they were put in; each is answered
//! once, after its commit or with why not. What the store can't do just now is tried again until `commit_wait`
//! is over for it; then its answer is given up and the client sends again. There is no timer: an idle lane
//! commits at once, a busy one in large batches.

mod command; // what waits

mod reply; // who waits for it

mod batch; // what is committed together

mod judge; // what the rules say when they have changed

mod line; // how they wait

mod run; // the loop

pub(crate) use command::{Command, EntryCommand, Judge, ReadCommand, RoomCommand, RoomMade};
pub(crate) use line::Line;
pub use reply::{Receipt, SayError};
pub(crate) use reply::{Reply, Said};
pub(crate) use run::run;

use tokio::sync::mpsc;

/// The entrance.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    entrance: mpsc::Sender<Command>,
}

impl Lane {
    /// A lane and what comes out of it, for [`run`].
    pub(crate) fn new(depth: usize) -> (Lane, mpsc::Receiver<Command>) {
        let (entrance, exit) = mpsc::channel(depth);
        (Lane { entrance }, exit)
    }

    /// Puts a command in, waiting while the lane is full. At the end of the server its answer is given up.
    pub(crate) async fn put(&self, command: Command) {
        // A command that comes back unsent is dropped, and with it its answer is given up.
        drop(self.entrance.send(command).await);
    }
}
