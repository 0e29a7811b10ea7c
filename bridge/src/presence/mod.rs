//! Who is there: told to those who watch, at once and then as it changes.
//!
//! The promise: whoever may see somebody and watches them knows how they are, at most a second late, and nobody hears that
//! somebody went who is back within the grace, a restart of the server included. It costs by who watches and not by who is
//! in a room: a change is looked up under the one person it is about, and goes to their watchers. Each is told at most once
//! a second, and a watcher that reads too slowly hears later how it is then, so nothing here grows with time.
//!
//! How somebody is follows from their devices that are here ([`crate::session::Activity`]) and from those that went a moment
//! ago ([`gone`]). Who watches whom is worked out from the store ([`sight`]) and held in memory ([`watch`]).
//!
//! Start at [`Presences`].

mod gone; // devices that went a moment ago

mod watch; // who watches whom

mod schedule; // whose turn is when

mod kept; // what the store keeps of people, remembered

mod evaluate; // how somebody is

mod told; // and is told

mod owed; // a device hears how everybody is

mod sight; // whom somebody watches, worked out

mod seat; // devices come, say something, and go

mod run; // all of it, when it is time

mod ask; // and for those who ask

pub use ask::{OwnPresence, PresenceWish};
pub(crate) use owed::Owed;
pub(crate) use run::run;
pub(crate) use sight::{Begun, judge as may_watch};

use crate::config::Config;
use chat::{RoomId, Timestamp, UserId};
use gone::Gone;
use kept::Remembered;
use parking_lot::{Mutex, MutexGuard};
use quick_cache::sync::Cache;
use schedule::Schedule;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore};
use watch::Watch;

/// People in a room up to which it makes them be around each other.
pub(crate) const SMALL_ROOM: u32 = 100;
/// People who are around somebody at most: all their contacts, and as many again.
const AROUND: u32 = 10_000;
/// People whom one session may watch by name.
pub(crate) const BY_NAME: usize = 200;
/// One person's changes are told at most so often.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long a device counts that said goodbye: an app that is opened again at once was not away.
const GOODBYE: Duration = Duration::from_secs(2);
/// How often times and devices are written down.
const NOTED: Duration = Duration::from_secs(30);
/// Who may be looked up in the store at once, so that everybody's coming back leaves readers to others.
const LOOKING: usize = 8;
/// Speakers in rooms of two who are remembered; one who was forgotten is looked up once more.
const SPOKE: usize = 65_536;
/// Locks for those whom somebody watches to be worked out once at a time.
const SHARDS: usize = 64;

/// Everything that is known of who is there and who wants to know.
pub(crate) struct Presences {
    /// How long a device that went counts as it was.
    grace: Duration,
    started: Instant,
    inner: Mutex<Inner>,
    kept: Remembered,
    /// Who is known to have said something in a room of two.
    spoke: Cache<(RoomId, UserId), ()>,
    /// There is something to be done.
    stirred: Notify,
    looking: Semaphore,
    shards: [tokio::sync::Mutex<()>; SHARDS],
    /// Steps that were taken: people looked at, watchers told. For tests and for whoever wonders.
    steps: AtomicU64,
}

#[derive(Default)]
struct Inner {
    gone: HashMap<UserId, Vec<Gone>>,
    watch: Watch,
    schedule: Schedule,
    /// Users who are to have worked out anew whom they watch.
    stale: HashSet<UserId>,
    /// Users whose watchers by name are to be looked at again.
    doubted: HashSet<UserId>,
    /// Rooms in which somebody came or went.
    rooms: HashSet<RoomId>,
    /// Who was here since it was last written down.
    seen: HashMap<UserId, Timestamp>,
    /// Users whose devices said something that is not written down.
    unkept: HashSet<UserId>,
    /// Users of whom devices are written down.
    devised: HashSet<UserId>,
}

impl Presences {
    pub(crate) fn new(config: &Config) -> Presences {
        Presences {
            grace: config.presence_grace,
            started: Instant::now(),
            inner: Mutex::default(),
            kept: Remembered::new(),
            spoke: Cache::new(SPOKE),
            stirred: Notify::new(),
            looking: Semaphore::new(LOOKING),
            shards: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
            steps: AtomicU64::new(0),
        }
    }

    /// Comes before the locks of people, sessions and queues, and after none of them.
    fn hold(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Who holds this works out whom this user watches.
    fn shard(&self, user: UserId) -> &tokio::sync::Mutex<()> {
        let place = usize::try_from(user.0.unsigned_abs() % SHARDS as u64).unwrap_or(0);
        &self.shards[place]
    }

    fn step(&self, steps: usize) {
        self.steps.fetch_add(steps as u64, Ordering::Relaxed);
    }

    /// How many steps were taken since the start.
    pub(crate) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Until when nobody knows whether somebody who is not here is only not back yet.
    fn settled_at(&self) -> Instant {
        self.started + self.grace
    }

    /// Something about this user may have changed: who watches them is told, if it has.
    pub(crate) fn touch(&self, user: UserId) {
        let mut inner = self.hold();
        inner.touch(user);
        drop(inner);
        self.stirred.notify_one();
    }

    /// As [`Presences::touch`], and it does not wait for the interval: what somebody hides is hidden now.
    fn touch_at_once(&self, user: UserId) {
        if let Some(watched) = self.hold().watch.watched(user) {
            watched.next = Instant::now();
        }
        self.touch(user);
    }

    /// What this user watches is worked out anew, soon.
    pub(crate) fn is_stale(&self, user: UserId) {
        let is_new = self.hold().stale.insert(user);
        if is_new {
            self.stirred.notify_one();
        }
    }

    /// This user gave up filters: if they watched anybody, it is worked out anew.
    pub(crate) fn is_unwatched(&self, user: UserId) {
        if self.hold().watch.watches(user) {
            self.is_stale(user);
        }
    }

    /// Somebody said something in what may be a room of two. The first time, the other sees them from then on.
    pub(crate) fn spoke(&self, room: RoomId, user: UserId) {
        if self.spoke.get(&(room, user)).is_none() {
            self.spoke.insert((room, user), ());
            self.room_changed(room, &[user]);
        }
    }

    /// Somebody came into a room, or went. Who is around whom follows, within a second.
    pub(crate) fn room_changed(&self, room: RoomId, users: &[UserId]) {
        let mut inner = self.hold();
        if inner.watch.is_empty() {
            return; // Nobody watches anybody.
        }
        inner.rooms.insert(room);
        for user in users {
            if inner.watch.watches(*user) {
                inner.stale.insert(*user);
            }
            if inner.watch.is_named(*user) {
                inner.doubted.insert(*user);
            }
        }
        drop(inner);
        self.stirred.notify_one();
    }
}

impl Inner {
    fn touch(&mut self, user: UserId) {
        if let Some(next) = self.watch.next_of(user) {
            self.schedule.at(user, next.max(Instant::now()));
        }
    }
}
