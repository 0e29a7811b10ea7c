//! Whether all that was said in the rooms of one listener came: once, and in order.

use std::collections::BTreeSet;

/// Numbers remembered as missing. A load that loses more is wrong beyond doubt, and memory stays bounded; the
/// lowest are forgotten first.
const REMEMBERED: usize = 4_096;

/// The account of one listener: a tally for each room.
#[derive(Debug)]
pub(crate) struct Tallies(Vec<(u32, Tally)>);

impl Tallies {
    /// For one who is in these rooms.
    pub(crate) fn of(rooms: &[u32]) -> Tallies {
        let mut tallies: Vec<_> = rooms.iter().map(|&room| (room, Tally::default())).collect();
        tallies.sort_unstable_by_key(|(room, _)| *room);
        Tallies(tallies)
    }

    /// This number came in this room. Tells whether for the first time; `None` if the listener is not in it.
    pub(crate) fn hear(&mut self, room: u32, number: u32) -> Option<bool> {
        let at = self.0.binary_search_by_key(&room, |(room, _)| *room).ok()?;
        self.0.get_mut(at).map(|(_, tally)| tally.hear(number))
    }

    /// Of the messages that are owed, room by room, those that never came.
    pub(crate) fn lost(&self, said: impl Fn(u32) -> u64) -> u64 {
        self.0.iter().map(|(room, tally)| tally.lost(said(*room))).sum()
    }

    /// Whether none is behind what is owed, room by room.
    pub(crate) fn reach(&self, said: impl Fn(u32) -> u64) -> bool {
        self.0.iter().all(|(room, tally)| tally.next >= said(*room))
    }

    /// Messages it is past, heard or not, in the room where these are fewest.
    pub(crate) fn slowest(&self) -> u64 {
        self.0.iter().map(|(_, tally)| tally.next).min().unwrap_or(0)
    }

    /// Messages passed over: a later one came, and they did not.
    pub(crate) fn holes(&self) -> u64 {
        self.0.iter().map(|(_, tally)| tally.lost(tally.next)).sum()
    }

    pub(crate) fn doubled(&self) -> u64 {
        self.0.iter().map(|(_, tally)| tally.doubled).sum()
    }

    pub(crate) fn reordered(&self) -> u64 {
        self.0.iter().map(|(_, tally)| tally.reordered).sum()
    }
}

/// The account of one listener in one room.
#[derive(Debug, Default)]
struct Tally {
    /// The number that comes next, which may be one past the greatest.
    next: u64,
    /// Numbers under it that have not come.
    missing: BTreeSet<u32>,
    /// Messages that came, each counted once.
    heard: u64,
    /// Those that had come before.
    doubled: u64,
    /// Those that came after a later one.
    reordered: u64,
}

impl Tally {
    /// This number came. Tells whether for the first time.
    fn hear(&mut self, number: u32) -> bool {
        if u64::from(number) >= self.next {
            self.miss(number);
            self.next = u64::from(number) + 1;
        } else if self.missing.remove(&number) {
            self.reordered += 1;
        } else {
            self.doubled += 1;
            return false;
        }
        self.heard += 1;
        true
    }

    /// Of `said` messages that are owed, those that never came.
    fn lost(&self, said: u64) -> u64 {
        said.saturating_sub(self.heard)
    }

    /// All between the expected number and this one have not come.
    fn miss(&mut self, number: u32) {
        let reach = u32::try_from(REMEMBERED).unwrap_or(u32::MAX);
        let first = u32::try_from(self.next).unwrap_or(u32::MAX).max(number.saturating_sub(reach));
        self.missing.extend(first..number);
        while self.missing.len() > REMEMBERED {
            self.missing.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[u32]) -> Tally {
        let mut tally = Tally::default();
        numbers.iter().for_each(|&number| {
            tally.hear(number);
        });
        tally
    }

    #[test]
    fn what_comes_once_in_order_is_not_complained_of() {
        let tally = of(&[0, 1, 2, 3]);
        assert_eq!((tally.heard, tally.doubled, tally.reordered, tally.lost(4)), (4, 0, 0, 0));
    }

    #[test]
    fn lost_doubled_and_reordered_are_told_apart() {
        let tally = of(&[0, 2, 1, 1, 5]);
        assert_eq!((tally.heard, tally.doubled, tally.reordered), (4, 1, 1));
        assert_eq!(tally.lost(6), 2, "3 and 4");
    }

    #[test]
    fn rooms_are_counted_apart_and_no_other_is_heard() {
        let mut tallies = Tallies::of(&[7, 3]);
        assert_eq!(
            [tallies.hear(3, 0), tallies.hear(7, 0), tallies.hear(7, 0)],
            [Some(true), Some(true), Some(false)]
        );
        assert_eq!(tallies.hear(5, 0), None);
        let said = |room| if room == 3 { 4 } else { 1 };
        assert_eq!((tallies.lost(said), tallies.doubled(), tallies.reordered()), (3, 1, 0));
        assert_eq!(tallies.holes(), 0, "nothing came after what is lost");
        tallies.hear(3, 3);
        assert_eq!(tallies.holes(), 2, "1 and 2");
    }

    #[test]
    fn a_wild_number_costs_no_memory() {
        let mut tally = of(&[u32::MAX, u32::MAX]);
        assert_eq!((tally.heard, tally.doubled), (1, 1));
        assert!(tally.missing.len() <= REMEMBERED);
        assert!(tally.hear(u32::MAX - 1), "the latest that are missing are remembered");
    }
}
