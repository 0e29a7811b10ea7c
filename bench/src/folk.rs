//! The people of a load, however they came to be.

use crate::crowd::Crowd;
use mqtt::packet::Password;

/// A person, and how it proves that.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its handle.
    pub name: String,
    /// A token or password.
    pub password: Password,
    /// Its rooms: places in [`Folk::rooms`].
    pub rooms: Vec<u32>,
}

/// Everybody, and the rooms they are in.
#[derive(Debug, Clone, Default)]
pub struct Folk {
    /// In the order of the load's [`Crowd`].
    pub people: Vec<Person>,
    /// Pairs beside them, for a load in which others talk meanwhile.
    pub others: Vec<Person>,
    /// The handles of rooms.
    pub rooms: Vec<String>,
}

impl Folk {
    /// The people of a crowd, with a password for each in its order.
    #[must_use]
    pub fn of(crowd: Crowd, passwords: Vec<Password>) -> Folk {
        let rooms = (0..crowd.rooms()).map(|room| crowd.room(room)).collect();
        let person = |(person, password)| Person {
            name: crowd.person(person),
            password,
            rooms: crowd.rooms_of(person).filter_map(|room| u32::try_from(room).ok()).collect(),
        };
        Folk { people: passwords.into_iter().enumerate().map(person).collect(), rooms, ..Folk::default() }
    }

    /// The same with others beside them, whose rooms are theirs alone.
    #[must_use]
    pub fn beside(mut self, others: Folk) -> Folk {
        let first = u32::try_from(self.rooms.len()).unwrap_or(u32::MAX);
        let moved = |person: Person| Person {
            rooms: person.rooms.iter().map(|room| first.saturating_add(*room)).collect(),
            ..person
        };
        self.others = others.people.into_iter().map(moved).collect();
        self.rooms.extend(others.rooms);
        self
    }

    /// One who needs no room, to say who it is.
    #[must_use]
    pub fn one(name: String, password: Password) -> Folk {
        Folk { people: vec![Person { name, password, rooms: Vec::new() }], ..Folk::default() }
    }
}
