//! How far each room was told, so that every entry is told once, in order, also when the connection was lost meanwhile.
//!
//! The server keeps nothing of a listener that lost its connection. What is behind a hole is held back, the room is
//! asked for again from the hole on, and then comes in its order. A plain value that speaks to nobody.

use chat::{Handle, Seq};
use std::collections::HashMap;

/// See the module. It knows as many rooms as the user is in.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// The last entry told.
    told: HashMap<Handle, Seq>,
    /// Behind which entry a room was asked for last.
    asked: HashMap<Handle, Seq>,
}

/// What to do with something heard.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Tell,
    /// It was told, or will come again.
    Skip,
    /// Hear the room again from behind this entry on.
    Ask(Seq),
}

impl Order {
    /// It begins behind these entries.
    pub(super) fn behind(ends: HashMap<Handle, Seq>) -> Order {
        Order { told: ends, asked: HashMap::new() }
    }

    /// An entry, and the one before it on the listener's way.
    pub(super) fn entry(&mut self, room: &Handle, seq: Seq, prev: Seq) -> Turn {
        match self.told.get(room).copied() {
            Some(told) if seq <= told => Turn::Skip,
            Some(told) if prev > told => self.ask(room, told).map_or(Turn::Skip, Turn::Ask),
            _ => {
                self.told.insert(room.clone(), seq);
                Turn::Tell
            }
        }
    }

    /// Everything up to an entry was not told. Only when asking again did not help that is the last word.
    pub(super) fn gap(&mut self, room: &Handle, to: Seq) -> Turn {
        let told = self.told.get(room).copied();
        if told.is_some_and(|told| to <= told) {
            return Turn::Skip;
        }
        if let Some(since) = told.and_then(|told| self.ask(room, told)) {
            return Turn::Ask(since);
        }
        self.told.insert(room.clone(), to);
        Turn::Tell
    }

    /// Where each room goes on after the connection was lost.
    pub(super) fn places(&self) -> Vec<(Handle, Seq)> {
        self.told.iter().map(|(room, seq)| (room.clone(), *seq)).collect()
    }

    /// Once for each hole.
    fn ask(&mut self, room: &Handle, told: Seq) -> Option<Seq> {
        (self.asked.insert(room.clone(), told) != Some(told)).then_some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tea() -> Handle {
        Handle::new("tea").unwrap()
    }

    /// Entries by number and the number before.
    fn hears(order: &mut Order, entries: &[(u64, u64)]) -> Vec<Turn> {
        entries.iter().map(|(seq, prev)| order.entry(&tea(), Seq(*seq), Seq(*prev))).collect()
    }

    #[test]
    fn every_entry_is_told_once() {
        let mut order = Order::default();
        let turns = hears(&mut order, &[(7, 6), (8, 7), (7, 6), (10, 8)]);
        assert_eq!(turns, [Turn::Tell, Turn::Tell, Turn::Skip, Turn::Tell], "9 was not on the way");
    }

    #[test]
    fn what_is_behind_a_hole_waits_until_the_hole_is_filled() {
        let mut order = Order::behind([(tea(), Seq(3))].into());
        let turns = hears(&mut order, &[(6, 5), (7, 6), (4, 3), (5, 4), (6, 5), (7, 6)]);
        let filled = [Turn::Tell, Turn::Tell, Turn::Tell, Turn::Tell];
        assert_eq!(turns[..2], [Turn::Ask(Seq(3)), Turn::Skip]);
        assert_eq!(turns[2..], filled);
    }

    #[test]
    fn a_gap_is_told_when_asking_again_did_not_fill_it() {
        let mut order = Order::behind([(tea(), Seq(3))].into());
        assert_eq!(order.gap(&tea(), Seq(5)), Turn::Ask(Seq(3)));
        assert_eq!(hears(&mut order, &[(6, 5)]), [Turn::Skip]);
        assert_eq!(order.gap(&tea(), Seq(5)), Turn::Tell);
        assert_eq!(hears(&mut order, &[(6, 5)]), [Turn::Tell]);
        assert_eq!(order.gap(&tea(), Seq(5)), Turn::Skip);
    }

    #[test]
    fn after_a_lost_connection_each_room_goes_on_behind_what_was_told() {
        let mut order = Order::default();
        hears(&mut order, &[(7, 6), (8, 7)]);
        assert_eq!(order.places(), [(tea(), Seq(8))]);
    }
}
