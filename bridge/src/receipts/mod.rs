//! How far messages have come to people, and who is told.
//!
//! A PUBACK says that something came to a device. What a device has without a gap is known only when somebody asks for it,
//! so a session just notes in which rooms it acknowledged something, and a few times a second it is asked. The furthest of each
//! person and room goes to the store, many in one statement, and what moved there is told. The promise: however fast
//! devices acknowledge, one round is one mark for each person and room; memory is bounded; and nothing here is ever waited
//! for by a message, its commit, or its fan-out.
//!
//! ```text
//! PUBACK ──▶ session notes the room ──▶ round asks it ──▶ marks ──▶ store ──┐
//! read, said ─────────────────────────────────────────▶ store (before) ─────┴─▶ moved ──▶ told
//! ```
//! All of it is soft: what a crash or a full list loses is made good by the next acknowledgement of the same person, and
//! whoever wants to be sure asks the store. Start at [`run`].

mod moved; // marks on their way

mod audience; // who is in a room, as far as receipts go

mod round; // a few times a second

mod told; // what one listener hears

mod late; // and what of it waits

mod tell; // who hears it

mod snapshot; // how it is when somebody subscribes

mod places; // where a message is, device by device

pub use places::DevicePlace;

pub(crate) use late::Late;
pub(crate) use round::run;
pub(crate) use snapshot::{Wanted, begin as tell_state};

use crate::core::Core;
use crate::session::{People, Positions, Session};
use audience::Audiences;
use broker::outbound::Mark;
use chat::{RoomId, Seq, UserId};
use moved::{Moved, Recent};
use parking_lot::Mutex;
use std::sync::Arc;
use store::{Delivered, Progress};
use tokio::sync::Semaphore;

/// Readings of the store for those who have just subscribed, at once: they wait for each other, and nobody for them.
const READING: usize = 2;

/// What there is of receipts.
pub(crate) struct Receipts {
    /// Sessions that acknowledged something since they were last asked, each once.
    stirred: Mutex<Vec<Arc<Session>>>,
    /// Up to where people have everything, and the store does not say so yet.
    marks: Moved<Seq>,
    /// What the store says since nobody was told.
    news: Moved<(Seq, Seq)>,
    /// What somebody was told last of rooms that are neither small nor large.
    recent: Recent,
    audiences: Audiences,
    /// Sessions that hear receipts at all: where there are none, nothing is told and nothing looked up.
    listeners: People,
    /// Sessions for which something waits, each once.
    late: Mutex<Vec<Arc<Session>>>,
    reading: Semaphore,
}

impl Default for Receipts {
    fn default() -> Receipts {
        Receipts {
            stirred: Mutex::default(),
            marks: Moved::default(),
            news: Moved::default(),
            recent: Recent::default(),
            audiences: Audiences::default(),
            listeners: People::default(),
            late: Mutex::default(),
            reading: Semaphore::new(READING),
        }
    }
}

impl Receipts {
    /// A session has acknowledged something, the first since it was last asked.
    pub(crate) fn stir(&self, session: &Arc<Session>) {
        self.stirred.lock().push(session.clone());
    }

    /// The store says how far these people are.
    pub(crate) fn moved(&self, progress: impl IntoIterator<Item = Progress>) {
        if self.listeners.count() == 0 {
            return;
        }
        for one in progress.into_iter().filter(|one| one.room.owner().is_none()) {
            self.news.put((one.room, one.user), (one.delivered, one.read));
        }
    }

    /// Somebody said something: what was before it they have read.
    pub(crate) fn said(&self, user: UserId, room: RoomId, seq: Seq) {
        self.moved([Progress::of(user, room, seq, seq)]);
    }

    /// Others are in the room from now on.
    pub(crate) fn forget_room(&self, room: RoomId) {
        self.audiences.forget(room);
    }

    /// Somebody keeps somebody away from now on, or no longer.
    pub(crate) fn forget_rooms(&self) {
        self.audiences.forget_all();
    }

    /// The session hears nothing any more.
    pub(crate) fn leave(&self, session: &Session) {
        self.listeners.remove(session);
    }

    /// Takes down that a person has everything up to here. Where too many wait already, it is lost.
    fn deliver(&self, mark: Delivered) {
        self.marks.put((mark.room, mark.user), mark.seq);
    }
}

impl Core {
    /// The session has other subscriptions now.
    pub(crate) fn note_listener(&self, session: &Arc<Session>) {
        let state = session.state();
        self.receipts.leave(session);
        if state.routes.hears_receipts() && !state.departed && !session.is_nobody() {
            self.receipts.listeners.add(session, None);
        }
    }

    /// A device goes: what it acknowledged since it was last asked.
    pub(crate) fn note_departure(
        &self,
        session: &Session,
        positions: &Positions,
        in_flight: impl Iterator<Item = Mark>,
        queued: &[Mark],
    ) {
        let (acknowledged, shares) = {
            let mut state = session.state();
            (std::mem::take(&mut state.acknowledged), state.share.is_some())
        };
        // What one of a group leaves is another's, and counts when that one has it.
        if acknowledged.is_empty() || shares {
            return;
        }
        let mut positions = positions.in_rooms(&acknowledged);
        session.come_again(&mut positions, queued);
        for (room, cursor) in session.cursors(positions, in_flight) {
            self.receipts.deliver(Delivered { user: session.user, room, seq: Seq(cursor.delivered) });
        }
    }
}
