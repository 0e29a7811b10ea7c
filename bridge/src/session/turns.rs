//! Which room's log is read next.

use chat::RoomId;
use std::collections::VecDeque;

/// Rooms that are read, in turn: rooms of two before the others. A device that is level has no lines.
#[derive(Debug, Default)]
pub(crate) struct Turns(Option<Box<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    direct: VecDeque<RoomId>,
    others: VecDeque<RoomId>,
}

impl Turns {
    pub(super) fn add(&mut self, room: RoomId, direct: bool) {
        let lines = self.0.get_or_insert_default();
        if direct { lines.direct.push_back(room) } else { lines.others.push_back(room) }
    }

    /// The next room, which goes to the end of its line.
    pub(super) fn next(&mut self, is_behind: impl Fn(RoomId) -> bool) -> Option<RoomId> {
        let lines = self.0.as_mut()?;
        for line in [&mut lines.direct, &mut lines.others] {
            while let Some(room) = line.pop_front() {
                if is_behind(room) {
                    line.push_back(room);
                    return Some(room);
                }
            }
        }
        self.0 = None;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_of_two_come_first_and_each_line_goes_round() {
        let mut turns = Turns::default();
        for (room, direct) in [(1, false), (2, true), (3, false), (4, true)] {
            turns.add(RoomId(room), direct);
        }
        let mut next = |gone: &[i64]| turns.next(|room| !gone.contains(&room.0)).map(|room| room.0);
        assert_eq!([next(&[]), next(&[]), next(&[])], [Some(2), Some(4), Some(2)]);
        assert_eq!([next(&[2, 4]), next(&[2, 4]), next(&[2, 4])], [Some(1), Some(3), Some(1)]);
        assert_eq!(next(&[1, 2, 3, 4]), None);
    }
}
