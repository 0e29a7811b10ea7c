//! PUBLISHes at QoS 2 that were answered and wait for their PUBREL.
//!
//! Most clients never send one, so an idle connection keeps no more than the place where they would be.

use mqtt::packet::PacketId;
use std::collections::BTreeSet;

/// Their packet ids.
#[derive(Debug, Default)]
pub(super) struct Unreleased(Option<Box<Ids>>);

#[derive(Debug, Default)]
struct Ids {
    all: BTreeSet<PacketId>,
    /// Those that an earlier connection stored, and that were not sent again on this one.
    inherited: BTreeSet<PacketId>,
}

impl Unreleased {
    /// What an earlier connection of the session left.
    pub(super) fn left_behind(ids: &[PacketId]) -> Unreleased {
        let all: BTreeSet<PacketId> = ids.iter().copied().collect();
        Unreleased((!all.is_empty()).then(|| Box::new(Ids { inherited: all.clone(), all })))
    }

    pub(super) fn insert(&mut self, id: PacketId) {
        self.0.get_or_insert_default().all.insert(id);
    }

    pub(super) fn contains(&self, id: PacketId) -> bool {
        self.0.as_ref().is_some_and(|ids| ids.all.contains(&id))
    }

    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |ids| ids.all.len())
    }

    /// True once for an id that an earlier connection left.
    pub(super) fn inherit(&mut self, id: PacketId) -> bool {
        self.0.as_mut().is_some_and(|ids| ids.inherited.remove(&id))
    }

    /// The id is free again; true if it waited.
    pub(super) fn remove(&mut self, id: PacketId) -> bool {
        self.0.as_mut().is_some_and(|ids| {
            ids.inherited.remove(&id);
            ids.all.remove(&id)
        })
    }
}
