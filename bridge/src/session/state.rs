//! What changes while a device is connected. All of it is guarded by the session's lock, which comes after the
//! hub's and before the outbound queue's.

use super::turns::Turns;
use super::{Behind, Newest, Path, Replies, Routes, Session, is_in_a_log};
use crate::ask::UnderWay;
use crate::hub::Hub;
use crate::pace::Waiting;
use crate::presence::Owed;
use crate::receipts::{Late, Wanted};
use crate::share::Group;
use crate::slot_set::SlotSet;
use broker::outbound::Mark;
use chat::{Handle, RoomId, Seq, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Interval;

/// What changes while a device is connected. Most of it is empty on an idle device, and ordered maps hold nothing
/// while they are.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) routes: Routes,
    /// Slots of the hubs it listens to.
    pub(crate) rooms: SlotSet,
    /// Rooms whose log is being read for it, and in which order they have their turn.
    pub(crate) behind: BTreeMap<RoomId, Behind>,
    pub(crate) turns: Turns,
    /// How many readings of logs were begun.
    pub(crate) readings: u64,
    /// Where its path really ends, in rooms whose last entries were not for it and in rooms that its user left.
    pub(crate) hidden: BTreeMap<RoomId, Path>,
    /// The group with which it shares what its user's rooms say, if it does.
    pub(crate) share: Option<Arc<Group>>,
    /// What stood before entries under way on this device's path, where that is not simply the entry before. At most as
    /// many as may be queued and in flight.
    pub(crate) odd_paths: BTreeMap<(i64, u64), Seq>,
    /// Sent again by the broker at resume; replay leaves these out. At most 256.
    pub(crate) redelivered: BTreeSet<Mark>,
    /// Those of them that are not acknowledged: no cursor that is written meanwhile may pass them.
    pub(crate) owed: BTreeSet<Mark>,
    /// Answers that are not acknowledged yet.
    pub(crate) replies: Replies,
    /// Of whom it is yet to hear how they are.
    pub(crate) unheard: Owed,
    /// Its requests under way, once it has asked for something.
    pub(crate) requests: Option<UnderWay>,
    /// Rooms in which something was acknowledged since cursors were last written.
    pub(crate) moved: BTreeSet<RoomId>,
    /// Rooms in which the device acknowledged something since it was last asked how far it is.
    pub(crate) acknowledged: BTreeSet<RoomId>,
    /// Receipts that it had no room for.
    pub(crate) late: Late,
    /// Filters by which it has just asked how far others are.
    pub(crate) wanted: Wanted,
    /// Where its messages wait their turn, while it speaks too fast.
    pub(crate) waiting: Option<Waiting>,
    /// Whether a task reads logs for it.
    pub(crate) catching_up: bool,
    /// Whether it has left its hubs for good: whoever comes with a room now is too late.
    pub(crate) departed: bool,
    /// Whether its rooms are still being looked up; what happens meanwhile waits in `meanwhile`.
    pub(crate) arriving: bool,
    pub(crate) meanwhile: Vec<Meanwhile>,
    /// How many of `meanwhile` were taken up.
    pub(crate) taken_up: usize,
    /// Where the earlier connection ended without saving, in a crash: what was taken before this server started
    /// may have been sent already, and says so.
    pub(crate) repeats_before: Option<Timestamp>,
}

/// A change of membership while a session's rooms were being looked up.
#[derive(Debug, Clone)]
pub(crate) enum Meanwhile {
    Joined { room: RoomId, handle: Handle, direct: bool, at: Seq },
    Left { room: RoomId, at: Seq },
}

impl State {
    /// Remembers what was told before an entry, for the case that it is told again.
    pub(crate) fn note_path(&mut self, room: RoomId, seq: Seq, prev: Seq) {
        if prev != seq.before() {
            self.odd_paths.insert((room.0, seq.0), prev);
        }
    }

    /// Takes down what the broker sends again. Until their rooms' cursors are written, the row keeps these entries.
    pub(crate) fn note_redelivered(&mut self, marks: impl Iterator<Item = Mark>) {
        self.redelivered = marks.collect();
        self.owed = self.redelivered.clone();
        let rooms = self.redelivered.iter().filter(|mark| is_in_a_log(**mark));
        self.moved.extend(rooms.map(|mark| RoomId(mark.log)));
    }

    /// What was told before an entry that is under way.
    pub(crate) fn path_before(&self, mark: Mark) -> Seq {
        let odd = self.odd_paths.get(&(mark.log, mark.position));
        odd.copied().unwrap_or(Seq(mark.position).before())
    }

