//! The trait, line by line: what writes goes into the lane, what reads goes to the readers.

use crate::open::{self, Running};
use crate::options::Options;
use crate::{accounts, log, marks, members, rooms, session, standing};
use async_trait::async_trait;
use chat::{Entry, Handle, RoomId, Seq, Standing, Timestamp, UserId};
use std::sync::Arc;
use store::lane::Tell;
use store::{
    Account, Apps, Circle, Conversations, Cursor, Error, Fate, Interval, Leaf, Made, Membership, NewAccount,
    NewEntry, NewEvent, NewRoom, Opened, Opening, Oversight, People, Presences, Progress, Pushes, ReadMark,
    Readable, Receipts, Room, RoomHead, Rooms, SessionEnd, SessionId, SessionState, Shelf, Store, StoredWill,
    Told, Upshot, Ways, Work,
};

/// A store in a PostgreSQL database. Dropping it ends it in order as well, only nobody waits for that.
pub struct PostgresStore {
    pub(crate) running: Running,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresStore")
    }
}

impl PostgresStore {
    /// Opens the store in its database, or makes its tables there.
    ///
    /// # Errors
    /// [`Error::Locked`] when another server has it, [`Error::WrongMasterKey`], [`Error::NewerVersion`] and
    /// [`Error::Unusable`] (also for a database that does not answer) as they say; in all of these nothing was changed.
    pub async fn open(options: Options) -> Result<Arc<PostgresStore>, Error> {
        Ok(Arc::new(PostgresStore { running: open::open(options).await? }))
    }

