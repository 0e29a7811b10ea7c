//! One room that somebody here listens to.

use crate::heard::Heard;
use crate::session::{Session, Touched};
use crate::slot_set::SlotSet;
use crate::slots::Slots;
use chat::{Handle, RoomId, Seq};
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;

/// A room while somebody here listens to it.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) room: RoomId,
    pub(crate) handle: Handle,
    /// A room of two: its missed entries are told before those of larger rooms.
    pub(crate) direct: bool,
    pub(crate) slot: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The last entry that passed here (or, before the hub is open, the greatest that came by).
    last: Seq,
    /// Whether `last` was compared with the log.
    open: bool,
    /// Callers of `Hubs::open` that have not attached yet; while there are any, the hub stays.
    pins: u32,
    /// Session slots.
    listeners: SlotSet,
}

/// How far a batch got.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// All of it is delivered, or had been.
    All,
    /// The entries after `after`, up to `to`, are not here yet; the log has them.
    Gap { after: Seq, to: Seq },
}

/// A hub held still: nothing passes while this lives.
pub(crate) struct Listen<'a>(MutexGuard<'a, State>);

impl Hub {
    pub(crate) fn new(room: RoomId, handle: Handle, direct: bool, slot: u32) -> Hub {
        let state = State { last: Seq::ZERO, open: false, pins: 0, listeners: SlotSet::default() };
        Hub { room, handle, direct, slot, state: Mutex::new(state) }
    }

    pub(crate) fn hold(&self) -> Listen<'_> {
        Listen(self.state.lock())
    }

    /// Hands the next entries of the room to every level listener. `batch` is in order; what passed before is
    /// left out, and what has a hole before it waits.
    pub(crate) fn pass(
        self: &Arc<Hub>,
        batch: &[Arc<Heard>],
        sessions: &Slots<Session>,
        touched: &mut Touched,
    ) -> Passed {
        let mut state = self.state.lock();
        let fresh = &batch[batch.partition_point(|heard| heard.seq() <= state.last)..];
        let Some(first) = fresh.first() else { return Passed::All };
        if !state.open {
            state.last = fresh[fresh.len() - 1].seq();
            return Passed::All;
        }
        if first.seq() != state.last.next() {
            return Passed::Gap { after: state.last, to: first.seq().before() };
        }
        let run = contiguous(fresh);
        let sessions = sessions.read();
        for session in state.listeners.iter().filter_map(|slot| sessions.get(slot)) {
            session.hear(self, run, touched);
        }
        state.last = run[run.len() - 1].seq();
        match fresh.get(run.len()) {
            None => Passed::All,
            Some(next) => Passed::Gap { after: state.last, to: next.seq().before() },
        }
    }
}

impl Hub {
    /// Hands on what was read from the log up to `upto`: a hole in it is an entry that nobody hears any more.
    pub(crate) fn pass_read(
        self: &Arc<Hub>,
        read: &[Arc<Heard>],
        upto: Seq,
        sessions: &Slots<Session>,
        touched: &mut Touched,
    ) {
        let mut state = self.state.lock();
        let fresh = &read[read.partition_point(|heard| heard.seq() <= state.last)..];
        let sessions = sessions.read();
        for session in state.listeners.iter().filter_map(|slot| sessions.get(slot)) {
            session.hear(self, fresh, touched);
        }
        state.last = state.last.max(upto);
    }
}

/// The part of a batch that has no hole.
fn contiguous(batch: &[Arc<Heard>]) -> &[Arc<Heard>] {
    let holes = batch.windows(2).position(|pair| pair[1].seq() != pair[0].seq().next());
    &batch[..holes.map_or(batch.len(), |at| at + 1)]
}

impl Listen<'_> {
    pub(crate) fn last(&self) -> Seq {
        self.0.last
    }

    pub(crate) fn is_open(&self) -> bool {
        self.0.open
    }

    /// The log's end is known: the hub opens, unless it has.
    pub(crate) fn open_at(&mut self, head: Seq) {
        if !self.0.open {
            self.0.last = self.0.last.max(head);
            self.0.open = true;
        }
    }

    /// The log goes on up to here, which whoever opens the hub may not have seen. A hub that is open hears it by entries.
    pub(crate) fn expect(&mut self, last: Seq) {
        if !self.0.open {
            self.0.last = self.0.last.max(last);
        }
    }

    pub(crate) fn pin(&mut self) {
        self.0.pins += 1;
    }

    pub(crate) fn unpin(&mut self) {
        self.0.pins -= 1;
    }

    /// Adds a listener; false if it listens already.
    pub(crate) fn add(&mut self, session: u32) -> bool {
        self.0.listeners.insert(session)
    }

    /// Takes a listener out; false if it did not listen.
    pub(crate) fn take(&mut self, session: u32) -> bool {
        self.0.listeners.remove(session)
    }

    pub(crate) fn is_unused(&self) -> bool {
        self.0.pins == 0 && self.0.listeners.is_empty()
    }
}
