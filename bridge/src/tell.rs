//! Users hear what is in no room's log: each in their own room, on `me/events`.
//!
//! The promise: who is told something hears it on every device that listens, in order, and later where a device is away.
//! The event is in the log first, often in the transaction of the act it tells of; here it is only noticed that somebody's
//! own room has more in it, and the rest is a room like any other.

use crate::Bridge;
use crate::core::Core;
use crate::heard::Heard;
use crate::hub::Hub;
use crate::news::pause;
use crate::session::Touched;
use chat::{Event, Handle, Seq, UserId};
use std::sync::Arc;
use store::{Error, Moved, NewEvent};

/// Entries that are read at once.
const PAGE: u32 = 500;

impl Bridge {
    /// Tells a user something. When this returns it is on the disk; a user who is not there is told nothing. What a store
    /// method changes is told by that method, so that neither happens without the other: see [`store::Store::tell`].
    ///
    /// # Errors
    /// The store's.
    pub async fn tell(&self, user: UserId, event: Event) -> Result<(), Error> {
        self.core().store.tell(&[NewEvent::new(user, event, self.core().now())]).await
    }
}

/// Passes on what is in own rooms, until the server stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut touched = Touched::default();
    loop {
        let moved = tokio::select! {
            moved = core.store.told().next() => moved,
            () = core.stop.cancelled() => return,
        };
        for one in moved {
            while let Err(error) = pass_on(&core, one, &mut touched).await {
                pause(&error).await;
            }
        }
        touched.wake();
        core.read_for(touched.fell_behind.drain(..));
    }
}

/// One user's devices hear what is new. Those that listened before the room was made begin at its beginning.
async fn pass_on(core: &Arc<Core>, moved: Moved, touched: &mut Touched) -> Result<(), Error> {
    let room = moved.user.own_room();
    if moved.made {
        core.came(moved.user, (room, &Handle::own(moved.user), true), Seq::FIRST).await?;
    }
    match core.hubs.get(room) {
        Some(hub) => level(core, &hub, moved.last, touched).await,
        None => Ok(()),
    }
}

/// Reads the log from where the hub is to where it ends.
async fn level(core: &Core, hub: &Arc<Hub>, last: Seq, touched: &mut Touched) -> Result<(), Error> {
    hub.hold().expect(last);
    loop {
        let after = hub.hold().last();
        if after >= last {
            return Ok(());
        }
        let page = core.store.read(hub.room, after, last, PAGE, core.now()).await?;
        let is_full = page.len() == PAGE as usize;
        let read: Vec<Arc<Heard>> =
            page.into_iter().map(|entry| Arc::new(Heard::new(entry, hub.handle.clone()))).collect();
        let upto = read.last().filter(|_| is_full).map_or(last, |last| last.seq());
        hub.pass_read(&read, upto, &core.ears(), touched);
    }
}
