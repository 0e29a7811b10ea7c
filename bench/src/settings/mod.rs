//! What a person may ask for, with its bounds: a load is bounded in time, connections and memory.

mod place; // against which server

mod talk; // speakers and listeners

mod relay; // plain topics

mod beside; // and filters that match none of them

mod idle; // being there

mod offline; // having missed much

mod storm; // coming back

pub use beside::Beside;
pub use idle::Idle;
pub use offline::Offline;
pub use place::{House, Natter, Place};
pub use relay::{Qos, Relay, Version};
pub use storm::Storm;
pub use talk::{Latency, Room, Say, Talk};

use crate::crowd::Crowd;
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
    /// Plain topics of any MQTT broker, to compare with: it needs no Natter
    Relay(Relay),
    /// Connections that only listen: the server's memory for each
    Idle(Idle),
    /// Sessions that were away while much was said: how fast they hear it
    Offline(Offline),
    /// Many sessions come back at once, each with something missed
    Storm(Storm),
}

impl Load {
    /// Against which server, and how to tell.
    #[must_use]
    pub fn place(&self) -> &Place {
        self.target().0
    }

    /// Where its users and rooms come from, if it takes any.
    #[must_use]
    pub fn house(&self) -> Option<&House> {
        self.target().1
    }

    /// Whether it goes to where the server takes HTTP, and not MQTT.
    #[must_use]
    pub fn goes_by_http(&self) -> bool {
        matches!(self, Load::Idle(idle) if idle.websocket)
    }

    /// Whether one in each room speaks and the others hear.
    #[must_use]
    pub fn is_talk(&self) -> bool {
        match self {
            Load::Say(_) | Load::Latency(_) | Load::Room(_) | Load::Relay(_) => true,
            Load::Idle(_) | Load::Offline(_) | Load::Storm(_) => false,
        }
    }

    /// How many people it takes at least. The crowd may have more, where rooms would not be full.
    #[must_use]
    pub fn people(&self) -> usize {
        match self {
            Load::Idle(idle) => idle.connections.into(),
            Load::Storm(storm) => storm.sessions.into(),
            load => Crowd::of(load).map_or(0, |crowd| crowd.len()),
        }
    }

    /// How many connections it opens at most.
    #[must_use]
    pub fn connections(&self) -> usize {
        match self {
            Load::Relay(relay) => {
                let talkers = usize::from(relay.topics) * (1 + usize::from(relay.subscribers));
                talkers + relay.beside.connections()
            }
            Load::Latency(latency) => 2 * usize::from(latency.pairs) + usize::from(latency.replaying),
            load => [Crowd::of(load), Crowd::beside(load)].iter().flatten().map(Crowd::len).sum(),
        }
    }

    fn target(&self) -> (&Place, Option<&House>) {
        let natter = match self {
            Load::Relay(relay) => return (&relay.place, None),
            Load::Say(say) => &say.talk.natter,
            Load::Latency(latency) => &latency.talk.natter,
            Load::Room(room) => &room.talk.natter,
            Load::Idle(idle) => &idle.natter,
            Load::Offline(offline) => &offline.natter,
            Load::Storm(storm) => &storm.natter,
        };
        (&natter.place, Some(&natter.house))
    }
}
