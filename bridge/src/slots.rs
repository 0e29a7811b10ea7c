//! Things by small numbers: four bytes where a pointer would take eight, for lists that are as long as the
//! rooms of a user or the listeners of a room.

use parking_lot::{RwLock, RwLockReadGuard};
use std::sync::Arc;

/// Gives each thing a number that is free again when it is taken out.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    inner: RwLock<Inner<T>>,
}

#[derive(Debug)]
struct Inner<T> {
    items: Vec<Option<Arc<T>>>,
    free: Vec<u32>,
}

/// Many look-ups under one lock.
pub(crate) struct Reading<'a, T>(RwLockReadGuard<'a, Inner<T>>);

impl<T> Slots<T> {
    pub(crate) fn new() -> Slots<T> {
        Slots { inner: RwLock::new(Inner { items: Vec::new(), free: Vec::new() }) }
    }

    /// Puts in what `make` makes for its number.
    pub(crate) fn insert(&self, make: impl FnOnce(u32) -> T) -> Arc<T> {
        let mut inner = self.inner.write();
        let slot = inner.free.pop().unwrap_or_else(|| {
            inner.items.push(None);
            // 2^32 things at once do not fit in memory.
            (inner.items.len() - 1) as u32
        });
        let item = Arc::new(make(slot));
        inner.items[slot as usize] = Some(item.clone());
        item
    }

    /// Takes out the thing of this number. Nobody may use the number afterwards.
    pub(crate) fn remove(&self, slot: u32) {
        let mut inner = self.inner.write();
        if inner.items[slot as usize].take().is_some() {
            inner.free.push(slot);
        }
    }

    pub(crate) fn get(&self, slot: u32) -> Option<Arc<T>> {
        self.inner.read().items.get(slot as usize).cloned().flatten()
    }

    pub(crate) fn read(&self) -> Reading<'_, T> {
        Reading(self.inner.read())
    }

    /// How many are in.
    pub(crate) fn count(&self) -> usize {
        let inner = self.inner.read();
        inner.items.len() - inner.free.len()
    }

    /// Everything that is in now.
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        self.inner.read().items.iter().flatten().cloned().collect()
    }
}

impl<T> Reading<'_, T> {
    pub(crate) fn get(&self, slot: u32) -> Option<&Arc<T>> {
        self.0.items.get(slot as usize).and_then(Option::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_used_again_only_after_its_thing_is_out() {
        let slots = Slots::new();
        let numbers: Vec<u32> = (0..3).map(|_| *slots.insert(|slot| slot)).collect();
        assert_eq!(numbers, [0, 1, 2]);
        slots.remove(1);
        assert!(slots.get(1).is_none());
        assert_eq!(*slots.insert(|slot| slot), 1);
        assert_eq!(slots.read().get(2).map(|item| **item), Some(2));
    }
}
