//! One device that is connected: what it listens to and how far it is in each room.
//!
//! A level session keeps nothing for a room but the slot of its hub: its position is the hub's. Only rooms in
//! which it is behind have a place here, and what was offered and not acknowledged stands in its outbound queue.
//! So an idle device costs the same however much was ever said.

mod behind; // a room whose log is read because live entries could not be taken

mod catch_up; // reading it

mod hear; // a live entry meets a session

mod position; // where it stands, for the store

mod replies; // answers for this session only

mod routes; // which copies of an entry its subscriptions ask for

pub(crate) use behind::Behind;
pub(crate) use catch_up::catch_up;
pub(crate) use hear::{Took, copy_bit, delivery};
pub(crate) use position::Positions;
pub(crate) use replies::{NOTICE_LOG, Replies, Reply};
pub(crate) use routes::{Copy, Routes, Subscribed};

use crate::hub::Hub;
use crate::pace::Waiting;
use broker::outbound::{Mark, Outbound};
use chat::{Handle, Origin, RoomId, Seq, Timestamp, UserId};
use parking_lot::{Mutex, MutexGuard};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use store::{Interval, SessionId};

/// A connected device.
#[derive(Debug)]
pub struct Session {
    pub(crate) slot: u32,
    pub(crate) user: UserId,
    pub(crate) handle: Handle,
    pub(crate) origin: Origin,
    /// Its row and the opening of it, where it outlives the connection.
    pub(crate) stored: Option<(SessionId, u64)>,
    pub(crate) outbound: Outbound,
    state: Mutex<State>,
}

/// What changes while a device is connected.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) routes: Routes,
    /// Slots of the hubs it listens to, sorted.
    pub(crate) rooms: Vec<u32>,
    /// Rooms whose log is being read for it, and in which order they have their turn.
    pub(crate) behind: HashMap<RoomId, Behind>,
    pub(crate) turns: VecDeque<RoomId>,
    /// Where its path really ends, in rooms whose last entries were not for it and in rooms that its user left.
    pub(crate) hidden: HashMap<RoomId, Seq>,
    /// Sent again by the broker at resume; replay leaves these out. At most 256.
    pub(crate) redelivered: HashSet<Mark>,
    /// Answers that are not acknowledged yet.
    pub(crate) replies: Replies,
    /// Rooms in which something was acknowledged since cursors were last written.
    pub(crate) moved: HashSet<RoomId>,
    /// Where its messages wait their turn, while it speaks too fast.
    pub(crate) waiting: Option<Waiting>,
    /// Whether a task reads logs for it.
    pub(crate) catching_up: bool,
    /// Whether its rooms are still being looked up; what happens meanwhile waits in `meanwhile`.
    pub(crate) arriving: bool,
    pub(crate) meanwhile: Vec<Meanwhile>,
    /// How many of `meanwhile` were taken up.
    pub(crate) taken_up: usize,
    /// Where the earlier connection ended without saving, in a crash: what was taken before this server started
    /// may have been sent already, and says so.
    pub(crate) repeats_before: Option<Timestamp>,
}

/// A change of membership while a session's rooms were being looked up.
#[derive(Debug, Clone)]
pub(crate) enum Meanwhile {
    Joined { room: RoomId, handle: Handle, direct: bool, at: Seq },
    Left { room: RoomId, at: Seq },
}

/// Sessions that a batch reached: each writer is woken once, and those that fell behind get a reader.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) woken: Vec<Outbound>,
    pub(crate) fell_behind: Vec<u32>,
}

impl Touched {
    /// Wakes every writer that has something new.
    pub(crate) fn wake(&mut self) {
        self.woken.drain(..).for_each(|outbound| outbound.wake());
    }
}

impl State {
    /// Gives a room its place among those that are read; true if nobody reads yet and somebody must begin.
    pub(crate) fn fall_behind(&mut self, behind: Behind) -> bool {
        let (room, direct) = (behind.hub.room, behind.hub.direct);
        if self.behind.insert(room, behind).is_none() {
            if direct { self.turns.push_front(room) } else { self.turns.push_back(room) }
        }
        !std::mem::replace(&mut self.catching_up, true)
    }
}

impl State {
    /// Notes a change of membership for later, if the session's rooms are still being looked up.
    pub(crate) fn put_off(&mut self, change: Meanwhile) -> bool {
        if self.arriving {
            self.meanwhile.push(change);
        }
        self.arriving
    }

    /// The next change to take up; none ends the arrival.
    pub(crate) fn next_meanwhile(&mut self) -> Option<Meanwhile> {
        let next = self.meanwhile.get(self.taken_up).cloned();
        self.taken_up += 1;
        if next.is_none() {
            (self.arriving, self.taken_up) = (false, 0);
            self.meanwhile = Vec::new();
        }
        next
    }

    /// Memberships as they were read, ended where a leave was told since.
    pub(crate) fn cut(&self, room: RoomId, memberships: &[Interval]) -> Vec<Interval> {
        let mut cut = memberships.to_vec();
        if let Some(last) = cut.last_mut().filter(|last| last.to_seq.is_none()) {
            last.to_seq = self.meanwhile.iter().find_map(|change| match change {
                Meanwhile::Left { room: left, at } if *left == room && *at >= last.from_seq => Some(*at),
                _ => None,
            });
        }
        cut
    }

