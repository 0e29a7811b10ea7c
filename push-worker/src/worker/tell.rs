//! Notes are told: taken from the store, looked at once more, sent, and what came of it is written down.
//!
//! Each provider has its own loop, its own places and its own writing down: one that is slow holds up nobody else. At most
//! [`Pace::under_way`] notes of a provider are taken and not settled, and so at most so many are told twice if this process
//! is killed.

mod words; // what a device is shown

mod one; // one note, from what it says to what came of it

mod came; // what an answer means for a note

mod ledger; // what came of notes is written down, together

use super::{LOOK, Notes};
use crate::address::{Address, ProviderName};
use crate::answer::Answer;
use crate::clock::Clock;
use crate::notification::Notification;
use crate::providers::Providers;
use crate::schedule::Schedule;
use async_trait::async_trait;
use chat::Timestamp;
use ledger::Ledger;
use std::sync::Arc;
use std::time::Duration;
use store::{Error, Note, NoteContext, Take};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How much at once, and how long anything is tried.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Notes of one provider that are taken and not settled.
    pub under_way: usize,
    /// How long a note that was taken is nobody else's. Longer than telling takes, with all that it waits for.
    pub hold: Duration,
    /// How long a message is worth telling.
    pub lifetime: Duration,
    /// When to come again.
    pub schedule: Schedule,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            under_way: 500,
            hold: Duration::from_secs(90),
            lifetime: Duration::from_secs(24 * 60 * 60),
            schedule: Schedule::default(),
        }
    }
}

/// Whoever tells devices.
#[async_trait]
pub trait Tells: Send + Sync + 'static {
    /// By whom devices can be told here.
    fn providers(&self) -> Vec<ProviderName>;

    /// Tells a device once, in bounded time, and says what is to be done now.
    async fn send(&self, to: &Address, what: &Notification) -> Answer;
}

#[async_trait]
impl Tells for Providers {
    fn providers(&self) -> Vec<ProviderName> {
        self.names()
    }

    async fn send(&self, to: &Address, what: &Notification) -> Answer {
        Providers::send(self, to, what).await
    }
}

/// Notes for one take, at most: what is taken is looked at together.
const TAKEN: usize = 256;

/// Tells the notes of one provider.
pub(super) struct Teller {
    provider: ProviderName,
    notes: Arc<dyn Notes>,
    by: Arc<dyn Tells>,
    pace: Pace,
    clock: Clock,
    places: Arc<Semaphore>,
    /// Tells this process's takings from those of others.
    me: i64,
}

impl Teller {
    pub(super) fn new(
        provider: ProviderName,
        notes: Arc<dyn Notes>,
        by: Arc<dyn Tells>,
        pace: Pace,
        clock: Clock,
    ) -> Teller {
        let places = Arc::new(Semaphore::new(pace.under_way));
        Teller { provider, notes, by, pace, clock, places, me: fastrand::i64(1..) }
    }

    /// Tells until it is stopped, and then waits for what is under way.
    pub(super) async fn run(self, stop: CancellationToken, noted: Arc<Notify>) {
        let ledger = Ledger::open(self.notes.clone());
        let (mut telling, mut has_more) = (JoinSet::new(), false);
        while !stop.is_cancelled() {
            let told = noted.notified();
            let is_due = if has_more { Ok(true) } else { self.is_due().await };
            let taken = match is_due {
                Ok(true) => self.take(&mut telling, &ledger).await,
                nothing => nothing,
            };
            has_more = match taken {
                Ok(has_more) => has_more,
                Err(error) => {
                    tracing::warn!(%error, provider = self.provider.as_str(), "notes could not be taken: {error}");
                    false
                }
            };
            while telling.try_join_next().is_some() {}
            if !has_more {
                tokio::select! {
                    () = told => {}
                    () = tokio::time::sleep(LOOK) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
        while telling.join_next().await.is_some() {}
        ledger.close().await;
    }

    /// Whether there is a note to take. Taking is a transaction, also where there is nothing to take.
    async fn is_due(&self) -> Result<bool, Error> {
        let next = self.notes.pushes().next_note(self.provider.as_str()).await?;
        Ok(next.is_some_and(|at| at <= self.clock.now()))
    }

    /// Takes as many notes as there are places for and begins to tell them; true if there may be more.
    async fn take(&self, telling: &mut JoinSet<()>, ledger: &Ledger) -> Result<bool, Error> {
        let mut places = self.places().await;
        let (now, limit) = (self.clock.now(), u32::try_from(places.len()).unwrap_or(u32::MAX));
        let (provider, by, hold) = (self.provider.as_str().to_owned(), self.me, self.pace.hold);
        let notes = self.notes.pushes().take_notes(&Take { provider, by, now, hold, limit }).await?;
        let has_more = notes.len() == places.len();
        let asked: Vec<_> = notes.iter().map(|note| (note.device.user, note.room)).collect();
        let contexts = match asked.is_empty() {
            true => Vec::new(),
            false => self.notes.pushes().note_contexts(&asked, now).await?,
        };
        for (note, context) in notes.into_iter().zip(contexts) {
            let Some(place) = places.pop() else { break };
            telling.spawn(self.tell(note, context, place, ledger));
        }
        Ok(has_more)
    }

    /// Every place that is free, up to what is taken at once; at least one, which is waited for.
    async fn places(&self) -> Vec<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        let mut places: Vec<_> = self.places.clone().acquire_owned().await.into_iter().collect();
        while places.len() < TAKEN
            && let Ok(place) = self.places.clone().try_acquire_owned()
        {
            places.push(place);
        }
        places
    }

    fn tell(
        &self,
        note: Note,
        context: Option<NoteContext>,
        place: OwnedSemaphorePermit,
        ledger: &Ledger,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (notes, by, ledger) = (self.notes.clone(), self.by.clone(), ledger.clone());
        let (pace, clock) = (self.pace, self.clock.clone());
        async move {
            let telling = one::Telling { notes: &*notes, by: &*by, pace: &pace, clock: &clock };
            // What can't be looked at now is taken again when its time here is over.
            match telling.tell(&note, context.as_ref()).await {
                Ok(settled) => ledger.write(settled, place).await,
                Err(error) => tracing::warn!(%error, "a note could not be looked at, and is again: {error}"),
            }
        }
    }
}

/// So long after a moment.
fn after(at: Timestamp, time: Duration) -> Timestamp {
    Timestamp(at.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}
