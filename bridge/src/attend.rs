//! A device begins to listen in a room, and ceases to.
//!
//! Every beginning names the memberships it is for and the place after which they are unheard, and happens under
//! the hub's lock: an entry passes either before it, and is read from the log, or after it, and is heard. A change
//! that is told while a session's rooms are being looked up waits until that is done.

use crate::core::Core;
use crate::hub::Hub;
use crate::session::{Meanwhile, Session};
use chat::{Handle, RoomId, Seq, UserId};
use std::sync::Arc;
use store::{Error, Interval};

impl Core {
    /// A user came into a room: devices of theirs that are here begin to listen.
    pub(crate) async fn came(
        self: &Arc<Core>,
        user: UserId,
        room: (RoomId, &Handle, bool),
        at: Seq,
    ) -> Result<(), Error> {
        for session in self.people.of(user) {
            let (id, handle, direct) = room;
            let joined = Meanwhile::Joined { room: id, handle: handle.clone(), direct, at };
            if !session.state().put_off(joined) {
                self.attach_new(&session, room, at).await?;
            }
        }
        Ok(())
    }

    /// Takes up what was told while a session's rooms were being looked up. A leave needs nothing more: the attach
    /// before it has seen it.
    pub(crate) async fn take_up_meanwhile(self: &Arc<Core>, session: &Arc<Session>) -> Result<(), Error> {
        loop {
            let Some(change) = session.state().next_meanwhile() else { return Ok(()) };
            if let Meanwhile::Joined { room, handle, direct, at } = change {
                self.attach_new(session, (room, &handle, direct), at).await?;
            }
        }
    }

    /// A room that a connected device begins to hear at the entry of the join.
    async fn attach_new(
        self: &Arc<Core>,
        session: &Arc<Session>,
        (room, handle, direct): (RoomId, &Handle, bool),
        at: Seq,
    ) -> Result<(), Error> {
        if !session.state().routes.covers(handle) {
            return Ok(());
        }
        let intervals = self.intervals(session.user, room, at).await?;
        for hub in self.hubs.open(&*self.store, [(room, handle.clone(), direct)]).await? {
            self.attach(session, &hub, at.before(), &intervals);
            self.hubs.release(&hub);
        }
        Ok(())
    }

    /// The user's memberships in a room up to the join at `at`, which lasts as far as has been told.
    async fn intervals(&self, user: UserId, room: RoomId, at: Seq) -> Result<Vec<Interval>, Error> {
        let mut intervals = self.store.intervals(user, room).await?;
        intervals.retain(|one| one.joined < at);
        intervals.push(Interval { from_seq: at, joined: at, to_seq: None });
        Ok(intervals)
    }

    /// Begins to listen after `cursor`: level if that is the end of the log, else behind. A device that listens
    /// already goes on as it is. Under the hub's lock, so that no entry passes in between.
    pub(crate) fn attach(
        self: &Arc<Core>,
        session: &Arc<Session>,
        hub: &Arc<Hub>,
        cursor: Seq,
        memberships: &[Interval],
    ) {
        let begin = {
            let mut held = hub.hold();
            let mut state = session.state();
            if state.departed || state.leaves_to_others(session, hub.room) {
                return;
            }
            let memberships = state.cut(hub.room, memberships);
            let running = memberships.last().is_some_and(|last| last.to_seq.is_none());
            if running {
                if !held.add(session.slot) {
                    return;
                }
                state.note_room(hub.slot);
            }
            state.begin(hub, cursor, &memberships, held.last())
        };
        if begin {
            self.read_for([session.slot]);
        }
    }

    /// A user went out of a room: the leave was the last entry they hear.
    pub(crate) fn went(&self, user: UserId, room: RoomId, at: Seq) {
        for session in self.people.of(user) {
            session.state().put_off(Meanwhile::Left { room, at });
            if let Some(hub) = self.hubs.get(room) {
                session.detach(&hub, at);
                self.hubs.tidy(&hub);
            }
        }
    }
}
