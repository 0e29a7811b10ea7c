//! One room that somebody here listens to.

use super::managers::Managers;
use crate::heard::Heard;
use crate::session::{People, Session, Touched};
use crate::slot_set::SlotSet;
use crate::slots::Slots;
use chat::{Handle, RoomId, Seq, UserId};
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
    /// Who hears what few do.
    managers: Managers,
}

/// Who may hear: all that is connected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ears<'a> {
    /// By their slots.
    pub(crate) sessions: &'a Slots<Session>,
    /// By whose they are.
    pub(crate) people: &'a People,
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
        let (listeners, managers) = (SlotSet::default(), Managers::default());
        let state = State { last: Seq::ZERO, open: false, pins: 0, listeners, managers };
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
        ears: &Ears<'_>,
        touched: &mut Touched,
    ) -> Passed {
        let mut state = self.state.lock();
        let fresh = &batch[batch.partition_point(|heard| heard.seq() <= state.last)..];
        let Some(first) = fresh.first() else { return Passed::All };
        state.note_managers(fresh);
        if !state.open {
            state.last = fresh[fresh.len() - 1].seq();
            return Passed::All;
        }
        if first.seq() != state.last.next() {
            return Passed::Gap { after: state.last, to: first.seq().before() };
        }
        let run = contiguous(fresh);
        self.tell(&state, run, ears, touched);
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
        ears: &Ears<'_>,
        touched: &mut Touched,
    ) {
        let mut state = self.state.lock();
        let fresh = &read[read.partition_point(|heard| heard.seq() <= state.last)..];
        state.note_managers(fresh);
        self.tell(&state, fresh, ears, touched);
        state.last = state.last.max(upto);
    }

    /// Hands entries on: each to every level listener, or to the few it is for.
    fn tell(self: &Arc<Hub>, state: &State, run: &[Arc<Heard>], ears: &Ears<'_>, touched: &mut Touched) {
        for part in run.chunk_by(|one, other| one.is_for_few() == other.is_for_few()) {
            match part.first().is_some_and(|first| first.is_for_few()) {
                true => part.iter().for_each(|heard| self.tell_few(state, heard, ears, touched)),
                false => {
                    let sessions = ears.sessions.read();
                    for session in state.listeners.iter().filter_map(|slot| sessions.get(slot)) {
                        session.hear(self, part, touched);
                    }
                }
            }
        }
    }

    /// In a room of a hundred thousand nobody goes through all listeners for two.
    fn tell_few(self: &Arc<Hub>, state: &State, heard: &Arc<Heard>, ears: &Ears<'_>, touched: &mut Touched) {
        let (managers, one) = (state.managers.last_known(), std::slice::from_ref(heard));
        let Some(people) = heard.people() else {
            let sessions = ears.sessions.read();
            let listeners = state.listeners.iter().filter_map(|slot| sessions.get(slot));
            listeners
                .filter(|session| heard.is_for((session.user, &session.handle), managers))
                .for_each(|session| session.hear(self, one, touched));
            return;
        };
        let mut users: Vec<UserId> = managers.iter().copied().chain(people).collect();
        users.sort_unstable();
        users.dedup();
        let here = users.into_iter().flat_map(|user| ears.people.of(user));
        here.filter(|session| state.listeners.contains(session.slot))
            .for_each(|session| session.hear(self, one, touched));
    }
}

/// The part of a batch that has no hole.
fn contiguous(batch: &[Arc<Heard>]) -> &[Arc<Heard>] {
    let holes = batch.windows(2).position(|pair| pair[1].seq() != pair[0].seq().next());
    &batch[..holes.map_or(batch.len(), |at| at + 1)]
}

impl State {
    fn note_managers(&mut self, fresh: &[Arc<Heard>]) {
        if fresh.iter().any(|heard| heard.changes_managers()) {
            self.managers.change();
        }
    }
}

impl Listen<'_> {
    pub(super) fn managers(&self) -> &Managers {
        &self.0.managers
    }

    pub(super) fn managers_mut(&mut self) -> &mut Managers {
        &mut self.0.managers
    }

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
