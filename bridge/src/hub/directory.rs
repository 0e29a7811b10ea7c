//! Which hubs there are.

use super::Hub;
use crate::slots::Slots;
use chat::{Handle, RoomId};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Error, Store};

/// Hubs by room and by slot. A hub is here while somebody listens or is about to.
#[derive(Debug)]
pub(crate) struct Hubs {
    by_room: Mutex<HashMap<RoomId, Arc<Hub>>>,
    slots: Slots<Hub>,
}

/// How many rooms one question to the store names.
const HEADS_AT_ONCE: usize = 500;

impl Hubs {
    pub(crate) fn new() -> Hubs {
        Hubs { by_room: Mutex::new(HashMap::new()), slots: Slots::new() }
    }

    pub(crate) fn get(&self, room: RoomId) -> Option<Arc<Hub>> {
        self.by_room.lock().get(&room).cloned()
    }

    pub(crate) fn at(&self, slot: u32) -> Option<Arc<Hub>> {
        self.slots.get(slot)
    }

    /// The open hubs of these rooms, each pinned until [`Hubs::release`]. A hub is in the directory before the
    /// log's end is read, so that a commit in between is seen by one or the other.
    ///
    /// # Errors
    /// The store's; nothing stays pinned then.
    pub(crate) async fn open(
        &self,
        store: &dyn Store,
        rooms: impl IntoIterator<Item = (RoomId, Handle, bool)>,
    ) -> Result<Vec<Arc<Hub>>, Error> {
        let hubs: Vec<Arc<Hub>> =
            rooms.into_iter().map(|(id, handle, direct)| self.pinned(id, handle, direct)).collect();
        let closed: Vec<RoomId> =
            hubs.iter().filter(|hub| !hub.hold().is_open()).map(|hub| hub.room).collect();
        for part in closed.chunks(HEADS_AT_ONCE) {
            match store.heads(part).await {
                Ok(heads) => heads.iter().for_each(|head| {
                    if let Some(hub) = self.get(head.room) {
                        hub.hold().open_at(head.last_seq);
                    }
                }),
                Err(error) => {
                    hubs.iter().for_each(|hub| self.release(hub));
                    return Err(error);
                }
            }
        }
        Ok(hubs)
    }

    fn pinned(&self, room: RoomId, handle: Handle, direct: bool) -> Arc<Hub> {
        let mut by_room = self.by_room.lock();
        let hub = by_room
            .entry(room)
            .or_insert_with(|| self.slots.insert(|slot| Hub::new(room, handle, direct, slot)));
        hub.hold().pin();
        hub.clone()
    }

    /// Undoes one pin; a hub that nobody uses goes.
    pub(crate) fn release(&self, hub: &Hub) {
        let mut by_room = self.by_room.lock();
        let mut held = hub.hold();
        held.unpin();
        if held.is_unused() {
            self.forget(&mut by_room, hub);
        }
    }

    /// A listener went: a hub that nobody uses goes with it.
    pub(crate) fn tidy(&self, hub: &Hub) {
        let mut by_room = self.by_room.lock();
        if hub.hold().is_unused() {
            self.forget(&mut by_room, hub);
        }
    }

    fn forget(&self, by_room: &mut HashMap<RoomId, Arc<Hub>>, hub: &Hub) {
        // The hub may have gone before, and another of the same room be here now.
        if by_room.get(&hub.room).is_some_and(|here| here.slot == hub.slot) {
            by_room.remove(&hub.room);
            self.slots.remove(hub.slot);
        }
    }
}
