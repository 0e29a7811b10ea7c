//! Who speaks where, and who hears it.

use super::speaker::Stage;
use crate::folk::Person;
use crate::wire::{EVERYTHING, Guest, Session};

/// Everybody, row by row. The first of each row speaks, in all rooms it is in, and the others hear.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) guests: Vec<Guest>,
    /// The rooms of each of them.
    pub(crate) rooms: Vec<Vec<u32>>,
    /// Where something is said in each room.
    pub(crate) say: Vec<String>,
    /// Where everything is heard; if there is no such place, on the topic where it is said.
    pub(crate) hear: Option<&'static str>,
    pub(crate) members: usize,
}

impl Cast {
    /// People in their rooms. They subscribe once, to all of them.
    /// The number of the first of them is given, since others may be connected as well.
    pub(crate) fn of(people: &[Person], rooms: &[String], members: usize, first: usize) -> Cast {
        let guest = |(number, person)| Guest::of(person, first + number, Session::Ends);
        Cast {
            guests: people.iter().enumerate().map(guest).collect(),
            rooms: people.iter().map(|person| person.rooms.clone()).collect(),
            say: rooms.iter().map(|room| format!("rooms/{room}/say")).collect(),
            hear: Some(EVERYTHING),
            members,
        }
    }

    /// Whether that one speaks.
    pub(crate) fn speaks(&self, number: usize) -> bool {
        number.is_multiple_of(self.members)
    }

    /// The rooms of this one.
    pub(crate) fn rooms_of(&self, number: usize) -> &[u32] {
        self.rooms.get(number).map_or(&[], Vec::as_slice)
    }

    /// Where this one speaks, room by room.
    pub(crate) fn stages(&self, number: usize) -> Vec<Stage> {
        let stage = |&room: &u32| Some(Stage { room, say: self.say.get(room as usize)?.clone() });
        self.rooms_of(number).iter().filter_map(stage).collect()
    }

    /// This one's first room, and where what is said there is heard.
    pub(crate) fn log_of(&self, number: usize) -> Option<(u32, String)> {
        let &room = self.rooms_of(number).first()?;
        let say = self.say.get(room as usize)?;
        Some((room, format!("{}/said", say.strip_suffix("/say")?)))
    }

    /// What this one subscribes to.
    pub(crate) fn filter(&self, number: usize) -> &str {
        let topic = || self.rooms_of(number).first().and_then(|&room| self.say.get(room as usize));
        self.hear.unwrap_or_else(|| topic().map_or("", String::as_str))
    }
}
