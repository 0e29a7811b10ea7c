//! A set of small numbers: the rooms of an idle device, the listeners of a room. It changes seldom and stays for long,
//! and there are millions of them.
//!
//! A set of ordinary size is the steps from each number to the next one, in one to five bytes each: two for most, however
//! many devices and rooms there are. Finding a place in it means walking there, a nanosecond for each step; so a large
//! one is a sorted list, in which a place is found by halving. The bytes grow by an eighth, not by doubling.

mod steps; // a small set, step by step

use steps::Steps;

/// The most numbers of a set that is kept as steps: a walk through all of them takes a microsecond.
const WALKED: usize = 1_024;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) enum SlotSet {
    Small(Steps),
    Large(Vec<u32>),
}

impl Default for SlotSet {
    fn default() -> SlotSet {
        SlotSet::Small(Steps::default())
    }
}

impl SlotSet {
    /// Adds a number; false if it was there.
    pub(crate) fn insert(&mut self, slot: u32) -> bool {
        let added = match self {
            SlotSet::Small(steps) => steps.insert(slot),
            SlotSet::Large(list) => {
                let Err(place) = list.binary_search(&slot) else { return false };
                if list.len() == list.capacity() {
                    list.reserve_exact(list.len() / 8);
                }
                list.insert(place, slot);
                true
            }
        };
        self.fit();
        added
    }

    /// Takes a number out; false if it was not there.
    pub(crate) fn remove(&mut self, slot: u32) -> bool {
        let removed = match self {
            SlotSet::Small(steps) => steps.remove(slot),
            SlotSet::Large(list) => {
                let Ok(place) = list.binary_search(&slot) else { return false };
                list.remove(place);
                true
            }
        };
        self.fit();
        removed
    }

    pub(crate) fn contains(&self, slot: u32) -> bool {
        match self {
            SlotSet::Small(steps) => steps.iter().take_while(|&one| one <= slot).last() == Some(slot),
            SlotSet::Large(list) => list.binary_search(&slot).is_ok(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            SlotSet::Small(steps) => steps.is_empty(),
            SlotSet::Large(list) => list.is_empty(),
        }
    }

    /// In ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let (steps, list) = match self {
            SlotSet::Small(steps) => (Some(steps.iter()), &[][..]),
            SlotSet::Large(list) => (None, &list[..]),
        };
        steps.into_iter().flatten().chain(list.iter().copied())
    }

    /// Becomes the other one past its bounds. What grew is not small again before it is half as large.
    fn fit(&mut self) {
        match self {
            SlotSet::Small(steps) if steps.len() > WALKED => {
                *self = SlotSet::Large(steps.iter().collect());
            }
            SlotSet::Large(list) if list.len() < WALKED / 2 => {
                *self = SlotSet::Small(list.iter().copied().collect());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// It grows first and empties later.
    fn plays(numbers: u32, steps: u32, check: impl Fn(&SlotSet, &BTreeSet<u32>)) {
        let (mut slots, mut model, mut dice) =
            (SlotSet::default(), BTreeSet::new(), fastrand::Rng::with_seed(7));
        for step in 0..steps {
            let (slot, comes) = (dice.u32(..numbers), dice.u32(..steps) > step);
            match comes {
                true => assert_eq!(slots.insert(slot), model.insert(slot)),
                false => assert_eq!(slots.remove(slot), model.remove(&slot)),
            }
            assert_eq!(slots.contains(slot), comes);
            assert_eq!(slots.is_empty(), model.is_empty());
            check(&slots, &model);
        }
        assert!(slots.iter().eq(model));
    }

    #[test]
    fn a_small_set_holds_what_a_set_would_hold_in_little_more_than_a_byte_each() {
        plays(1_000, 20_000, |slots, model| {
            let SlotSet::Small(steps) = slots else { panic!("it is small") };
            assert_eq!(steps.len(), model.len());
            assert!(steps.size() <= 3 * model.len() + 3, "{} for {}", steps.size(), model.len());
        });
    }

    #[test]
    fn a_set_that_grows_large_and_small_again_holds_what_a_set_would_hold() {
        let turns = std::cell::Cell::new((false, false));
        plays(u32::MAX, 5_000, |_, _| {});
        plays(4_000, 60_000, |slots, model| {
            let (was_large, was_small_again) = turns.get();
            let large = matches!(slots, SlotSet::Large(_));
            assert!(large || model.len() <= WALKED);
            turns.set((was_large || large, was_small_again || (was_large && !large)));
        });
        assert_eq!(turns.get(), (true, true));
    }

    #[test]
    fn the_greatest_numbers_fit() {
        let mut slots = SlotSet::default();
        for slot in [u32::MAX, 0, u32::MAX - 1, 1 << 28, (1 << 28) - 1] {
            assert!(slots.insert(slot));
            assert!(!slots.insert(slot));
        }
        assert!(slots.iter().eq([0, (1 << 28) - 1, 1 << 28, u32::MAX - 1, u32::MAX]));
        assert!(slots.remove(u32::MAX - 1) && !slots.contains(u32::MAX - 1) && slots.contains(u32::MAX));
    }
}
