//! Where a session stands in every room, for the store: the end of its unbroken prefix.

use super::{Session, is_in_a_log};
use crate::hub::{Hub, Hubs};
use broker::outbound::Mark;
use chat::{Handle, RoomId, Seq};
use std::collections::{BTreeSet, HashMap};
use store::Cursor;

/// So far a cursor is put back to where the device's path ends, and what lies between is looked at again: a page of a log.
const LOOK_BACK: u64 = 50;

/// Positions under way to becoming cursors: first how far each room was sent, then what of it is unacknowledged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Positions(HashMap<RoomId, (Seq, Option<Handle>)>);

impl Positions {
    fn sent(&mut self, hub: &Hub, to: Seq) {
        self.0.insert(hub.room, (to, Some(hub.handle.clone())));
    }

    /// Everything from this mark on has to come again. Marks of rooms that were left, and heard to their end,
    /// count too: the device has not said that it has them.
    pub(crate) fn unacknowledged(&mut self, mark: Mark) {
        if is_in_a_log(mark) {
            self.put_back(RoomId(mark.log), Seq(mark.position).before());
        }
    }

    fn put_back(&mut self, room: RoomId, to: Seq) {
        let place = self.0.entry(room).or_insert((to, None));
        place.0 = place.0.min(to);
    }

    /// The positions in rooms that can be shared, taken out of these.
    pub(crate) fn take_rooms(&mut self) -> Positions {
        let (rooms, own) =
            std::mem::take(&mut self.0).into_iter().partition(|(room, _)| room.owner().is_none());
        self.0 = own;
        Positions(rooms)
    }

    /// Rooms, and up to where everything was acknowledged.
    pub(crate) fn stands(self) -> Vec<(RoomId, Seq)> {
        self.0.into_iter().map(|(room, (at, _))| (room, at)).collect()
    }

    /// Those in these rooms.
    pub(crate) fn in_rooms(&self, only: &BTreeSet<RoomId>) -> Positions {
        let mut some = self.clone();
        some.keep(only);
        some
    }

    fn keep(&mut self, only: &BTreeSet<RoomId>) {
        self.0.retain(|room, _| only.contains(room));
    }
}

/// The end of a path, if it is near enough to this place to be its cursor; otherwise the place.
fn near(path: Seq, place: Seq) -> Seq {
    if path.0 + LOOK_BACK >= place.0 { path.min(place) } else { place }
}

impl Session {
    /// Stops listening everywhere and says how far each room was sent. The hub is asked before the queue: an
    /// entry that passed the hub was offered, so it is in the queue, acknowledged, or the room is behind.
    pub(crate) fn leave_hubs(&self, hubs: &Hubs) -> Positions {
        let rooms = {
            let mut state = self.state();
            state.departed = true;
            std::mem::take(&mut state.rooms)
        };
        let mut positions = Positions::default();
        for hub in rooms.iter().filter_map(|slot| hubs.at(slot)) {
            let last = {
                let mut held = hub.hold();
                held.take(self.slot);
                held.last()
            };
            positions.sent(&hub, last);
            hubs.tidy(&hub);
        }
        self.add_behind(&mut positions);
        positions
    }

    /// Positions of the rooms in which something moved since this was last asked.
    pub(crate) fn moved(&self, hubs: &Hubs) -> Positions {
        let moved = {
            let mut state = self.state();
            if state.arriving {
                return Positions::default();
            }
            std::mem::take(&mut state.moved)
        };
        self.stands_in(hubs, &moved)
    }

    /// Rooms in which the device acknowledged something since this was last asked; nothing while its rooms are being looked
    /// up. What a device leaves that goes, its departure says.
    pub(crate) fn take_acknowledged(&self) -> Option<BTreeSet<RoomId>> {
        let mut state = self.state();
        if state.departed {
            return Some(BTreeSet::new());
        }
        (!state.arriving).then(|| std::mem::take(&mut state.acknowledged))
    }

    /// Up to where this device has everything in these rooms, and has said so.
    pub(crate) fn delivered_in(&self, hubs: &Hubs, rooms: &BTreeSet<RoomId>) -> Vec<(RoomId, Seq)> {
        let share = self.state().share.clone();
        let mut cursors = self.cursors(self.stands_in(hubs, rooms), std::iter::empty());
        // Of rooms that are another's by now it says nothing.
        cursors.retain(|(room, _)| share.as_ref().is_none_or(|group| group.gives(*room, self)));
        let delivered = cursors.into_iter().map(|(room, cursor)| (room, Seq(cursor.delivered)));
        delivered.filter(|(_, seq)| seq.0 > 0).collect()
    }

    fn stands_in(&self, hubs: &Hubs, moved: &BTreeSet<RoomId>) -> Positions {
        // Most sessions heard nothing since: they are not looked through.
        if moved.is_empty() {
            return Positions::default();
        }
        let owed = self.state().owed.clone();
        let mut positions = Positions::default();
        for hub in moved.iter().filter_map(|room| hubs.get(*room)).filter(|hub| self.listens(hub)) {
            let last = hub.hold().last();
            positions.sent(&hub, last);
        }
        self.add_behind(&mut positions);
        let mut marks = Vec::new();
        self.outbound.unacknowledged(|mark| marks.push(mark));
        // Known here before the connection has them in its queue.
        marks.extend(owed);
        self.come_again(&mut positions, &marks);
        positions.keep(moved);
        positions
    }

    fn add_behind(&self, positions: &mut Positions) {
        let state = self.state();
        for behind in state.behind.values() {
            positions.sent(&behind.hub, behind.sent);
        }
        // Rooms that were left and heard to their end keep their place: whoever comes back goes on from there. So do those
        // whose last entries were none of this device's, or it would not be known any more where its path ended.
        for (room, path) in &state.hidden {
            let place = positions.0.entry(*room).or_insert((path.end(), None));
            place.0 = near(path.end(), place.0);
        }
    }

    /// These, and all after them, have to come again, each with what was told before it.
    pub(crate) fn come_again(&self, positions: &mut Positions, marks: &[Mark]) {
        let state = self.state();
        for mark in marks.iter().filter(|mark| is_in_a_log(**mark)) {
            let before = near(state.path_before(*mark), Seq(mark.position).before());
            positions.put_back(RoomId(mark.log), before);
        }
    }

    /// Positions as cursors. What only the kernel took counts as sent, never as delivered; nor does what is `in
    /// flight`, although replay goes on after it: it comes again by itself.
    pub(crate) fn cursors(
        &self,
        positions: Positions,
        in_flight: impl Iterator<Item = Mark>,
    ) -> Vec<(RoomId, Cursor)> {
        let mut undelivered = Positions::default();
        in_flight.for_each(|mark| undelivered.unacknowledged(mark));
        let state = self.state();
        let cursor = |(room, (at, handle)): (RoomId, (Seq, Option<Handle>))| {
            let by_device = handle.is_none_or(|handle| state.routes.is_acknowledged(&handle));
            let delivered = undelivered.0.get(&room).map_or(at, |(before, _)| at.min(*before));
            (room, Cursor { resume: at.0, delivered: if by_device { delivered.0 } else { 0 } })
        };
        positions.0.into_iter().map(cursor).collect()
    }
}
