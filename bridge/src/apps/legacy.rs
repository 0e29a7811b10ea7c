//! What sessions that ended were to hear in their turn, on its way to another.
//!
//! It stays in the store until another has it: on the disk, or acknowledged where the other keeps no session. So it comes
//! twice after a crash rather than never. Of QoS 2 it is the other way round, as soon as it was handed to a connection:
//! what was begun there is for nobody else. `[MQTT5-4.8.2-5]`
//!
//! [`super::pass_on`] takes it up; whoever lets go of it unheard leaves it to be taken up again.

use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::SessionId;
use tokio::sync::mpsc;

/// The session that left it, and its number there.
pub(super) type Place = (SessionId, i64);

/// All that is under way.
#[derive(Debug, Default)]
pub(super) struct Legacies(Mutex<UnderWay>);

#[derive(Debug, Default)]
struct UnderWay {
    all: HashSet<Place>,
    /// Of these, what the store need not keep any longer.
    heard: HashSet<Place>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Legacy {
    place: Place,
    /// How many shares have not heard it.
    unheard: AtomicUsize,
    legacies: Arc<Legacies>,
}

/// A legacy as one share's target carries it.
#[derive(Debug, Clone)]
pub(crate) struct PassedOn {
    pub(super) legacy: Arc<Legacy>,
    /// Dropped when the lane is done with it.
    pub(super) _in_lane: Option<mpsc::Sender<()>>,
}

impl Legacies {
    /// Takes one up for so many shares, at least one; nothing if it is under way.
    pub(super) fn take_up(self: &Arc<Legacies>, place: Place, shares: usize) -> Option<Arc<Legacy>> {
        if !self.0.lock().all.insert(place) {
            return None;
        }
        Some(Arc::new(Legacy { place, unheard: AtomicUsize::new(shares), legacies: self.clone() }))
    }

    pub(super) fn is_under_way(&self, place: Place) -> bool {
        self.0.lock().all.contains(&place)
    }

    /// What the store need not keep any longer; it is under way until [`Legacies::forget`].
    pub(super) fn heard(&self) -> HashSet<Place> {
        self.0.lock().heard.clone()
    }

    /// The store has them no more.
    pub(super) fn forget(&self, gone: &HashSet<Place>) {
        let mut under_way = self.0.lock();
        for place in gone {
            under_way.all.remove(place);
            under_way.heard.remove(place);
        }
    }
}

impl Legacy {
    /// One share has it, or has no need of it.
    pub(super) fn is_heard(&self) {
        if self.unheard.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.legacies.0.lock().heard.insert(self.place);
        }
    }
}

impl Drop for Legacy {
    fn drop(&mut self) {
        if *self.unheard.get_mut() > 0 {
            self.legacies.0.lock().all.remove(&self.place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = (SessionId(7), 1);

    #[test]
    fn what_is_let_go_unheard_can_be_taken_up_again() {
        let legacies = Arc::new(Legacies::default());
        let one = legacies.take_up(PLACE, 1).expect("it is taken up");
        assert!(legacies.take_up(PLACE, 1).is_none() && legacies.is_under_way(PLACE));
        drop(one);
        assert!(legacies.heard().is_empty() && !legacies.is_under_way(PLACE));
    }

    #[test]
    fn what_every_share_has_heard_is_under_way_until_the_store_has_forgotten_it() {
        let legacies = Arc::new(Legacies::default());
        let one = legacies.take_up(PLACE, 2).expect("it is taken up");
        one.is_heard();
        assert!(legacies.heard().is_empty(), "another share has not");
        one.is_heard();
        drop(one);
        assert_eq!(legacies.heard(), HashSet::from([PLACE]));
        assert!(legacies.take_up(PLACE, 1).is_none(), "it may still be in the store");
        legacies.forget(&HashSet::from([PLACE]));
        assert!(legacies.heard().is_empty() && !legacies.is_under_way(PLACE));
    }
}
