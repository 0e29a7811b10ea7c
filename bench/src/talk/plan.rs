//! What the loads of speakers and listeners differ in.

use super::speaker::Pace;
use crate::crowd::Crowd;
use crate::settings::{Latency, Relay, Room, Say, Storm};
use mqtt::packet::Qos;

/// Messages a speaker of a fixed rate may have under way: no window of ours shall hold back what is due, but memory
/// stays bounded. The server's own window, which is smaller, may hold it back, and that time counts.
const DUE: u16 = 4_096;

/// A load.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Its name.
    pub(crate) load: &'static str,
    /// Those who speak.
    pub(crate) rows: usize,
    /// Rooms.
    pub(crate) rooms: usize,
    /// Members of each, the one who speaks included.
    pub(crate) members: usize,
    /// Messages each speaker may have under way.
    pub(crate) window: u16,
    /// Messages a second of all together, or as many as the window lets through.
    pub(crate) rate: Option<u32>,
    /// Further connections that read history meanwhile.
    pub(crate) replaying: usize,
    /// Bytes of a message.
    pub(crate) size: u32,
    /// How long.
    pub(crate) seconds: u64,
    /// How messages are said and delivered.
    pub(crate) qos: Qos,
}

impl Plan {
    pub(crate) fn say(say: &Say) -> Plan {
        Plan::of("say", Crowd::pairs(say.pairs, say.rooms_each), say.talk.size, say.talk.seconds)
            .with_window(say.window)
    }

    pub(crate) fn latency(latency: &Latency) -> Plan {
        let (crowd, talk) = (Crowd::pairs(latency.pairs, latency.rooms_each), &latency.talk);
        let plan = Plan::of("latency", crowd, talk.size, talk.seconds);
        Plan { replaying: latency.replaying.into(), ..plan }.at_rate(latency.rate)
    }

    pub(crate) fn room(room: &Room) -> Plan {
        Plan::of("room", Crowd::apart(room.rooms, room.members), room.talk.size, room.talk.seconds)
            .with_window(room.window)
    }

    pub(crate) fn relay(relay: &Relay) -> Plan {
        let crowd = Crowd::apart(relay.topics, relay.subscribers + 1);
        let plan = Plan::of("relay", crowd, relay.size, relay.seconds);
        let plan = Plan { qos: relay.qos.into(), ..plan };
        relay.rate.map_or(plan.clone().with_window(relay.window), |rate| plan.at_rate(rate))
    }

    /// The pairs beside a storm, if there are any.
    pub(crate) fn beside(storm: &Storm) -> Option<Plan> {
        let plan = Plan::of("storm", Crowd::apart(storm.pairs, 2), storm.size, storm.patience);
        storm.rate.map(|rate| plan.at_rate(rate))
    }

    /// The speakers take turns.
    pub(super) fn pace(&self, row: usize) -> Pace {
        self.rate.map_or(Pace::Window, |rate| {
            let between = 1_000_000.0 / f64::from(rate);
            Pace::Every { first: between * row as f64, every: between * self.rows as f64 }
        })
    }

    fn of(load: &'static str, crowd: Crowd, size: u32, seconds: u64) -> Plan {
        let (rooms, members, qos) = (crowd.rooms(), crowd.members, Qos::AtLeastOnce);
        Plan {
            load,
            rows: crowd.rows,
            rooms,
            members,
            window: DUE,
            rate: None,
            replaying: 0,
            size,
            seconds,
            qos,
        }
    }

    fn with_window(self, window: u16) -> Plan {
        Plan { window, ..self }
    }

    fn at_rate(self, rate: u32) -> Plan {
        Plan { rate: Some(rate), ..self }
    }
}
