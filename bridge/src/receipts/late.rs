//! Receipts for a device that reads slowly: of each person in each room the newest, and not many.
//!
//! A device's queue belongs to what rooms say. Receipts go into it only while it is at most half full; else they wait here,
//! where a newer one takes the place of an older one, until a later round finds room.

use super::Receipts;
use super::told::Told;
use crate::session::Session;
use broker::outbound::Offer;
use std::collections::VecDeque;
use std::sync::Arc;

/// Waiting at most, of one device: two small rooms full of people. Past it the one that waits longest goes.
const MOST: usize = 256;

/// What waits, oldest first. It holds no memory on a device that keeps up.
#[derive(Debug, Default)]
pub(crate) struct Late(VecDeque<Arc<Told>>);

impl Late {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn put(&mut self, told: Arc<Told>) {
        match self.0.iter_mut().find(|one| one.place == told.place) {
            Some(older) => *older = told,
            None => self.0.push_back(told),
        }
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    fn next(&mut self) -> Option<Arc<Told>> {
        let next = self.0.pop_front();
        if self.0.is_empty() {
            self.0 = VecDeque::new();
        }
        next
    }
}

impl Receipts {
    /// The device hears it, now or when it has room.
    pub(super) fn tell(&self, session: &Arc<Session>, told: &Arc<Told>) {
        let mut state = session.state();
        if !state.routes.receipts(&told.room).any(|_| true) {
            return;
        }
        if !state.late.is_empty() {
            return state.late.put(told.clone());
        }
        if session.outbound.has_room() {
            for copy in state.routes.receipts(&told.room) {
                offer(session, told, copy.format, copy.ids);
            }
            return;
        }
        state.late.put(told.clone());
        drop(state);
        self.late.lock().push(session.clone());
    }

    /// Those who had no room before.
    pub(super) fn tell_late(&self) {
        let late = std::mem::take(&mut *self.late.lock());
        for session in late {
            let mut state = session.state();
            while session.outbound.has_room()
                && let Some(told) = state.late.next()
            {
                for copy in state.routes.receipts(&told.room) {
                    offer(&session, &told, copy.format, copy.ids);
                }
            }
            let is_done = state.late.is_empty() || session.is_over();
            drop(state);
            session.outbound.wake();
            if !is_done {
                self.late.lock().push(session);
            }
        }
    }
}

fn offer(session: &Session, told: &Told, format: topics::Format, ids: Option<Arc<[u32]>>) {
    if let Some(delivery) = told.delivery(format, ids, false) {
        // There was room; what is full or over meanwhile goes without.
        let offered = session.outbound.offer(delivery);
        if offered == Offer::Full {
            tracing::trace!("a receipt found no room after all");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Handle, RoomId, Seq, UserId};

    fn told(user: i64, seq: u64) -> Arc<Told> {
        let name = |text: &str| Handle::new(text).unwrap();
        Arc::new(Told::new((RoomId(1), UserId(user)), (name("tea"), name("bo")), (Seq(seq), Seq(0))))
    }

    #[test]
    fn a_newer_one_takes_the_place_of_an_older_one_and_the_oldest_of_too_many_goes() {
        let mut late = Late::default();
        (1..=2).for_each(|user| late.put(told(user, 1)));
        let newer = told(1, 9);
        late.put(newer.clone());
        assert!(Arc::ptr_eq(&late.next().unwrap(), &newer));
        assert_eq!(late.next().unwrap().place.1, UserId(2));
        assert!(late.is_empty() && late.next().is_none());
        (0..=MOST as i64).for_each(|user| late.put(told(user, 1)));
        assert_eq!(late.next().unwrap().place.1, UserId(1));
    }
}
