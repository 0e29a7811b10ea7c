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
        Folk { people: passwords.into_iter().enumerate().map(person).collect(), rooms }
    }

    /// One who needs no room, to say who it is.
    #[must_use]
    pub fn one(name: String, password: Password) -> Folk {
        Folk { people: vec![Person { name, password, rooms: Vec::new() }], rooms: Vec::new() }
    }
}
