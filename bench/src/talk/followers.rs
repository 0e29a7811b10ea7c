//! How far those are who hear a topic, for one who publishes there and gets no PUBACK.
//!
//! What counts is the slowest of them. A listener that hears a number is past all before it too: order is kept, so what
//! has not come by then is lost.

use parking_lot::Mutex;
use tokio::sync::Notify;

/// The listeners of one topic.
#[derive(Debug)]
pub(crate) struct Followers {
    places: Mutex<Places>,
    /// All are past what was asked for.
    arrived: Notify,
}

#[derive(Debug)]
struct Places {
    /// Messages that each of them is past.
    past: Vec<u64>,
    /// As many are waited for,
    awaited: u64,
    /// by so many listeners that are not past them.
    behind: usize,
}

impl Followers {
    /// So many, and none has heard anything.
    pub(crate) fn of(listeners: usize) -> Followers {
        let places = Places { past: vec![0; listeners], awaited: 0, behind: 0 };
        Followers { places: Mutex::new(places), arrived: Notify::new() }
    }

    /// This one is past so many messages.
    pub(crate) fn pass(&self, listener: usize, messages: u64) {
        let mut places = self.places.lock();
        let awaited = places.awaited;
        let Some(past) = places.past.get_mut(listener) else { return };
        let arrives = *past < awaited && messages >= awaited;
        *past = messages.max(*past);
        if arrives {
            places.behind -= 1;
            if places.behind == 0 {
                self.arrived.notify_one();
            }
        }
    }

    /// Messages that all of them are past.
    pub(crate) fn slowest(&self) -> u64 {
        self.places.lock().past.iter().copied().min().unwrap_or(u64::MAX)
    }

    /// Waits until all of them are past so many. Only their publisher waits. It may come back early, if an earlier wait
    /// was given up.
    pub(crate) async fn all_past(&self, messages: u64) {
        if self.await_all(messages) > 0 {
            self.arrived.notified().await;
        }
    }

    /// How many are not past them, and will be waited for.
    fn await_all(&self, messages: u64) -> usize {
        let mut places = self.places.lock();
        places.awaited = messages;
        places.behind = places.past.iter().filter(|&&past| past < messages).count();
        places.behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn the_slowest_counts() {
        let followers = Followers::of(3);
        followers.pass(0, 9);
        followers.pass(1, 4);
        assert_eq!(followers.slowest(), 0);
        followers.pass(2, 5);
        followers.pass(1, 3);
        assert_eq!(followers.slowest(), 4, "nobody goes back");
    }

    #[test]
    fn a_publisher_waits_until_the_last_of_them_has_arrived() {
        let followers = Followers::of(2);
        followers.pass(0, 7);
        let mut wait = Box::pin(followers.all_past(5));
        assert_eq!(wait.as_mut().now_or_never(), None);
        followers.pass(0, 8);
        followers.pass(1, 4);
        assert_eq!(wait.as_mut().now_or_never(), None);
        followers.pass(1, 6);
        assert_eq!(wait.now_or_never(), Some(()));
        assert_eq!(followers.all_past(6).now_or_never(), Some(()), "they are there already");
    }
}
