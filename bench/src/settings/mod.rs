//! What a person may ask for, with its bounds: a load is bounded in time, connections and memory.

mod place; // against which server

mod talk; // speakers and listeners

mod idle; // being there

pub use idle::Idle;
pub use place::{House, Place};
pub use talk::{Latency, Room, Say};

use clap::Subcommand;

/// Which load.
#[derive(Debug, Clone, Subcommand)]
pub enum Load {
    /// Pairs: one says as fast as the window lets it, the other hears
    Say(Say),
    /// A fixed rate: how long an answer takes, from the moment the message was due
    Latency(Latency),
    /// Rooms: one member says, all others hear
    Room(Room),
    /// Connections that only listen: the server's memory for each
    Idle(Idle),
}

impl Load {
    /// Against which server, and how to tell.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Load::Say(say) => &say.place,
            Load::Latency(latency) => &latency.place,
            Load::Room(room) => &room.place,
            Load::Idle(idle) => &idle.place,
        }
    }

    /// Where its users and rooms are made.
    #[must_use]
    pub fn house(&self) -> &House {
        match self {
            Load::Say(say) => &say.house,
            Load::Latency(latency) => &latency.house,
            Load::Room(room) => &room.house,
            Load::Idle(idle) => &idle.house,
        }
    }
}
