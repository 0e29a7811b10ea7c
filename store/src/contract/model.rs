//! What a store should say, in the plainest words: lists in memory, counted anew at every question.

use crate::{Fate, Settings, SettingsChange};
use chat::{Denial, Objection, RoomId, Seq, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// For whom a call stands that is for everybody.
pub(super) const EVERYBODY: UserId = UserId(0);

/// An entry of a room.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) sender: UserId,
    pub(super) n: u64,
    pub(super) at: i64,
    /// Whether it was said, or is only told or done.
    pub(super) is_message: bool,
    pub(super) is_recalled: bool,
    /// Whom it calls, as it is worded now.
    pub(super) calls: BTreeSet<UserId>,
    /// Who put the sign to it, by which entry.
    pub(super) signs: BTreeMap<UserId, (Seq, u64, i64)>,
}

/// A room: entry 1 is the first.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) entries: Vec<Entry>,
    pub(super) rules: i64,
    /// Whose it is, as long as they are in it.
    pub(super) owner: Option<UserId>,
    /// Where everybody's memberships began and ended.
    pub(super) stretches: BTreeMap<UserId, Vec<(u64, Option<u64>)>>,
    /// The step at which it last changed.
    pub(super) changed: u64,
}

/// What a room is to one person.
#[derive(Debug, Default, Clone)]
pub(super) struct Own {
    pub(super) read: u64,
    pub(super) settings: Settings,
    pub(super) unsaid: Option<String>,
    pub(super) changed: u64,
    pub(super) went: u64,
}

/// Everything.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) rooms: BTreeMap<RoomId, Room>,
    pub(super) own: BTreeMap<(UserId, RoomId), Own>,
    pub(super) step: u64,
}

/// A line of somebody's list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) room: RoomId,
    pub(super) last: u64,
    pub(super) read: u64,
    pub(super) unread: u64,
    pub(super) mentions: u64,
    pub(super) settings: Settings,
    pub(super) unsaid: Option<String>,
}

impl Room {
    pub(super) fn last(&self) -> u64 {
        self.entries.len() as u64
    }

    fn n(&self) -> u64 {
        self.entries.last().map_or(0, |last| last.n)
    }