    /// Gives a room its place among those that are read; true if nobody reads yet and somebody must begin.
    pub(crate) fn fall_behind(&mut self, mut behind: Behind) -> bool {
        behind.reading = self.next_reading();
        let (room, direct) = (behind.hub.room, behind.hub.direct);
        if self.behind.insert(room, behind).is_none() {
            self.turns.add(room, direct);
        }
        !std::mem::replace(&mut self.catching_up, true)
    }

    /// The number of a reading that begins, or begins anew.
    pub(super) fn next_reading(&mut self) -> u64 {
        self.readings += 1;
        self.readings
    }

    /// Notes a change of membership for later, if the session's rooms are still being looked up.
    pub(crate) fn put_off(&mut self, change: Meanwhile) -> bool {
        if self.arriving {
            self.meanwhile.push(change);
        }
        self.arriving
    }

    /// The next change to take up; none ends the arrival.
    pub(crate) fn next_meanwhile(&mut self) -> Option<Meanwhile> {
        let next = self.meanwhile.get(self.taken_up).cloned();
        self.taken_up += 1;
        if next.is_none() {
            (self.arriving, self.taken_up) = (false, 0);
            self.meanwhile = Vec::new();
        }
        next
    }

    /// Memberships as they were read, ended where a leave was told since.
    pub(crate) fn cut(&self, room: RoomId, memberships: &[Interval]) -> Vec<Interval> {
        let mut cut = memberships.to_vec();
        if let Some(last) = cut.last_mut().filter(|last| last.to_seq.is_none()) {
            last.to_seq = self.meanwhile.iter().find_map(|change| match change {
                Meanwhile::Left { room: left, at } if *left == room && *at >= last.joined => Some(*at),
                _ => None,
            });
        }
        cut
    }

    /// Takes up a room after `cursor`, whose log ends at `last`; true if somebody must begin to read.
    pub(crate) fn begin(&mut self, hub: &Arc<Hub>, cursor: Seq, memberships: &[Interval], last: Seq) -> bool {
        if let Some(behind) = self.behind.get_mut(&hub.room) {
            // Back before everything of an earlier membership was heard.
            behind.hub = hub.clone();
            behind.later.extend(memberships.iter().filter(|one| one.from_seq > cursor));
            return false;
        }
        let begins = || Behind::path_end(cursor, memberships).map(Path::At);
        let before = self.hidden.remove(&hub.room).or_else(begins);
        match Behind::through(hub.clone(), cursor, memberships) {
            Some(mut behind) if behind.sent < last || behind.until.is_some() => {
                behind.prev = before.unwrap_or(behind.prev);
                self.fall_behind(behind)
            }
            Some(_) => {
                self.hidden.extend(before.map(|end| (hub.room, end)));
                false
            }
            None => {
                // Left, and heard to the end.
                self.hidden.insert(hub.room, Path::At(cursor));
                false
            }
        }
    }

    /// A room that the user is not in when a subscription begins to cover it: its path begins at the leave. None if
    /// something of the room is known already.
    pub(crate) fn begin_left(&mut self, room: RoomId, left: Seq) -> Option<(RoomId, Seq)> {
        if self.behind.contains_key(&room) || self.hidden.contains_key(&room) {
            return None;
        }
        self.hidden.insert(room, Path::At(left));
        Some((room, left))
    }

    /// Takes up a room anew after `since`, whatever was heard of it; true if somebody must begin to read.
    pub(crate) fn rewind(
        &mut self,
        hub: &Arc<Hub>,
        since: Seq,
        memberships: &[Interval],
        last: Seq,
        newest: Option<Newest>,
    ) -> bool {
        self.hidden.remove(&hub.room);
        self.redelivered.retain(|mark| mark.log != hub.room.0);
        let Some(mut behind) = Behind::through(hub.clone(), since, memberships) else { return false };
        if behind.sent >= last {
            self.behind.remove(&hub.room);
            return false;
        }
        if let Some(newest) = newest {
            behind.trim(newest);
        }
        self.fall_behind(behind)
    }

    /// Whether this room is another's, with whom this device shares what rooms say.
    pub(crate) fn leaves_to_others(&self, session: &Session, room: RoomId) -> bool {
        self.routes.shared().is_some()
            && room.owner().is_none()
            && !self.share.as_ref().is_some_and(|group| group.gives(room, session))
    }

    /// The hub's slot among the rooms it listens to.
    pub(crate) fn note_room(&mut self, slot: u32) {
        self.rooms.insert(slot);
    }

    pub(crate) fn drop_room(&mut self, slot: u32) {
        self.rooms.remove(slot);
    }
}
