//! What all of the bridge shares.

use crate::apps::Apps;
use crate::arrive::Often;
use crate::config::Config;
use crate::fleeting::Fleeting;
use crate::hub::{Ears, Hubs};
use crate::identity::Doorkeeper;
use crate::lane::Lane;
use crate::pace::Pace;
use crate::presence::Presences;
use crate::receipts::Receipts;
use crate::requests::Requests;
use crate::revoke::Revocations;
use crate::session::{People, Session, catch_up};
use crate::share::Shares;
use crate::slots::Slots;
use crate::standings::Standings;
use chat::snowflake::Snowflakes;
use chat::{RoomId, Timestamp};
use parking_lot::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;
use store::Store;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Where the time comes from, so that a test can drive it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of this machine.
pub(crate) fn system_clock() -> Clock {
    Arc::new(store::stored::now)
}

pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Clock,
    /// When this bridge began.
    pub(crate) started_at: Timestamp,
    pub(crate) ids: Mutex<Snowflakes>,
    pub(crate) doorkeeper: Doorkeeper,
    pub(crate) standings: Standings,
    pub(crate) pace: Pace,
    /// How fast rooms take what is said.
    pub(crate) room_pace: Pace<RoomId>,
    pub(crate) often: Often,
    /// How many strangers somebody writes to.
    pub(crate) strangers: Pace,
    pub(crate) lane: Lane,
    pub(crate) hubs: Hubs,
    pub(crate) sessions: Slots<Session>,
    pub(crate) shares: Shares,
    /// Topics that are none of chat's.
    pub(crate) apps: Apps,
    pub(crate) people: People,
    /// How far messages have come to people.
    pub(crate) receipts: Receipts,
    /// Who is there, and who wants to know.
    pub(crate) presences: Presences,
    /// What nobody keeps.
    pub(crate) fleeting: Fleeting,
    /// The number of the next connection.
    pub(crate) connections: AtomicU64,
    pub(crate) revocations: Revocations,
    /// What answers requests, once it is there. Weak: it holds the bridge.
    pub(crate) requests: OnceLock<Weak<dyn Requests>>,
    /// Few were told that a message has other signs: somebody has to count them.
    pub(crate) uncounted: Notify,
    /// Who may read a page of a log just now for a session that is behind.
    pub(crate) reading: Semaphore,
    /// Tasks that end by themselves when their session does, and are waited for at the end.
    pub(crate) tasks: TaskTracker,
    /// The loops stop when this is cancelled.
    pub(crate) stop: CancellationToken,
}

impl Core {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// When whatever begins to wait now for its commit has waited too long.
    pub(crate) fn commit_deadline(&self) -> Instant {
        Instant::now() + self.config.commit_wait
    }

    /// A fresh id.
    ///
    /// # Errors
    /// [`store::Error::Unavailable`] while the clock is behind: it may succeed later.
    pub(crate) fn id(&self) -> Result<i64, store::Error> {
        let now = self.now();
        self.ids.lock().next(now).map_err(|error| store::Error::Unavailable(error.to_string()))
    }

    /// Who may hear.
    pub(crate) fn ears(&self) -> Ears<'_> {
        Ears { sessions: &self.sessions, people: &self.people }
    }

    /// Begins to read logs for sessions that fell behind.
    pub(crate) fn read_for(self: &Arc<Core>, slots: impl IntoIterator<Item = u32>) {
        for session in slots.into_iter().filter_map(|slot| self.sessions.get(slot)) {
            self.tasks.spawn(catch_up(self.clone(), session));
        }
    }
}
