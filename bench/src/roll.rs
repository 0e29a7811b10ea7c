//! People from a file: a user, a token and rooms on each line.

use crate::crowd::Crowd;
use crate::folk::{Folk, Person};
use mqtt::packet::Password;
use std::collections::HashMap;

/// Why a file has not whom a load takes. Nothing of it is quoted: it holds tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A line is too short.
    #[error("line {0} needs a user and a token, and after them the rooms that the user is in")]
    Line(usize),
    /// More than any load takes.
    #[error("{0} are the most people, and {1} the most rooms of them all together")]
    TooMany(usize, usize),
    /// Too few people.
    #[error("the load takes {takes} people, and {has} are there")]
    People {
        /// Of the load.
        takes: usize,
        /// In the file.
        has: usize,
    },
    /// Too few rooms that are somebody's first.
    #[error("the load takes {rooms} rooms that are the first of {members} people each, and {has} are there")]
    Rooms {
        /// Of the load.
        rooms: usize,
        /// People in each.
        members: usize,
        /// Large enough, in the file.
        has: usize,
    },
}

impl Folk {
    /// Everybody on the lines of a file. Blank lines and those that begin with `#` are none.
    ///
    /// # Errors
    /// [`Unfit`] when that can't be read.
    pub fn read(text: &str) -> Result<Folk, Unfit> {
        let too_many = Unfit::TooMany(Crowd::LARGEST, Crowd::MEMBERSHIPS);
        let (mut folk, mut numbers, mut memberships) = (Folk::default(), HashMap::new(), 0);
        for (line, words) in text.lines().enumerate() {
            let mut words = words.split_whitespace();
            let Some(name) = words.next().filter(|word| !word.starts_with('#')) else { continue };
            let token = words.next().ok_or(Unfit::Line(line + 1))?.to_owned();
            let rooms: Vec<u32> = words.map(|room| number(room, &mut numbers, &mut folk.rooms)).collect();
            memberships += rooms.len();
            folk.people.push(Person { name: name.to_owned(), password: Password(token.into()), rooms });
            if folk.people.len() > Crowd::LARGEST || memberships > Crowd::MEMBERSHIPS {
                return Err(too_many);
            }
        }
        Ok(folk)
    }

    /// The first of them.
    ///
    /// # Errors
    /// [`Unfit::People`] when they are fewer.
    pub fn first(mut self, takes: usize) -> Result<Folk, Unfit> {
        let has = self.people.len();
        self.people.truncate(takes);
        if has < takes { Err(Unfit::People { takes, has }) } else { Ok(self) }
    }

    /// The first rooms that are large enough, each with the first people whose first room it is.
    ///
    /// # Errors
    /// [`Unfit::Rooms`] when they are fewer than the crowd has.
    pub fn seated(self, crowd: Crowd) -> Result<Folk, Unfit> {
        let Crowd { rows, members, .. } = crowd;
        let mut seats = vec![Vec::new(); self.rooms.len()];
        for person in self.people {
            let row = person.rooms.first().and_then(|&room| seats.get_mut(room as usize));
            if let Some(row) = row {
                row.push(person);
            }
        }
        seats.retain(|row: &Vec<Person>| row.len() >= members);
        if seats.len() < rows {
            return Err(Unfit::Rooms { rooms: rows, members, has: seats.len() });
        }
        let people = seats.into_iter().take(rows).flat_map(|row| row.into_iter().take(members)).collect();
        Ok(Folk { people, rooms: self.rooms, ..Folk::default() })
    }
}

/// The number of a room, which is new if nobody was in it before.
fn number(room: &str, numbers: &mut HashMap<String, u32>, rooms: &mut Vec<String>) -> u32 {
    let next = u32::try_from(rooms.len()).unwrap_or(u32::MAX);
    *numbers.entry(room.to_owned()).or_insert_with(|| {
        rooms.push(room.to_owned());
        next
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "# who is there\n\nann one tea\nbo two tea garden\n cy\tthree  garden\ndi four garden\nel five\n";

    fn names(folk: &Folk) -> Vec<&str> {
        folk.people.iter().map(|person| person.name.as_str()).collect()
    }

    #[test]
    fn everybody_sits_in_their_first_room() {
        let folk = Folk::read(FILE).unwrap();
        assert_eq!(folk.rooms, ["tea", "garden"]);
        assert_eq!(folk.people[1].rooms, [0, 1]);
        assert_eq!(&folk.people[1].password.0[..], b"two");
        let pairs = Folk::read(FILE).unwrap().seated(Crowd::apart(2, 2)).unwrap();
        assert_eq!(names(&pairs), ["ann", "bo", "cy", "di"]);
        let three = folk.seated(Crowd::apart(1, 3)).unwrap_err();
        assert_eq!(three, Unfit::Rooms { rooms: 1, members: 3, has: 0 });
    }

    #[test]
    fn those_who_need_no_room_are_the_first() {
        let folk = Folk::read(FILE).unwrap();
        assert_eq!(names(&folk.clone().first(2).unwrap()), ["ann", "bo"]);
        assert_eq!(folk.first(6).unwrap_err(), Unfit::People { takes: 6, has: 5 });
    }

    #[test]
    fn a_line_without_a_token_is_named_and_not_quoted() {
        let error = Folk::read("ann one tea\n\nsecret\n").unwrap_err();
        assert_eq!(error, Unfit::Line(3));
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
