//! What came out of an entrance and waits to be committed, in its order.
//!
//! Whatever came during the last commit is the next batch; there is no timer. What the store can't do just now comes
//! first again after a rest. It does not know what it holds.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long a line rests after the store could not: first and longest.
const REST: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// See the module.
#[derive(Debug)]
pub(crate) struct Line<T> {
    exit: mpsc::Receiver<T>,
    waiting: VecDeque<T>,
    rest: Duration,
}

impl<T> Line<T> {
    /// The line behind this exit.
    pub(crate) fn new(exit: mpsc::Receiver<T>) -> Line<T> {
        Line { exit, waiting: VecDeque::new(), rest: REST.0 }
    }

    /// Takes what is there, until `most` wait here; waits only if nothing does. False when there will never be
    /// anything again: the server stops, and everything that was in is settled.
    pub(crate) async fn fill(&mut self, most: usize, stop: &CancellationToken) -> bool {
        if self.waiting.is_empty() {
            let first = tokio::select! {
                biased;
                first = self.exit.recv() => first,
                () = stop.cancelled() => {
                    self.exit.close();
                    self.exit.recv().await
                }
            };
            match first {
                Some(first) => self.waiting.push_back(first),
                None => return false,
            }
        }
        self.take_in(most);
        true
    }

    fn take_in(&mut self, most: usize) {
        while self.waiting.len() < most
            && let Ok(next) = self.exit.try_recv()
        {
            self.waiting.push_back(next);
        }
    }

    /// Who is first, if anybody waits.
    pub(crate) fn first(&self) -> Option<&T> {
        self.waiting.front()
    }

    /// Takes the first out.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.waiting.pop_front()
    }

    /// Puts one behind all others.
    pub(crate) fn push(&mut self, last: T) {
        self.waiting.push_back(last);
    }

    /// The store could: the next rest is a short one.
    pub(crate) fn goes_on(&mut self) {
        self.rest = REST.0;
    }

    /// The store could not do these, which come first again, after a rest. Everybody who came meanwhile, until `most`
    /// wait here, waits too; whose time is over is given back.
    pub(crate) async fn rest(
        &mut self,
        again: Vec<T>,
        most: usize,
        is_late: impl Fn(&T) -> bool,
    ) -> VecDeque<T> {
        again.into_iter().rev().for_each(|one| self.waiting.push_front(one));
        tokio::time::sleep(self.rest).await;
        self.rest = (self.rest * 2).min(REST.1);
        self.take_in(most);
        let (late, waiting) = self.waiting.drain(..).partition(is_late);
        self.waiting = waiting;
        late
    }
}
