//! Whom a load takes: rooms of one size, and their members, of whom nobody is in two rooms.

use crate::settings::Load;
use mqtt::packet::Password;

/// Members of a room of the idle load.
const IDLE_ROOM: usize = 100;

/// Rooms of one size. Their names carry it, so that a load finds its own rooms again and never those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// How many rooms.
    pub rooms: usize,
    /// Members of each.
    pub members: usize,
}

/// A member, and how it proves that.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its handle.
    pub name: String,
    /// A token or password.
    pub password: Password,
}

impl Crowd {
    /// The most people of a load: as many connections are open at once.
    pub const LARGEST: usize = 50_000;

    /// The crowd of a load.
    #[must_use]
    pub fn of(load: &Load) -> Crowd {
        match load {
            Load::Say(say) => Crowd { rooms: say.pairs.into(), members: 2 },
            Load::Latency(latency) => Crowd { rooms: latency.pairs.into(), members: 2 },
            Load::Room(room) => Crowd { rooms: room.rooms.into(), members: room.members.into() },
            Load::Idle(idle) => {
                let connections = usize::from(idle.connections);
                Crowd { rooms: connections.div_ceil(IDLE_ROOM), members: connections.min(IDLE_ROOM) }
            }
        }
    }

    /// How many people that are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rooms * self.members
    }

    /// Whether it is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The handle of a room.
    #[must_use]
    pub fn room(&self, room: usize) -> String {
        format!("bench-{}-{room}", self.members)
    }

    /// The handles of a room's members; the first is the one who speaks.
    #[must_use]
    pub fn members(&self, room: usize) -> Vec<String> {
        (0..self.members).map(|member| format!("bench-{}-{room}-{member}", self.members)).collect()
    }

    /// Everybody, room by room.
    #[must_use]
    pub fn people(&self) -> Vec<String> {
        (0..self.rooms).flat_map(|room| self.members(room)).collect()
    }
}
