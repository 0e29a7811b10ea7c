//! What there is, in the plainest words: lists in memory, counted anew at every question.
//!
//! Nothing of the product's own rules is asked here. What it says about who may do what was written a second time, from
//! what is promised.

use chat::{History, Joining, Kind, Role};
use std::collections::{BTreeMap, BTreeSet};

/// A person, by their place in [`PEOPLE`].
pub(super) type Person = usize;

pub(super) const PEOPLE: [&str; 4] = ["ann", "bo", "cy", "di"];
/// How many rooms there are: a group of ann, bo and cy, open to everybody, a channel of ann and bo, into which one is
/// invited, and the room of those two.
pub(super) const ROOMS: usize = 3;
pub(super) const TEA: usize = 0;
pub(super) const DEN: usize = 1;
pub(super) const TWO: usize = 2;

/// What came of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is this entry of the log.
    Entry(u64),
    /// It was so already, by this entry.
    Before(u64),
    /// It is so, and no entry tells of it now.
    Done,
    /// Why not.
    No(&'static str),
}

/// Whom a message calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) all: bool,
    pub(super) names: BTreeSet<Person>,
}

/// An entry of a log.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) by: Person,
    pub(super) kind: Kind,
    /// The message it gave other words, if it is an edit.
    pub(super) edits: Option<u64>,
    /// What is to be known if it is a message.
    pub(super) message: Option<Message>,
}

/// What has become of a message.
#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    pub(super) is_recalled: bool,
    pub(super) is_edited: bool,
    /// As it is worded now, and as who was there when it was worded so.
    pub(super) calls: Calls,
    /// Who put which sign, by which entry.
    pub(super) signs: BTreeMap<(Person, usize), u64>,
    /// The entry that pinned it.
    pub(super) pinned: Option<u64>,
}

/// What somebody is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) role: Role,
    pub(super) is_muted: bool,
}

/// A membership: the first entry that may be read, the one of the join, and the one of the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: u64,
    pub(super) joined: u64,
    pub(super) to: Option<u64>,
}

/// A link into a room.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) room: usize,
    pub(super) role: Role,
    pub(super) uses_left: Option<u32>,
    pub(super) is_over: bool,
}

/// What somebody set for a room, and how far they have read it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mine {
    pub(super) read: u64,
    pub(super) pinned: bool,
    pub(super) archived: bool,
    pub(super) marked: bool,
    pub(super) began: bool,
}

/// A room.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) is_of_two: bool,
    pub(super) described: bool,
    pub(super) join: Joining,
    pub(super) listed: bool,
    pub(super) history: History,
    pub(super) write: Role,
    pub(super) pin: Role,
    pub(super) invite: Role,
    pub(super) call_all: Role,
    pub(super) limit: u32,
    pub(super) log: Vec<Entry>,
    pub(super) seats: BTreeMap<Person, Seat>,
    pub(super) stretches: BTreeMap<Person, Vec<Stretch>>,
    pub(super) mine: BTreeMap<Person, Mine>,
    pub(super) banned: BTreeSet<Person>,
    pub(super) invited: BTreeMap<Person, Role>,
    pub(super) asked: BTreeSet<Person>,
}

/// Everything.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) rooms: [Room; ROOMS],
    /// All that were ever made.
    pub(super) links: Vec<Link>,
    /// Who keeps whom away.
    pub(super) away: BTreeSet<(Person, Person)>,
}

/// What somebody finds of a room in their list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) room: usize,
    pub(super) role: Role,
    pub(super) last: u64,
    pub(super) unread: u64,
    pub(super) mentions: u64,
    pub(super) mine: Mine,
}

impl Model {
    pub(super) fn new() -> Model {
        let group = Room::new(&[(0, Role::Owner), (1, Role::Member), (2, Role::Member)]);
        let channel = Room::new(&[(0, Role::Owner), (1, Role::Member)]);
        let two = Room::new(&[(0, Role::Owner), (1, Role::Owner)]);
        let group = Room { join: Joining::Open, history: History::All, ..group };
        let channel = Room { write: Role::Admin, invite: Role::Admin, ..channel };
        Model {
            rooms: [group, channel, Room { is_of_two: true, ..two }],
            links: Vec::new(),
            away: BTreeSet::new(),
        }
    }

    pub(super) fn room(&mut self, room: usize) -> &mut Room {
        &mut self.rooms[room]
    }

