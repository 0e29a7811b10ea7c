//! Who is told when they are away, see [`store::Pushes`].

mod devices; // where they are reached

mod due; // where something was said

mod candidates; // who might be told

mod decide; // what is to be told

mod notes; // who tells it

mod settle; // what came of it

mod report; // and what is shown of that

use crate::log;
use crate::store::SqliteStore;
use async_trait::async_trait;
use chat::{Entry, RoomId, Seq, Timestamp, UserId};
pub(crate) use decide::take_back;
pub(crate) use devices::{forget, forget_device};
use store::{
    Backlog, Candidate, Delivery, Due, Error, Habits, NewPushDevice, Note, NoteContext, OutcomeCount,
    PushDecision, PushDevice, PushDeviceId, PushRegistered, Pushes, Question, Settled, Take,
};

#[async_trait]
impl Pushes for SqliteStore {
    async fn register_push(&self, new: &NewPushDevice, most: u32) -> Result<PushRegistered, Error> {
        self.running.lane.write(devices::Register { new: new.clone(), most }).await
    }

    async fn unregister_push(&self, user: UserId, device: &str, app: Option<&str>) -> Result<bool, Error> {
        let (device, app) = (device.to_owned(), app.map(str::to_owned));
        self.running.lane.write(devices::Unregister { user, device, app }).await
    }

    async fn push_devices(&self, user: UserId) -> Result<Vec<PushDevice>, Error> {
        devices::of(&self.running.readers, &self.running.keys, user).await
    }

    async fn habits(&self, user: UserId) -> Result<Habits, Error> {
        devices::habits(&self.running.readers, user).await
    }

    async fn set_habits(&self, user: UserId, habits: &Habits) -> Result<(), Error> {
        self.running.lane.write(devices::SetHabits { user, habits: habits.clone() }).await
    }

    async fn push_due(&self, kind: u8, now: Timestamp, limit: u32) -> Result<Vec<Due>, Error> {
        due::list(&self.running.readers, kind, now, limit).await
    }

    async fn candidates(&self, question: &Question) -> Result<Vec<Candidate>, Error> {
        candidates::list(&self.running, question).await
    }

    async fn decide(&self, decisions: &[PushDecision]) -> Result<(), Error> {
        self.running.lane.write(decide::Decide(decisions.to_vec())).await
    }

    async fn take_notes(&self, take: &Take) -> Result<Vec<Note>, Error> {
        self.running.lane.write(notes::TakeSome(take.clone())).await
    }

    async fn note_contexts(
        &self,
        places: &[(UserId, RoomId)],
        now: Timestamp,
    ) -> Result<Vec<Option<NoteContext>>, Error> {
        notes::contexts(&self.running, places, now).await
    }

    async fn said(
        &self,
        room: RoomId,
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        let (readers, keys) = (&self.running.readers, &self.running.keys);
        Ok(log::read(readers, keys, (room, false), (after, to), limit, now).await?.entries)
    }

    async fn edit_of(&self, (room, seq): (RoomId, Seq), now: Timestamp) -> Result<Option<Entry>, Error> {
        // Whose signs they are nobody asks here.
        let found =
            log::upshots(&self.running.readers, &self.running.keys, room, &[seq], UserId(0), now).await?;
        Ok(found.into_iter().find_map(|upshot| upshot.edit))
    }

    async fn settle(&self, settled: &[Settled]) -> Result<(), Error> {
        self.running.lane.write(settle::Settle(settled.to_vec())).await
    }

    async fn next_note(&self, provider: &str) -> Result<Option<Timestamp>, Error> {
        notes::next(&self.running.readers, provider).await
    }

    async fn deliveries(&self, device: PushDeviceId) -> Result<Vec<Delivery>, Error> {
        report::deliveries(&self.running.readers, device).await
    }

    async fn dead_letters(&self, before: Option<i64>, limit: u32) -> Result<Vec<Delivery>, Error> {
        report::dead(&self.running.readers, before, limit).await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, Error> {
        report::backlog(&self.running.readers).await
    }

    async fn outcomes(&self) -> Result<Vec<OutcomeCount>, Error> {
        report::outcomes(&self.running.readers).await
    }

    async fn pushed(&self, place: (RoomId, Seq), users: &[UserId]) -> Result<Vec<(UserId, u32, u32)>, Error> {
        report::pushed(&self.running.readers, place, users).await
    }
}