    /// Takes up a room after `cursor`, whose log ends at `last`; true if somebody must begin to read.
    pub(crate) fn begin(&mut self, hub: &Arc<Hub>, cursor: Seq, memberships: &[Interval], last: Seq) -> bool {
        if let Some(behind) = self.behind.get_mut(&hub.room) {
            // Back before everything of an earlier membership was heard.
            behind.hub = hub.clone();
            behind.later.extend(memberships.iter().filter(|one| one.from_seq > cursor));
            return false;
        }
        let before = self.hidden.remove(&hub.room).or_else(|| Behind::path_end(cursor, memberships));
        match Behind::through(hub.clone(), cursor, memberships) {
            Some(mut behind) if behind.sent < last || behind.until.is_some() => {
                behind.prev = before.unwrap_or(behind.prev);
                self.fall_behind(behind)
            }
            Some(_) => {
                self.hidden.extend(before.map(|end| (hub.room, end)));
                false
            }
            None => {
                // Left, and heard to the end.
                self.hidden.insert(hub.room, cursor);
                false
            }
        }
    }

    /// A room that the user is not in when a subscription begins to cover it: its path begins at the leave. None if
    /// something of the room is known already.
    pub(crate) fn begin_left(&mut self, room: RoomId, left: Seq) -> Option<(RoomId, Seq)> {
        if self.behind.contains_key(&room) || self.hidden.contains_key(&room) {
            return None;
        }
        self.hidden.insert(room, left);
        Some((room, left))
    }

    /// Takes up a room anew after `since`, whatever was heard of it; true if somebody must begin to read.
    pub(crate) fn rewind(
        &mut self,
        hub: &Arc<Hub>,
        since: Seq,
        memberships: &[Interval],
        last: Seq,
        most: Option<u64>,
    ) -> bool {
        self.hidden.remove(&hub.room);
        self.redelivered.retain(|mark| mark.log != hub.room.0);
        let Some(mut behind) = Behind::through(hub.clone(), since, memberships) else { return false };
        if behind.sent >= last {
            self.behind.remove(&hub.room);
            return false;
        }
        if let Some(most) = most {
            behind.trim(last, most);
        }
        self.fall_behind(behind)
    }

    /// The hub's slot among the rooms it listens to.
    pub(crate) fn note_room(&mut self, slot: u32) {
        if let Err(place) = self.rooms.binary_search(&slot) {
            self.rooms.insert(place, slot);
        }
    }

    fn drop_room(&mut self, slot: u32) {
        if let Ok(place) = self.rooms.binary_search(&slot) {
            self.rooms.remove(place);
        }
    }
}

impl Session {
    /// The membership ended with the entry `at`: nothing after it is heard, everything up to it is.
    pub(crate) fn detach(&self, hub: &Hub, at: Seq) {
        let mut held = hub.hold();
        let mut state = self.state();
        if held.take(self.slot) {
            state.drop_room(hub.slot);
            match state.behind.get_mut(&hub.room) {
                Some(behind) => behind.end(at),
                // If they come back, their path goes on from here.
                None => drop(state.hidden.insert(hub.room, at)),
            }
        }
    }

    /// Of what is missed in a room, only the newest `most` shall come; the rest is told as a gap.
    pub(crate) fn trim(&self, hub: &Hub, most: u64) {
        let last = hub.hold().last();
        if let Some(behind) = self.state().behind.get_mut(&hub.room) {
            behind.trim(last, most);
        }
    }

    pub(crate) fn listens(&self, hub: &Hub) -> bool {
        self.state().rooms.binary_search(&hub.slot).is_ok()
    }

    /// No subscription asks for the room any more.
    pub(crate) fn drop_hub(&self, hub: &Hub) {
        let mut held = hub.hold();
        let mut state = self.state();
        held.take(self.slot);
        state.drop_room(hub.slot);
        state.hidden.remove(&hub.room);
        state.behind.remove(&hub.room);
    }

    pub(crate) fn new(
        slot: u32,
        (user, handle, origin): (UserId, Handle, Origin),
        stored: Option<(SessionId, u64)>,
        outbound: Outbound,
        state: State,
    ) -> Session {
        Session { slot, user, handle, origin, stored, outbound, state: Mutex::new(state) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// The device takes no more of it: everything for this session ends.
    pub(crate) fn is_over(&self) -> bool {
        self.outbound.is_closed()
    }
}

/// Sessions by user, so that a join or a leave finds the devices it concerns.
#[derive(Debug, Default)]
pub(crate) struct People {
    by_user: Mutex<HashMap<UserId, Vec<Arc<Session>>>>,
}

impl People {
    pub(crate) fn add(&self, session: &Arc<Session>) {
        self.by_user.lock().entry(session.user).or_default().push(session.clone());
    }

    pub(crate) fn remove(&self, session: &Session) {
        let mut by_user = self.by_user.lock();
        if let Some(sessions) = by_user.get_mut(&session.user) {
            sessions.retain(|here| here.slot != session.slot);
            if sessions.is_empty() {
                by_user.remove(&session.user);
            }
        }
    }

    pub(crate) fn of(&self, user: UserId) -> Vec<Arc<Session>> {
        self.by_user.lock().get(&user).cloned().unwrap_or_default()
    }
}
