//! A store under observation: a test sees which cursors were written, and can have that refused.
//!
//! Everything else goes through. Cursors of the session that was opened last are meant throughout: what an earlier
//! connection left behind is not to be taken for news.

use crate::company::PATIENCE;
use async_trait::async_trait;
use chat::{Entry, Handle, RoomId, Seq, Standing, Timestamp, UserId};
use std::collections::HashSet;
use std::sync::Arc;
use store::{
    Account, Apps, Circle, Conversations, Cursor, Error, Fate, Interval, Leaf, Made, Membership, NewAccount,
    NewEntry, NewEvent, NewRoom, Opened, Opening, Oversight, People, Presences, Progress, Pushes, ReadMark,
    Readable, Receipts, Room, RoomHead, Rooms, SessionEnd, SessionId, SessionState, Shelf, Store, StoredWill,
    Told, Upshot, Ways,
};
use tokio::sync::watch;

/// What was seen.
#[derive(Debug, Default)]
struct Seen {
    opened: Option<(SessionId, u64)>,
    refuses: bool,
    refused: HashSet<RoomId>,
    written: HashSet<RoomId>,
}

/// A store under observation.
pub(crate) struct WatchedStore {
    store: Arc<dyn Store>,
    seen: watch::Sender<Seen>,
}

impl WatchedStore {
    pub(crate) fn new(store: Arc<dyn Store>) -> WatchedStore {
        WatchedStore { store, seen: watch::Sender::default() }
    }

    /// Refuses to write cursors from now on, or does it again.
    pub(crate) fn refuse_cursors(&self, refuses: bool) {
        self.seen.send_modify(|seen| seen.refuses = refuses);
    }

    /// Waits until the cursor of this room was refused.
    pub(crate) async fn refused(&self, room: RoomId) {
        self.wait_for("a refusal", |seen| seen.refused.contains(&room)).await;
    }

    /// Waits until the cursor of this room was written.
    pub(crate) async fn written(&self, room: RoomId) {
        self.wait_for("a cursor", |seen| seen.written.contains(&room)).await;
    }

    async fn wait_for(&self, what: &str, is_so: impl FnMut(&Seen) -> bool) {
        let mut seen = self.seen.subscribe();
        let waited = tokio::time::timeout(PATIENCE, seen.wait_for(is_so)).await;
        assert!(waited.is_ok(), "waited in vain for {what}");
    }
}

/// The engine's method of this name, for each of these.
macro_rules! observed {
    (
        watched { $($watched:item)* }
        passed { $(fn $name:ident($($word:ident: $kind:ty),*) -> $answer:ty;)* }
    ) => {
        #[async_trait]
        impl Store for WatchedStore {
            fn incarnation(&self) -> u64 {
                self.store.incarnation()
            }

            fn told(&self) -> &Told {
                self.store.told()
            }

            fn circle(&self) -> &dyn Circle {
                self.store.circle()
            }

            fn presences(&self) -> &dyn Presences {
                self.store.presences()
            }

            fn oversight(&self) -> &dyn Oversight {
                self.store.oversight()
            }

            fn places(&self) -> &dyn Rooms {
                self.store.places()
            }

            fn ways(&self) -> &dyn Ways {
                self.store.ways()
            }

            fn people(&self) -> &dyn People {
                self.store.people()
            }

            fn conversations(&self) -> &dyn Conversations {
                self.store.conversations()
            }

            fn shelf(&self) -> &dyn Shelf {
                self.store.shelf()
            }

            fn receipts(&self) -> &dyn Receipts {
                self.store.receipts()
            }

            fn apps(&self) -> &dyn Apps {
                self.store.apps()
            }

            fn pushes(&self) -> &dyn Pushes {
                self.store.pushes()
            }

            $($watched)*

            $(async fn $name(&self, $($word: $kind),*) -> Result<$answer, Error> {
                self.store.$name($($word),*).await
            })*
        }
    };
}

observed! {
    watched {
        async fn open_session(&self, opening: Opening<'_>) -> Result<Opened, Error> {
            let opened = self.store.open_session(opening).await?;
            self.seen.send_modify(|seen| {
                *seen = Seen { opened: opened.id.map(|id| (id, opened.epoch)), refuses: seen.refuses, ..Seen::default() };
            });
            Ok(opened)
        }

        async fn save_cursors(&self, moves: &[(SessionId, u64, Vec<(RoomId, Cursor)>)]) -> Result<(), Error> {
            let refuses = self.seen.borrow().refuses;
            if !refuses {
                self.store.save_cursors(moves).await?;
            }
            self.seen.send_modify(|seen| {
                let opened = seen.opened;
                let theirs = moves.iter().filter(|(id, epoch, _)| Some((*id, *epoch)) == opened);
                let rooms = theirs.flat_map(|(_, _, cursors)| cursors).map(|(room, _)| *room);
                if refuses { &mut seen.refused } else { &mut seen.written }.extend(rooms);
            });
            if refuses { Err(Error::Unavailable("a test refuses it".to_owned())) } else { Ok(()) }
        }
    }
    passed {
        fn tell(events: &[NewEvent]) -> ();
        fn add_account(account: &NewAccount) -> bool;
        fn account(handle: &Handle) -> Option<Account>;
        fn accounts(after: Option<&Handle>, limit: u32) -> Vec<Account>;
        fn make_room(room: &NewRoom) -> Made;
        fn find_or_make_direct(pair: (UserId, UserId), room: &NewRoom) -> RoomId;
        fn direct(pair: (UserId, UserId)) -> Option<Handle>;
        fn standing(room: &Handle, user: UserId) -> Option<Standing>;
        fn readable(room: &Handle, user: UserId) -> Option<Readable>;
        fn rooms(after: Option<&Handle>, limit: u32) -> Vec<Room>;
        fn members(room: RoomId, after: Option<&Handle>, limit: u32) -> Vec<(UserId, Handle)>;
        fn memberships(user: UserId, ended_since: Timestamp) -> (i64, Vec<Membership>);
        fn intervals(user: UserId, room: RoomId) -> Vec<Interval>;
        fn heads(rooms: &[RoomId]) -> Vec<RoomHead>;
        fn commit(batch: &[NewEntry]) -> Vec<Fate>;
        fn read(room: RoomId, after: Seq, to: Seq, limit: u32, now: Timestamp) -> Vec<Entry>;
        fn place_at(room: RoomId, at: Timestamp) -> Seq;
        fn pick(places: &[(RoomId, Seq)]) -> Vec<Entry>;
        fn page(room: RoomId, after: Seq, to: Seq, limit: u32, now: Timestamp) -> Leaf;
        fn upshots(room: RoomId, messages: &[Seq], user: UserId, now: Timestamp) -> Vec<Upshot>;
        fn replies(message: (RoomId, Seq), after: Seq, to: Seq, limit: u32, now: Timestamp) -> Vec<Entry>;
        fn pins(room: RoomId, now: Timestamp) -> Vec<Entry>;
        fn mark_read(marks: &[ReadMark]) -> Vec<Progress>;
        fn unread(user: UserId, room: RoomId) -> (Seq, u64);
        fn save_subscriptions(id: SessionId, epoch: u64, state: &SessionState) -> ();
        fn close_sessions(ends: &[SessionEnd]) -> ();
        fn end_session(id: SessionId, epoch: u64) -> ();
        fn expire_sessions(now: Timestamp, limit: u32) -> Vec<SessionId>;
        fn release(id: SessionId, packet_id: u16) -> bool;
        fn take_due_wills(now: Timestamp, limit: u32) -> Vec<(UserId, Handle, String, StoredWill)>;
        fn close() -> ();
    }
}