    /// Whether one of the two keeps the other away, so that nothing is said in the room of both.
    pub(super) fn is_closed(&self, room: usize) -> bool {
        room == TWO && (self.away.contains(&(0, 1)) || self.away.contains(&(1, 0)))
    }

    pub(super) fn list(&self, who: Person) -> Vec<Line> {
        let lines = self.rooms.iter().enumerate().filter_map(|(at, room)| {
            let seat = room.seats.get(&who)?;
            let mine = room.mine.get(&who).copied().unwrap_or_default();
            Some(Line {
                room: at,
                role: seat.role,
                last: room.last(),
                unread: room.messages_after(mine.read).count() as u64,
                mentions: room.messages_after(mine.read).filter(|one| one.calls.are_for(who)).count() as u64,
                mine,
            })
        });
        lines.collect()
    }
}

impl Calls {
    fn are_for(&self, who: Person) -> bool {
        self.all || self.names.contains(&who)
    }
}

impl Room {
    fn new(members: &[(Person, Role)]) -> Room {
        let seat = |role| Seat { role, is_muted: false };
        let stretch = Stretch { from: 1, joined: 1, to: None };
        Room {
            is_of_two: false,
            described: false,
            join: Joining::Invite,
            listed: false,
            history: History::FromJoin,
            write: Role::Member,
            pin: Role::Admin,
            invite: Role::Member,
            call_all: Role::Admin,
            limit: 0,
            log: vec![Entry { by: 0, kind: Kind::Created, edits: None, message: None }],
            seats: members.iter().map(|(who, role)| (*who, seat(*role))).collect(),
            stretches: members.iter().map(|(who, _)| (*who, vec![stretch])).collect(),
            mine: BTreeMap::new(),
            banned: BTreeSet::new(),
            invited: BTreeMap::new(),
            asked: BTreeSet::new(),
        }
    }

    pub(super) fn last(&self) -> u64 {
        self.log.len() as u64
    }

    /// Counted back from the last entry.
    pub(super) fn at(&self, back: u64) -> u64 {
        self.last().saturating_sub(back).max(1)
    }

    pub(super) fn entry(&self, seq: u64) -> Option<&Entry> {
        self.log.get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    pub(super) fn message(&mut self, seq: u64) -> Option<&mut Message> {
        self.log.get_mut(usize::try_from(seq).ok()?.checked_sub(1)?)?.message.as_mut()
    }

    pub(super) fn mine(&mut self, who: Person) -> &mut Mine {
        self.mine.entry(who).or_default()
    }

    fn messages_after(&self, seq: u64) -> impl Iterator<Item = &Message> {
        let after = self.log.iter().skip(usize::try_from(seq).unwrap_or(usize::MAX));
        after.filter_map(|entry| entry.message.as_ref())
    }

    /// Appends an entry that is no message.
    pub(super) fn put(&mut self, by: Person, kind: Kind) -> u64 {
        self.log.push(Entry { by, kind, edits: None, message: None });
        self.last()
    }

    /// The call as who is in the room hears it; who says it calls others only.
    pub(super) fn called(&self, by: Person, calls: &Calls) -> Calls {
        let names = calls.names.iter().copied();
        match calls.all {
            true => Calls { all: true, names: BTreeSet::new() },
            false => Calls {
                all: false,
                names: names.filter(|who| *who != by && self.seats.contains_key(who)).collect(),
            },
        }
    }

    /// Whether somebody may read an entry, by any of their memberships.
    pub(super) fn may_read(&self, who: Person, seq: u64) -> bool {
        let covers = |one: &Stretch| one.from <= seq && one.to.is_none_or(|to| seq <= to);
        self.stretches.get(&who).is_some_and(|all| all.iter().any(covers))
    }

    /// The entries that a device of theirs is told, if it began to listen after `begin`.
    pub(super) fn audible(&self, who: Person, begin: u64) -> Vec<u64> {
        let stretches = self.stretches.get(&who).into_iter().flatten();
        let heard = stretches.flat_map(|one| one.joined..=one.to.unwrap_or(self.last()));
        heard.filter(|seq| *seq > begin).collect()
    }

    /// Whether an entry lost its words when the message was recalled that it gave other ones.
    pub(super) fn is_erased(&self, seq: u64) -> bool {
        let of = self.entry(seq).and_then(|entry| entry.edits).and_then(|of| self.entry(of));
        of.and_then(|of| of.message.as_ref()).is_some_and(|message| message.is_recalled)
    }
}
