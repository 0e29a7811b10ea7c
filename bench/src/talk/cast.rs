//! Who speaks where, and who hears it.

use super::plan::Plan;
use crate::folk::{Folk, Person};
use crate::settings::Relay;
use crate::wire::{Guest, Session};

/// The topics of a room.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// Where its speaker says something.
    pub(crate) say: String,
    /// Where its listeners hear it.
    pub(crate) hear: String,
}

/// Everybody, room by room. The first of each room speaks and the others hear.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) guests: Vec<Guest>,
    pub(crate) stages: Vec<Stage>,
    pub(crate) members: usize,
}

impl Cast {
    /// People in their rooms. They subscribe once, to all of them.
    /// The number of the first of them is given, since others may be connected as well.
    pub(crate) fn of(people: &[Person], rooms: &[String], members: usize, first: usize) -> Cast {
        let stage = |speaker: &Person| {
            let room = speaker.rooms.first().and_then(|&room| rooms.get(room as usize));
            let say = format!("rooms/{}/say", room.map_or("", String::as_str));
            Stage { say, hear: "rooms/+/said".to_owned() }
        };
        let guest = |(number, person)| Guest::of(person, first + number, Session::Ends);
        Cast {
            guests: people.iter().enumerate().map(guest).collect(),
            stages: people.iter().step_by(members).map(stage).collect(),
            members,
        }
    }

    /// Publishers and subscribers of plain topics. Topics and client ids carry the run, so that no other meets them.
    pub(crate) fn plain(relay: &Relay, plan: &Plan, folk: &Folk, run: u32) -> Cast {
        let topic = |number| format!("bench/{run:08x}/{number}");
        let guest = |number| Guest {
            number,
            client_id: format!("bench-{run:08x}-{number}"),
            person: folk.people.first().cloned(),
            version: relay.version.into(),
            session: Session::Ends,
        };
        Cast {
            guests: (0..plan.rooms * plan.members).map(guest).collect(),
            stages: (0..plan.rooms).map(|room| Stage { say: topic(room), hear: topic(room) }).collect(),
            members: plan.members,
        }
    }

    /// Whether that one speaks.
    pub(crate) fn speaks(&self, number: usize) -> bool {
        number.is_multiple_of(self.members)
    }
}
