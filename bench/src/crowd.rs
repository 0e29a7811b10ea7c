//! Whom a load takes: rooms of one size and their members, each in as many rooms as the others.
//!
//! Members sit in rows, and every row is a room. For a second room of everybody each seat moves along the rows by its
//! own number, for a third by twice that, and so on: rooms of one size again, with other company in each.

use crate::settings::Load;

/// Rooms of one size. Their names carry it, so that a load finds its own rooms again and never those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// Rows of people, each of which is a room.
    pub rows: usize,
    /// People in a row, and members of every room.
    pub members: usize,
    /// Rooms that each of them is in.
    pub rooms_each: usize,
}

impl Crowd {
    /// The most people of a load: as many connections are open at once.
    pub const LARGEST: usize = 50_000;

    /// The most memberships of a load. The server writes a row for each, which takes minutes for so many.
    pub const MEMBERSHIPS: usize = 5_000_000;

    /// Whom a load takes that needs people; a relay takes nobody.
    #[must_use]
    pub fn of(load: &Load) -> Option<Crowd> {
        match load {
            Load::Say(say) => Some(Crowd::pairs(say.pairs, say.rooms_each)),
            Load::Latency(latency) => Some(Crowd::pairs(latency.pairs, latency.rooms_each)),
            Load::Room(room) => Some(Crowd::apart(room.rooms, room.members)),
            Load::Relay(_) => None,
            Load::Offline(offline) => {
                let (members, rooms_each) = (1 + usize::from(offline.sessions), offline.rooms.into());
                Some(Crowd { rows: 1, members, rooms_each })
            }
            Load::Storm(storm) => {
                Some(Crowd::around(storm.sessions.into(), storm.members.into(), storm.rooms.into()))
            }
            Load::Idle(idle) => {
                Some(Crowd::around(idle.connections.into(), idle.members.into(), idle.rooms.into()))
            }
        }
    }

    /// The pairs that talk beside a storm, if it has any.
    #[must_use]
    pub fn beside(load: &Load) -> Option<Crowd> {
        match load {
            Load::Storm(storm) => storm.rate.map(|_| Crowd::apart(storm.pairs, 2)),
            _ => None,
        }
    }

    /// Rooms of that size, with nobody in two of them.
    #[must_use]
    pub fn apart(rooms: u16, members: u16) -> Crowd {
        Crowd { rows: rooms.into(), members: members.into(), rooms_each: 1 }
    }

    /// Rooms of two, so many for each speaker: the other is another one in each, where there are enough.
    #[must_use]
    pub fn pairs(rows: u16, rooms_each: u16) -> Crowd {
        Crowd { rows: rows.into(), members: 2, rooms_each: rooms_each.into() }
    }

    /// So many people at least, in rooms of that size, or of everybody if that is less.
    #[must_use]
    pub fn around(people: usize, members: usize, rooms_each: usize) -> Crowd {
        let members = members.min(people).max(1);
        Crowd { rows: people.div_ceil(members), members, rooms_each }
    }

    /// How many people that are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows * self.members
    }

    /// Whether it is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rooms.
    #[must_use]
    pub fn rooms(&self) -> usize {
        self.rows * self.rooms_each
    }

    /// How many memberships those are.
    #[must_use]
    pub fn memberships(&self) -> usize {
        self.len() * self.rooms_each
    }

    /// The handle of a room.
    #[must_use]
    pub fn room(&self, room: usize) -> String {
        format!("{}-{room}", self.name())
    }

    /// The handle of a person.
    #[must_use]
    pub fn person(&self, person: usize) -> String {
        format!("{}-{}-{}", self.name(), person / self.members, person % self.members)
    }

    /// The rooms of a person, its row's first.
    pub fn rooms_of(&self, person: usize) -> impl Iterator<Item = usize> {
        let (row, seat, rows) = (person / self.members, person % self.members, self.rows);
        (0..self.rooms_each).map(move |round| round * rows + (row + seat * round) % rows)
    }

    /// The members of a room. The first of a row's members is the one who speaks in it.
    pub fn members(&self, room: usize) -> impl Iterator<Item = usize> {
        let (round, row, rows, members) = (room / self.rows, room % self.rows, self.rows, self.members);
        (0..members).map(move |seat| {
            let from = (row + rows - seat * round % rows) % rows;
            from * members + seat
        })
    }

    /// What its names begin with. Where people are in several rooms, who meets whom depends on all three numbers.
    fn name(&self) -> String {
        let Crowd { rows, members, rooms_each } = self;
        match rooms_each {
            1 => format!("bench-{members}"),
            _ => format!("bench-{rooms_each}-{members}-{rows}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_in_as_many_rooms_and_every_room_has_as_many_members() {
        for (rows, members, rooms_each) in [(1, 1, 1), (1, 3, 4), (7, 3, 1), (7, 3, 5), (10, 10, 25)] {
            let crowd = Crowd { rows, members, rooms_each };
            let of_rooms: Vec<(usize, usize)> = (0..crowd.rooms())
                .flat_map(|room| crowd.members(room).map(move |person| (person, room)))
                .collect();
            let mut of_people: Vec<(usize, usize)> = (0..crowd.len())
                .flat_map(|person| crowd.rooms_of(person).map(move |room| (person, room)))
                .collect();
            assert_eq!(of_rooms.len(), crowd.rooms() * members);
            let mut of_rooms = of_rooms;
            of_rooms.sort_unstable();
            of_people.sort_unstable();
            assert_eq!(of_rooms, of_people, "{crowd:?}");
            of_people.dedup();
            assert_eq!(of_people.len(), of_rooms.len(), "nobody is in a room twice: {crowd:?}");
        }
    }

    #[test]
    fn crowds_of_other_shapes_share_no_names() {
        let shapes = [(4, 2, 1), (4, 3, 1), (4, 2, 3), (5, 2, 3), (4, 2, 13)];
        let names = shapes.map(|(rows, members, rooms_each)| Crowd { rows, members, rooms_each }.room(0));
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
    }
}