    /// How many entries were found since the store was opened that do not open with their key any more: something
    /// changed them in the database. They are left out of what is read, and each is told in the server's log.
    #[must_use]
    pub fn damaged_entries(&self) -> u64 {
        self.running.keys.damage().count()
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn incarnation(&self) -> u64 {
        self.running.incarnation
    }

    fn work(&self) -> Option<Work> {
        Some(self.running.lane.tally().work())
    }

    fn people(&self) -> &dyn People {
        self
    }

    fn conversations(&self) -> &dyn Conversations {
        self
    }

    fn circle(&self) -> &dyn Circle {
        self
    }

    fn presences(&self) -> &dyn Presences {
        self
    }

    fn oversight(&self) -> &dyn Oversight {
        self
    }

    fn shelf(&self) -> &dyn Shelf {
        self
    }

    fn receipts(&self) -> &dyn Receipts {
        self
    }

    fn apps(&self) -> &dyn Apps {
        self
    }

    fn pushes(&self) -> &dyn Pushes {
        &self.running.pushes
    }

    async fn add_account(&self, account: &NewAccount) -> Result<bool, Error> {
        self.running.lane.write(accounts::Add(account.clone())).await
    }

    async fn tell(&self, events: &[NewEvent]) -> Result<(), Error> {
        self.running.lane.write(Tell(events.to_vec())).await
    }

    fn told(&self) -> &Told {
        self.running.lane.told()
    }

    async fn account(&self, handle: &Handle) -> Result<Option<Account>, Error> {
        accounts::find(&self.running.readers, handle).await
    }

    async fn accounts(&self, after: Option<&Handle>, limit: u32) -> Result<Vec<Account>, Error> {
        accounts::list(&self.running.readers, after, limit).await
    }

    fn places(&self) -> &dyn Rooms {
        self
    }

    fn ways(&self) -> &dyn Ways {
        self
    }

    async fn make_room(&self, room: &NewRoom) -> Result<Made, Error> {
        self.running.lane.write(rooms::Make(room.clone())).await
    }

    async fn find_or_make_direct(&self, pair: (UserId, UserId), room: &NewRoom) -> Result<RoomId, Error> {
        self.running.lane.write(rooms::Direct { pair, room: room.clone() }).await
    }

    async fn direct(&self, pair: (UserId, UserId)) -> Result<Option<Handle>, Error> {
        rooms::direct(&self.running.readers, pair).await
    }

    async fn standing(&self, room: &Handle, user: UserId) -> Result<Option<Standing>, Error> {
        Ok(self.readable(room, user).await?.map(|found| found.standing))
    }

    async fn readable(&self, room: &Handle, user: UserId) -> Result<Option<Readable>, Error> {
        standing::readable(&self.running.readers, room, user).await
    }

    async fn rooms(&self, after: Option<&Handle>, limit: u32) -> Result<Vec<Room>, Error> {
        rooms::list(&self.running.readers, after, limit).await
    }

    async fn members(
        &self,
        room: RoomId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<(UserId, Handle)>, Error> {
        members::list(&self.running.readers, room, after, limit).await
    }

    async fn memberships(
        &self,
        user: UserId,
        ended_since: Timestamp,
    ) -> Result<(i64, Vec<Membership>), Error> {
        members::of_user(&self.running.readers, user, ended_since).await
    }

    async fn intervals(&self, user: UserId, room: RoomId) -> Result<Vec<Interval>, Error> {
        members::of_user_in(&self.running.readers, user, room).await
    }

    async fn heads(&self, rooms: &[RoomId]) -> Result<Vec<RoomHead>, Error> {
        rooms::heads(&self.running.readers, rooms).await
    }

    async fn commit(&self, batch: &[NewEntry]) -> Result<Vec<Fate>, Error> {
        self.running.lane.commit(batch.to_vec()).await
    }

    async fn read(
        &self,
        room: RoomId,
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        let room = (room, false);
        Ok(log::read(&self.running.readers, &self.running.keys, room, (after, to), limit, now).await?.entries)
    }

    async fn page(
        &self,
        room: RoomId,
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Leaf, Error> {
        log::read(&self.running.readers, &self.running.keys, (room, true), (after, to), limit, now).await
    }

    async fn place_at(&self, room: RoomId, at: Timestamp) -> Result<Seq, Error> {
        log::place_at(&self.running.readers, room, at).await
    }

    async fn pick(&self, places: &[(RoomId, Seq)]) -> Result<Vec<Entry>, Error> {
        log::pick(&self.running.readers, &self.running.keys, places).await
    }

    async fn upshots(
        &self,
        room: RoomId,
        messages: &[Seq],
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<Upshot>, Error> {
        log::upshots(&self.running.readers, &self.running.keys, room, messages, user, now).await
    }

    async fn replies(
        &self,
        message: (RoomId, Seq),
        after: Seq,
        to: Seq,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        log::replies(&self.running.readers, &self.running.keys, message, (after, to), limit, now).await
    }

    async fn pins(&self, room: RoomId, now: Timestamp) -> Result<Vec<Entry>, Error> {
        log::pins(&self.running.readers, &self.running.keys, room, now).await
    }

    async fn mark_read(&self, moved: &[ReadMark]) -> Result<Vec<Progress>, Error> {
        self.running.lane.write(marks::Move(moved.to_vec())).await
    }

    async fn unread(&self, user: UserId, room: RoomId) -> Result<(Seq, u64), Error> {
        marks::unread(&self.running.readers, user, room).await
    }

    async fn open_session(&self, opening: Opening<'_>) -> Result<Opened, Error> {
        let devices = opening.devices;
        let opened = self.running.lane.write(session::Open::from(opening)).await?;
        opened.map_err(|session::Crowded| Error::TooManyDevices(devices))
    }

    async fn save_subscriptions(&self, id: SessionId, epoch: u64, state: &SessionState) -> Result<(), Error> {
        self.running.lane.write(session::SaveSubscriptions { id, epoch, state: state.clone() }).await
    }

    async fn save_cursors(&self, moves: &[(SessionId, u64, Vec<(RoomId, Cursor)>)]) -> Result<(), Error> {
        self.running.lane.write(session::SaveCursors(moves.to_vec())).await
    }

    async fn close_sessions(&self, ends: &[SessionEnd]) -> Result<(), Error> {
        self.running.lane.write(session::Close(ends.to_vec())).await
    }

    async fn end_session(&self, id: SessionId, epoch: u64) -> Result<(), Error> {
        self.running.lane.write(session::End { id, epoch }).await
    }

    async fn expire_sessions(&self, now: Timestamp, limit: u32) -> Result<Vec<SessionId>, Error> {
        self.running.lane.write(session::Expire { now, limit }).await
    }

    async fn release(&self, id: SessionId, packet_id: u16) -> Result<bool, Error> {
        self.running.lane.write(session::Release { id, packet_id }).await
    }

    async fn take_due_wills(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(UserId, Handle, String, StoredWill)>, Error> {
        self.running.lane.write(session::TakeWills { now, limit }).await
    }

    async fn close(&self) -> Result<(), Error> {
        self.running.lane.close().await;
        Ok(())
    }
}
