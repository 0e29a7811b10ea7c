//! Who is told, and when: what was said becomes notes, and notes become notifications.
//!
//! Two halves that meet in the store alone, so that they may run in two processes. [`decide`] looks at what was said and at
//! who is here, and writes down what each device is to be told; it runs where connections are. [`tell`] takes what was
//! written down, looks once more whether it is still worth telling, and asks a provider; as many of it may run as like to.
//! Whatever is killed in its middle goes on where the store says: what was taken and not settled is told again.
//!
//! Start at [`Worker::decide`] and [`Worker::tell`].

mod attend; // who is here

mod decide; // who is to be told

mod tell; // and is

#[cfg(test)]
mod outage; // a provider is down

pub use attend::{Attendance, Here, Nobody};
pub use decide::Rules;
pub use tell::{Pace, Tells};

use crate::clock::Clock;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often somebody looks whether there is something to do, if nobody says so.
const LOOK: Duration = Duration::from_millis(250);

/// The tasks of this process.
#[derive(Debug)]
pub struct Worker {
    tasks: TaskTracker,
    stop: CancellationToken,
    noted: Arc<Notify>,
}

impl Default for Worker {
    fn default() -> Worker {
        let (tasks, stop, noted) = (TaskTracker::new(), CancellationToken::new(), Arc::default());
        Worker { tasks, stop, noted }
    }
}

impl Worker {
    /// Begins to decide, by who is here.
    pub fn decide(&self, store: Arc<dyn Store>, here: Arc<dyn Attendance>, rules: Rules, clock: Clock) {
        let decider = decide::Decider::new(store, here, rules, clock, self.noted.clone());
        self.tasks.spawn(decider.run(self.stop.clone()));
    }

    /// Begins to tell, by these providers.
    pub fn tell(&self, notes: Arc<dyn Notes>, by: Arc<dyn Tells>, pace: Pace, clock: Clock) {
        for provider in by.providers() {
            let teller = tell::Teller::new(provider, notes.clone(), by.clone(), pace, clock.clone());
            self.tasks.spawn(teller.run(self.stop.clone(), self.noted.clone()));
        }
    }

    /// Takes nothing up any more and waits for what is under way. False if it took longer than `deadline`: then it is told
    /// again later.
    pub async fn drain(&self, deadline: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(deadline, self.tasks.wait()).await.is_ok()
    }
}

/// A store's part that knows notes; a whole store has it, and a process that only tells has nothing else.
pub trait Notes: Send + Sync {
    /// It.
    fn pushes(&self) -> &dyn store::Pushes;
}

impl<T: store::Pushes> Notes for T {
    fn pushes(&self) -> &dyn store::Pushes {
        self
    }
}

/// A whole store, where its part is asked for.
#[derive(Clone)]
pub struct OfStore(pub Arc<dyn Store>);

impl Notes for OfStore {
    fn pushes(&self) -> &dyn store::Pushes {
        self.0.pushes()
    }
}
