//! All rooms, the one where something was said last first, and the one that is open.

use super::room::Room;
use chat::Handle;
use std::cmp::Reverse;

/// Rooms kept. Whoever is in more sees the liveliest of them.
pub(in crate::terminal) const ROOMS: usize = 200;

/// See the module.
#[derive(Debug, Default)]
pub(in crate::terminal) struct Rooms {
    /// In the order in which they are shown.
    all: Vec<Room>,
    open: Option<Handle>,
}

impl Rooms {
    /// As they are shown.
    pub(in crate::terminal) fn iter(&self) -> std::slice::Iter<'_, Room> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Room> {
        self.all.iter_mut()
    }

    /// The room that is open, and its place in the list.
    pub(in crate::terminal) fn open(&self) -> Option<(usize, &Room)> {
        let open = self.open.as_ref()?;
        self.all.iter().enumerate().find(|(_, room)| room.handle == *open)
    }

    pub(super) fn open_mut(&mut self) -> Option<&mut Room> {
        let open = self.open.as_ref()?;
        self.all.iter_mut().find(|room| room.handle == *open)
    }

    /// Opens a room, which is made if it is not listed.
    pub(super) fn go_to(&mut self, handle: &Handle) {
        self.get(handle);
        self.open = Some(handle.clone());
    }

    /// Opens the room so many places further down, around the end.
    pub(super) fn step(&mut self, down: isize) {
        let count = self.all.len().cast_signed();
        let from = self.open().map_or(0, |(at, _)| at.cast_signed());
        if count > 0 {
            let to = (from + down).rem_euclid(count).cast_unsigned();
            self.open = Some(self.all[to].handle.clone());
        }
    }

    pub(super) fn has(&self, handle: &Handle) -> bool {
        self.all.iter().any(|room| room.handle == *handle)
    }

    /// The direct room with somebody, where it is known.
    pub(super) fn with(&mut self, user: &Handle) -> Option<&mut Room> {
        self.all.iter_mut().find(|room| room.with.as_ref() == Some(user))
    }

    /// A room, made if it is not listed; the quietest one that is not open makes place for it.
    pub(super) fn get(&mut self, handle: &Handle) -> &mut Room {
        let at = match self.all.iter().position(|room| room.handle == *handle) {
            Some(at) => at,
            None => {
                self.make_place();
                self.all.push(Room::new(handle.clone()));
                self.open.get_or_insert_with(|| handle.clone());
                self.all.len() - 1
            }
        };
        &mut self.all[at]
    }

    /// Puts them in order again.
    pub(super) fn sort(&mut self) {
        self.all.sort_by(|a, b| (Reverse(a.active), &a.handle).cmp(&(Reverse(b.active), &b.handle)));
    }

    fn make_place(&mut self) {
        if self.all.len() >= ROOMS {
            let open = self.open.as_ref();
            let quietest = self.all.iter().rposition(|room| Some(&room.handle) != open);
            if let Some(at) = quietest {
                self.all.remove(at);
            }
        }
    }
}
