//! A set of small numbers in a sorted list: four bytes for each room of an idle device, and for each listener of a
//! room. It grows by an eighth, not by doubling: it changes seldom and stays for long.

/// See the module.
#[derive(Debug, Default, Clone)]
pub(crate) struct SlotSet(Vec<u32>);

impl SlotSet {
    /// Adds a number; false if it was there.
    pub(crate) fn insert(&mut self, slot: u32) -> bool {
        let Err(place) = self.0.binary_search(&slot) else { return false };
        if self.0.len() == self.0.capacity() {
            self.0.reserve_exact(self.0.len() / 8 + 1);
        }
        self.0.insert(place, slot);
        true
    }

    /// Takes a number out; false if it was not there.
    pub(crate) fn remove(&mut self, slot: u32) -> bool {
        let Ok(place) = self.0.binary_search(&slot) else { return false };
        self.0.remove(place);
        if self.0.len() < self.0.capacity() / 2 {
            self.0.shrink_to_fit();
        }
        true
    }

    pub(crate) fn contains(&self, slot: u32) -> bool {
        self.0.binary_search(&slot).is_ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_holds_what_a_set_would_hold_in_little_more_than_its_size() {
        let (mut slots, mut model, mut dice) =
            (SlotSet::default(), BTreeSet::new(), fastrand::Rng::with_seed(7));
        for step in 0..20_000_u32 {
            // It grows first and empties later.
            let (slot, comes) = (dice.u32(..1_000), dice.u32(..20_000) > step);
            match comes {
                true => assert_eq!(slots.insert(slot), model.insert(slot)),
                false => assert_eq!(slots.remove(slot), model.remove(&slot)),
            }
            assert_eq!(slots.contains(slot), comes);
            assert!(slots.0.capacity() <= 2 * model.len() + 1, "{} for {}", slots.0.capacity(), model.len());
        }
        assert!(slots.iter().eq(model));
    }
}
