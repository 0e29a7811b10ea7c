//! One device that is connected: what it listens to and how far it is in each room.
//!
//! A level session keeps nothing for a room but the slot of its hub: its position is the hub's. Only rooms in
//! which it is behind have a place here, and what was offered and not acknowledged stands in its outbound queue.
//! So an idle device costs the same however much was ever said.

mod state; // what changes while it is here

mod path; // where its path of a room ends

mod behind; // a room whose log is read because live entries could not be taken

mod turns; // which of such rooms is next

mod catch_up; // reading it

mod hear; // a live entry meets a session

mod position; // where it stands, for the store

mod replies; // answers for this session only

mod routes; // which copies of an entry its subscriptions ask for

mod activity; // whether somebody is at it

mod people; // all sessions of a user

pub(crate) use activity::{Activity, Greeting};
pub(crate) use behind::{Behind, Newest};
pub(crate) use catch_up::{READING, catch_up};
pub(crate) use hear::{Took, copy_bit, delivery};
pub(crate) use path::Path;
pub(crate) use people::People;
pub(crate) use position::Positions;
pub(crate) use replies::{NOTICE_LOG, Replies, Reply, is_in_a_log};
pub(crate) use routes::{Copy, Routes, Subscribed, names};
pub(crate) use state::{Meanwhile, State};

use crate::apps::{Claims, Holder, Subscriber};
use crate::hub::Hub;
use crate::identity::{NOBODY, Scope, Scopes};
use broker::outbound::Outbound;
use chat::{Handle, Origin, Seq, Timestamp, UserId};
use parking_lot::{Mutex, MutexGuard};
use std::net::SocketAddr;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, OnceLock};
use store::{Proof, SessionId};

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
    pub(crate) place: Place,
    /// What it came in with, or proved since: when that is no longer good, it ends.
    proof: Mutex<Option<Proof>>,
    /// What that is good for.
    pub(crate) rights: Scopes,
    /// What its token grants it of apps' topics.
    claims: Mutex<Claims>,
    /// Who it is to topics that are none of chat's, once it has used one.
    pub(crate) subscriber: OnceLock<Arc<Subscriber>>,
    /// Whether somebody is at it: an app in the background, and when its user last did something.
    pub(crate) activity: Activity,
    /// How many of its messages on such topics are on their way to the disk.
    pub(crate) in_lane: AtomicU32,
    state: Mutex<State>,
}

/// Where a connection comes from, for those who look after the server.
#[derive(Debug)]
pub(crate) struct Place {
    /// Never used twice.
    pub(crate) number: u64,
    pub(crate) client_id: Arc<str>,
    /// It did not say who it is, and came to use what is open.
    pub(crate) is_anonymous: bool,
    pub(crate) peer: SocketAddr,
    pub(crate) since: Timestamp,
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

impl Session {
    pub(crate) fn new(
        slot: u32,
        (user, handle, origin): (UserId, Handle, Origin),
        stored: Option<(SessionId, u64)>,
        (outbound, (proof, rights, claims), place): (Outbound, (Option<Proof>, Scopes, Claims), Place),
        (state, activity): (State, Activity),
    ) -> Session {
        Session {
            slot,
            user,
            handle,
            origin,
            stored,
            outbound,
            place,
            proof: Mutex::new(proof),
            rights,
            claims: Mutex::new(claims),
            subscriber: OnceLock::new(),
            activity,
            in_lane: AtomicU32::new(0),
            state: Mutex::new(state),
        }
    }

    /// What it stands on; nothing for who was let in without a proof.
    pub(crate) fn proof(&self) -> Option<Proof> {
        *self.proof.lock()
    }

    /// From now on it stands on this, and on what that grants.
    pub(crate) fn stand_on(&self, proof: Proof, claims: Claims) {
        *self.proof.lock() = Some(proof);
        *self.claims.lock() = claims;
    }

    /// Whether nobody knows who it is: of chat it may ask what anybody may, hear the answers, and nothing else.
    pub(crate) fn is_nobody(&self) -> bool {
        self.user == NOBODY || self.place.is_anonymous
    }

    /// Whether it may use topics that are none of chat's at all: somebody's devices may, and who came in to use what
    /// is open.
    pub(crate) fn may_use_topics(&self) -> bool {
        self.user != NOBODY
    }

    /// What its token grants it of apps' topics.
    pub(crate) fn claims(&self) -> Claims {
        self.claims.lock().clone()
    }

    /// Who it is, when it is asked what it may do with an app's topics by these claims.
    pub(crate) fn holder<'a>(&'a self, claims: &'a Claims) -> Holder<'a> {
        Holder {
            user: self.user,
            handle: self.handle.as_str(),
            device: &self.place.client_id,
            claims,
            is_admin: self.rights.has(Scope::Admin),
        }
    }

    /// The membership ended with the entry `at`: nothing after it is heard, everything up to it is.
    pub(crate) fn detach(&self, hub: &Hub, at: Seq) {
        let mut held = hub.hold();
        let mut state = self.state();
        if held.take(self.slot) {
            state.drop_room(hub.slot);
            match state.behind.get_mut(&hub.room) {
                Some(behind) => behind.end(at),
                // If they come back, their path goes on from here.
                None => drop(state.hidden.insert(hub.room, Path::At(at))),
            }
        }
    }

    /// Of what is missed in a room, only the newest shall come; the rest is told as a gap.
    pub(crate) fn trim(&self, hub: &Hub, newest: Newest) {
        let mut state = self.state();
        let reading = state.next_reading();
        if let Some(behind) = state.behind.get_mut(&hub.room) {
            // A page that is under way must not tell the newest before the gap.
            behind.reading = reading;
            behind.trim(newest);
        }
    }

    pub(crate) fn listens(&self, hub: &Hub) -> bool {
        self.state().rooms.contains(hub.slot)
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

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// The device takes no more of it: everything for this session ends.
    pub(crate) fn is_over(&self) -> bool {
        self.outbound.is_closed()
    }
}