    pub(super) fn entry(&self, seq: u64) -> Option<&Entry> {
        self.entries.get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    fn entry_mut(&mut self, seq: u64) -> Option<&mut Entry> {
        self.entries.get_mut(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    /// The entry from which a member hears.
    pub(super) fn member(&self, user: UserId) -> Option<u64> {
        self.stretches.get(&user)?.last().filter(|(_, to)| to.is_none()).map(|(from, _)| *from)
    }

    /// Appends an entry.
    fn put(&mut self, sender: UserId, at: i64, is_message: bool, calls: BTreeSet<UserId>) -> (Seq, u64) {
        let n = self.n() + u64::from(is_message);
        let (is_recalled, signs) = (false, BTreeMap::new());
        self.entries.push(Entry { sender, n, at, is_message, is_recalled, calls, signs });
        (Seq(self.last()), n)
    }

    fn called(&self, sender: UserId, names: &[UserId]) -> BTreeSet<UserId> {
        match names.contains(&EVERYBODY) {
            true => BTreeSet::from([EVERYBODY]),
            false => {
                names.iter().copied().filter(|who| *who != sender && self.member(*who).is_some()).collect()
            }
        }
    }
}

impl Model {
    fn room(&mut self, id: RoomId) -> &mut Room {
        self.rooms.get_mut(&id).expect("a test has its rooms")
    }

    fn own(&mut self, user: UserId, room: RoomId) -> &mut Own {
        self.own.entry((user, room)).or_default()
    }

    /// A room is made, with entry 1.
    pub(super) fn make(&mut self, id: RoomId, by: UserId, members: &[UserId], at: i64) {
        let stretches = members.iter().map(|user| (*user, vec![(1, None)])).collect();
        let mut room = Room { rules: 1, owner: Some(by), stretches, changed: self.step, ..Room::default() };
        room.put(by, at, false, BTreeSet::new());
        self.rooms.insert(id, room);
    }

    fn stored(&mut self, room: RoomId, (seq, n): (Seq, u64)) -> Fate {
        let step = self.step;
        self.room(room).changed = step;
        Fate::stored(seq, n)
    }

    pub(super) fn say(&mut self, id: RoomId, by: UserId, at: i64, names: &[UserId]) -> Fate {
        let room = self.room(id);
        let calls = room.called(by, names);
        let placed = room.put(by, at, true, calls);
        let own = self.own(by, id);
        own.read = placed.0.0;
        (own.unsaid, own.settings.marked) = (None, false);
        self.stored(id, placed)
    }

    /// Whether something may be done to an entry by one who sees it from `from`.
    fn target(&mut self, id: RoomId, by: UserId, of: u64) -> Result<&mut Entry, Objection> {
        let room = self.room(id);
        let from = room.member(by).unwrap_or(u64::MAX);
        let entry = room.entry_mut(of).filter(|one| one.is_message && (of >= from || one.sender == by));
        match entry {
            None => Err(Objection::NoSuchMessage),
            Some(entry) if entry.is_recalled => Err(Objection::Recalled),
            Some(entry) => Ok(entry),
        }
    }

    pub(super) fn edit(&mut self, id: RoomId, by: UserId, at: i64, of: u64, names: &[UserId]) -> Fate {
        match self.target(id, by, of) {
            Err(objection) => return Fate::Objected(objection),
            Ok(entry) if entry.sender != by => return Fate::Objected(Objection::NotYours),
            Ok(_) => {}
        }
        let room = self.room(id);
        let calls = room.called(by, names);
        let placed = room.put(by, at, false, BTreeSet::new());
        if let Some(entry) = room.entry_mut(of) {
            entry.calls = calls;
        }
        self.stored(id, placed)
    }

    pub(super) fn recall(&mut self, id: RoomId, by: UserId, at: i64, of: u64) -> Fate {
        match self.target(id, by, of) {
            Err(objection) => return Fate::Objected(objection),
            Ok(entry) if entry.sender != by => return Fate::Objected(Objection::NotYours),
            Ok(entry) => {
                entry.is_recalled = true;
                entry.calls.clear();
            }
        }
        let placed = self.room(id).put(by, at, false, BTreeSet::new());
        self.stored(id, placed)
    }

    pub(super) fn react(&mut self, id: RoomId, by: UserId, at: i64, of: u64) -> Fate {
        match self.target(id, by, of) {
            Err(objection) => return Fate::Objected(objection),
            Ok(entry) => {
                if let Some((seq, n, at)) = entry.signs.get(&by) {
                    return Fate::Duplicate { seq: *seq, n: *n, at: chat::Timestamp(*at) };
                }
            }
        }
        let room = self.room(id);
        let placed = room.put(by, at, false, BTreeSet::new());
        if let Some(entry) = room.entry_mut(of) {
            entry.signs.insert(by, (placed.0, placed.1, at));
        }
        self.stored(id, placed)
    }

    pub(super) fn join(&mut self, id: RoomId, user: UserId, at: i64) -> Fate {
        let room = self.room(id);
        if room.member(user).is_some() {
            return Fate::Unchanged;
        }
        let placed = room.put(user, at, false, BTreeSet::new());
        room.rules += 1;
        room.stretches.entry(user).or_default().push((placed.0.0, None));
        self.own(user, id).read = placed.0.0;
        self.stored(id, placed)
    }

    pub(super) fn leave(&mut self, id: RoomId, user: UserId, by: UserId, at: i64) -> Fate {
        let step = self.step;
        let room = self.room(id);
        if room.member(user).is_none() {
            return Fate::Unchanged;
        }
        if room.owner == Some(user) {
            if room.stretches.keys().any(|other| *other != user && room.member(*other).is_some()) {
                return Fate::Denied(Denial::OwnerStays);
            }
            room.owner = None;
        }
        let placed = room.put(by, at, false, BTreeSet::new());
        room.rules += 1;
        if let Some(stretch) = room.stretches.get_mut(&user).and_then(|all| all.last_mut()) {
            stretch.1 = Some(placed.0.0);
        }
        let own = self.own(user, id);
        *own = Own { read: own.read, went: step, ..Own::default() };
        self.stored(id, placed)
    }

    pub(super) fn read(&mut self, id: RoomId, user: UserId, seq: u64) {
        let (step, seq) = (self.step, seq.min(self.room(id).last()));
        if self.room(id).member(user).is_none() {
            return;
        }
        let own = self.own(user, id);
        if seq > own.read {
            (own.read, own.changed) = (seq, step);
        }
        if std::mem::take(&mut own.settings.marked) {
            own.changed = step;
        }
    }

    pub(super) fn set(&mut self, id: RoomId, user: UserId, change: &SettingsChange) -> bool {
        let step = self.step;
        if self.room(id).member(user).is_none() {
            return false;
        }
        let own = self.own(user, id);
        own.settings.muted_until = change.muted_until.unwrap_or(own.settings.muted_until);
        own.settings.pinned = change.pinned.unwrap_or(own.settings.pinned);
        own.settings.archived = change.archived.unwrap_or(own.settings.archived);
        own.settings.marked = change.marked.unwrap_or(own.settings.marked);
        own.settings.push_level = change.push_level.unwrap_or(own.settings.push_level);
        own.changed = step;
        true
    }

    pub(super) fn begin(&mut self, id: RoomId, user: UserId, text: &str) -> bool {
        let step = self.step;
        if self.room(id).member(user).is_none() {
            return false;
        }
        let own = self.own(user, id);
        own.unsaid = Some(text.to_owned()).filter(|text| !text.is_empty());
        own.changed = step;
        true
    }

    /// The list of a user, and which of it changed after this step.
    pub(super) fn list(&self, user: UserId, since: Option<u64>) -> Vec<Line> {
        let mut rooms: Vec<_> = self.rooms.iter().filter(|(_, room)| room.member(user).is_some()).collect();
        rooms.sort_by_key(|(id, room)| std::cmp::Reverse((room.entries.last().map(|last| last.at), id.0)));
        rooms
            .into_iter()
            .map(|(id, room)| (id, room, self.own.get(&(user, *id)).cloned().unwrap_or_default()))
            .filter(|(_, room, own)| since.is_none_or(|since| room.changed > since || own.changed > since))
            .map(|(id, room, own)| Line {
                room: *id,
                last: room.last(),
                read: own.read,
                unread: room.n() - room.entry(own.read).map_or(0, |entry| entry.n),
                mentions: room.calls_after(own.read, user),
                settings: own.settings,
                unsaid: own.unsaid,
            })
            .collect()
    }

    /// The rooms that a user went out of after this step and is not in.
    pub(super) fn gone(&self, user: UserId, since: u64) -> Vec<RoomId> {
        let went = |(id, room): (&RoomId, &Room)| {
            let own = self.own.get(&(user, *id));
            (room.member(user).is_none() && own.is_some_and(|own| own.went > since)).then_some(*id)
        };
        self.rooms.iter().filter_map(went).collect()
    }
}

impl Room {
    fn calls_after(&self, read: u64, user: UserId) -> u64 {
        let after = self.entries.iter().skip(usize::try_from(read).unwrap_or(usize::MAX));
        let calls = after.filter(|entry| entry.calls.contains(&user) || entry.calls.contains(&EVERYBODY));
        calls.count() as u64
    }
}
