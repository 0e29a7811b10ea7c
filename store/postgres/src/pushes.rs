//! Who is told when they are away, see [`store::Pushes`].
//!
//! What is written here goes past the lane, by connections of its own: a process that only tells people things opens this
//! part of a database while a server has all of it. The order of locks is the one of the lane: rooms by number first, notes
//! by device and room after them.

mod devices; // where they are reached

mod due; // where something was said

mod candidates; // who might be told

mod decide; // what is to be told

mod notes; // who tells it

mod settle; // what came of it

mod report; // and what is shown of that

use crate::failure::error;
use crate::log;
use crate::open;
use crate::options::Options;
use crate::readers::Readers;
use async_trait::async_trait;
use chat::{Entry, RoomId, Seq, Timestamp, UserId};
pub(crate) use decide::take_back;
pub(crate) use devices::{forget, forget_device};
use sqlx::{PgPool, Postgres, Transaction};
use std::sync::Arc;
use store::seal::Keyring;
use store::{
    Backlog, Candidate, Delivery, Due, Error, Habits, NewPushDevice, Note, NoteContext, OutcomeCount,
    PushDecision, PushDevice, PushDeviceId, PushRegistered, Pushes, Question, Settled, Take,
};

/// This part of a store.
#[derive(Clone)]
pub struct PostgresPushes {
    pub(crate) readers: Readers,
    pub(crate) writers: PgPool,
    pub(crate) keys: Arc<Keyring>,
}

impl std::fmt::Debug for PostgresPushes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresPushes")
    }
}

impl PostgresPushes {
    /// Opens it beside the server that has the database.
    ///
    /// # Errors
    /// [`Error::WrongMasterKey`], [`Error::NewerVersion`] and [`Error::Unusable`] as they say, the last one also for a
    /// database that no server of this version has opened yet.
    pub async fn open_beside(options: Options) -> Result<Arc<PostgresPushes>, Error> {
        Ok(Arc::new(open::beside(options).await?))
    }

    /// Lets go of the connections.
    pub async fn close(&self) {
        self.writers.close().await;
        self.readers.pool.close().await;
    }

    async fn begin(&self) -> Result<Transaction<'static, Postgres>, Error> {
        self.writers.begin().await.map_err(error)
    }

    /// Writes within the time that anything may take.
    async fn write<T>(&self, written: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.readers.ask_for(written).await
    }
}

#[async_trait]
impl Pushes for PostgresPushes {
    async fn register_push(&self, new: &NewPushDevice, most: u32) -> Result<PushRegistered, Error> {
        self.write(devices::register(self, &new.0, most)).await
    }

    async fn unregister_push(&self, user: UserId, device: &str, app: Option<&str>) -> Result<bool, Error> {
        self.write(devices::unregister(self, user, device, app)).await
    }

    async fn push_devices(&self, user: UserId) -> Result<Vec<PushDevice>, Error> {
        devices::of(&self.readers, &self.keys, user).await
    }

    async fn habits(&self, user: UserId) -> Result<Habits, Error> {
        devices::habits(&self.readers, user).await
    }

    async fn set_habits(&self, user: UserId, habits: &Habits) -> Result<(), Error> {
        self.write(devices::set_habits(self, user, habits)).await
    }

    async fn push_due(&self, kind: u8, now: Timestamp, limit: u32) -> Result<Vec<Due>, Error> {
        due::list(&self.readers, kind, now, limit).await
    }

    async fn candidates(&self, question: &Question) -> Result<Vec<Candidate>, Error> {
        candidates::list(&self.readers, question).await
    }

    async fn decide(&self, decisions: &[PushDecision]) -> Result<(), Error> {
        self.write(decide::decide(self, decisions)).await
    }

    async fn take_notes(&self, take: &Take) -> Result<Vec<Note>, Error> {
        self.write(notes::take(self, take)).await
    }

    async fn note_contexts(
        &self,
        places: &[(UserId, RoomId)],
        now: Timestamp,
    ) -> Result<Vec<Option<NoteContext>>, Error> {
        notes::contexts(&self.readers, places, now).await
    }

    async fn said(
        &self,
        room: RoomId,
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        Ok(log::read(&self.readers, &self.keys, (room, false), (after, to), limit, now).await?.entries)
    }

    async fn edit_of(&self, (room, seq): (RoomId, Seq), now: Timestamp) -> Result<Option<Entry>, Error> {
        // Whose signs they are nobody asks here.
        let found = log::upshots(&self.readers, &self.keys, room, &[seq], UserId(0), now).await?;
        Ok(found.into_iter().find_map(|upshot| upshot.edit))
    }

    async fn settle(&self, settled: &[Settled]) -> Result<(), Error> {
        self.write(settle::settle(self, settled)).await
    }

    async fn next_note(&self, provider: &str) -> Result<Option<Timestamp>, Error> {
        notes::next(&self.readers, provider).await
    }

    async fn deliveries(&self, device: PushDeviceId) -> Result<Vec<Delivery>, Error> {
        report::deliveries(&self.readers, device).await
    }

    async fn dead_letters(&self, before: Option<i64>, limit: u32) -> Result<Vec<Delivery>, Error> {
        report::dead(&self.readers, before, limit).await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, Error> {
        report::backlog(&self.readers).await
    }

    async fn outcomes(&self) -> Result<Vec<OutcomeCount>, Error> {
        report::outcomes(&self.readers).await
    }

    async fn pushed(&self, place: (RoomId, Seq), users: &[UserId]) -> Result<Vec<(UserId, u32, u32)>, Error> {
        report::pushed(&self.readers, place, users).await
    }
}
