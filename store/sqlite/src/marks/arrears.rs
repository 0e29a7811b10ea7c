//! Marks that the log tells and the table of marks does not say yet.
//!
//! Who says something has read what was before it. To write that with each message would be a page of the file for
//! each, where many rooms speak; here the marks of many messages wait, the newest of each person and room, and are
//! written in the order of the table, a few with each batch. Nothing is lost in a crash: `meta.marked` says up to
//! which message it was done, and a start reads the messages after that ([`recover`]).
//!
//! They wait in two heaps. When the newer one is large enough and the older is written, it becomes the older.

use super::{Place, advance};
use crate::failure::error;
use chat::{RoomId, Seq, UserId};
use parking_lot::Mutex;
use sqlx::SqliteConnection;
use std::collections::{BTreeMap, HashMap};
use store::Error;
use store::plan::Mark;

/// Messages after which the heaps change places. A start after a crash reads twice as many at most: part of a second.
const TURN: usize = 50_000;
/// Marks that go along with a batch at least.
const SLICE: usize = 64;

/// Shared by the lane, which fills and writes it, and by who asks how far somebody has read.
pub(crate) struct Arrears(Mutex<Heaps>);

#[derive(Default)]
struct Heaps {
    newer: HashMap<Place, Mark>,
    /// Messages that `newer` is of.
    messages: usize,
    /// In the order of the table, so that those of one page are written together.
    older: BTreeMap<Place, Mark>,
    /// The last message that `older` is of.
    up_to: i64,
}

/// What goes along with a batch.
pub(crate) struct Slice {
    marks: Vec<(Place, Mark)>,
    /// The message up to which all marks are written with it.
    done: Option<i64>,
}

impl Arrears {
    /// The batch with these marks is on the disk; its last message has this id.
    pub(crate) fn add(&self, marks: Vec<(Place, Mark)>, messages: usize, last: i64) {
        let mut heaps = self.0.lock();
        for (place, mark) in marks {
            let known = heaps.newer.entry(place).or_insert(mark);
            *known = (*known).max(mark);
        }
        heaps.messages += messages;
        if heaps.messages >= TURN && heaps.older.is_empty() {
            heaps.older = std::mem::take(&mut heaps.newer).into_iter().collect();
            (heaps.messages, heaps.up_to) = (0, last);
        }
    }

    /// What to write along with a batch of so many messages: as many marks, so that the older heap is gone before
    /// the newer is full.
    pub(crate) fn slice(&self, messages: usize) -> Slice {
        let heaps = self.0.lock();
        let marks: Vec<_> =
            heaps.older.iter().take(messages.max(SLICE)).map(|(place, mark)| (*place, *mark)).collect();
        let done = (!marks.is_empty() && marks.len() == heaps.older.len()).then_some(heaps.up_to);
        Slice { marks, done }
    }

    /// The slice is on the disk.
    pub(crate) fn written(&self, slice: &Slice) {
        let mut heaps = self.0.lock();
        for (place, _) in &slice.marks {
            heaps.older.remove(place);
        }
    }

    /// The marks that wait for this person in these rooms, in their order.
    pub(crate) fn of_all(&self, user: UserId, rooms: impl Iterator<Item = RoomId>) -> Vec<Option<Mark>> {
        let heaps = self.0.lock();
        let marks = rooms.map(|room| (user, room));
        marks.map(|place| heaps.newer.get(&place).max(heaps.older.get(&place)).copied()).collect()
    }

    /// The marks that wait for these people in this room, in their order.
    pub(crate) fn of_people(&self, room: RoomId, people: impl Iterator<Item = UserId>) -> Vec<Option<Mark>> {
        let heaps = self.0.lock();
        let marks = people.map(|user| (user, room));
        marks.map(|place| heaps.newer.get(&place).max(heaps.older.get(&place)).copied()).collect()
    }

    /// The mark that waits for this person and room.
    pub(crate) fn of(&self, user: UserId, room: RoomId) -> Option<Mark> {
        let (heaps, place) = (self.0.lock(), (user, room));
        heaps.newer.get(&place).max(heaps.older.get(&place)).copied()
    }
}

impl Slice {
    pub(crate) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Writes it in the running transaction.
    pub(crate) async fn write(&self, conn: &mut SqliteConnection) -> Result<(), Error> {
        advance(&mut *conn, self.marks.iter().copied()).await?;
        if let Some(up_to) = self.done {
            let update = sqlx::query!("update meta set marked = ?", up_to);
            update.execute(conn).await.map_err(error)?;
        }
        Ok(())
    }
}

/// What a start finds in arrears. It only reads, so that a full disk is no hindrance.
pub(crate) async fn recover(conn: &mut SqliteConnection) -> Result<Arrears, Error> {
    let up_to = sqlx::query_scalar!(r#"select coalesce(max(id), 0) as "id!: i64" from message"#);
    let up_to = up_to.fetch_one(&mut *conn).await.map_err(error)?;
    // With `max` SQLite takes the other columns from the row that has it. Kinds below 32 are what people said.
    let rows = sqlx::query!(
        r#"select sender_id as "sender_id!", room_id as "room_id!", max(seq) as "seq!: i64", n as "n!" from message
           where id > (select marked from meta) and kind < 32 group by sender_id, room_id"#
    );
    let rows = rows.fetch_all(conn).await.map_err(error)?.into_iter().map(|row| {
        let mark = Mark { seq: Seq(row.seq.cast_unsigned()), n: row.n.cast_unsigned() };
        ((UserId(row.sender_id), RoomId(row.room_id)), mark)
    });
    let heaps = Heaps { older: rows.collect(), up_to, ..Heaps::default() };
    Ok(Arrears(Mutex::new(heaps)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [Place; 2] = [(UserId(7), RoomId(1)), (UserId(5), RoomId(2))];

    fn mark(seq: u64) -> Mark {
        Mark { seq: Seq(seq), n: seq }
    }

    #[test]
    fn a_mark_is_known_from_the_commit_until_it_is_written_and_the_newest_counts() {
        let arrears = Arrears(Mutex::default());
        let [place, other] = PLACES;
        arrears.add(vec![(place, mark(4)), (other, mark(1))], TURN, 90);
        arrears.add(vec![(place, mark(6))], 1, 91);
        let slice = arrears.slice(0);
        assert_eq!(slice.marks, [(other, mark(1)), (place, mark(4))]);
        assert_eq!(slice.done, Some(90));
        assert_eq!(arrears.of(place.0, place.1), Some(mark(6)));
        assert_eq!(arrears.of(other.0, other.1), Some(mark(1)));
        arrears.written(&slice);
        assert_eq!(arrears.of(other.0, other.1), None);
        assert_eq!(arrears.of(place.0, place.1), Some(mark(6)), "the newer one waits for its turn");
    }

    #[test]
    fn the_heaps_change_places_only_when_the_older_is_written_to_the_end() {
        let arrears = Arrears(Mutex::default());
        let many = (0..SLICE as i64 + 1).map(|user| ((UserId(user), RoomId(1)), mark(1)));
        arrears.add(many.collect(), TURN, 90);
        let first = arrears.slice(1);
        assert_eq!((first.marks.len(), first.done), (SLICE, None));
        arrears.written(&first);
        arrears.add(vec![(PLACES[0], mark(2))], TURN, 95);
        let last = arrears.slice(1);
        assert_eq!((last.marks.len(), last.done), (1, Some(90)), "the mark of 95 is not in it");
        arrears.written(&last);
        arrears.add(Vec::new(), 1, 96);
        assert_eq!(arrears.slice(1).done, Some(96));
    }
}
