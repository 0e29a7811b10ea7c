//! One connection after the other, until the client is closed.
//!
//! After each that ends it waits: a random time (full jitter), below a bound that doubles until a connection lasts.

use crate::answer;
use crate::connection::Connected;
use crate::event::{Answered, Connection};
use crate::inbox::Inbox;
use crate::offline::Offline;
use crate::options::Options;
use crate::outbox::journal::Journal;
use crate::outbox::keeper::keep;
use crate::outbox::{Answer, Outbox, Turn, Unclaimed};
use crate::payload;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// Told once: whether the first attempt succeeded.
pub(crate) type First = oneshot::Sender<Result<(), Offline>>;

/// What all connections of a client share.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) options: Options,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) closing: CancellationToken,
}

impl Link {
    /// Runs until the client is closed, or the first attempt fails where somebody waits for it.
    pub(crate) async fn run(self, mut first: Option<First>, journal: Option<Journal>) {
        let keeper = journal.map(|journal| tokio::spawn(keep(self.outbox.clone(), journal)));
        let why = self.connections(&mut first).await;
        self.outbox.close();
        if let Some(keeper) = keeper {
            // However it ended, the file is closed now.
            keeper.await.ok();
        }
        self.inbox.close();
        if let Some(first) = first {
            // Who asked may have given up.
            first.send(Err(why)).ok();
        }
    }

    async fn connections(&self, first: &mut Option<First>) -> Offline {
        let mut wait = Wait::new(self.options.first_wait, self.options.longest_wait);
        loop {
            let began = Instant::now();
            let why = self.one_connection(first).await;
            wait.lasted(began.elapsed());
            if first.is_some() {
                return why;
            }
            self.inbox.connection(Connection::Down { why: why.clone() });
            if why.is_final() {
                return why;
            }
            if self.closing.run_until_cancelled(tokio::time::sleep(wait.next())).await.is_none() {
                return Offline::Closed;
            }
        }
    }

    /// A publish was answered, or can't be sent. Where nobody waits for that, it is told as an event.
    pub(crate) fn settle(&self, turn: Turn, answer: Answer) {
        let Some(Unclaimed { turn, draft, topic, answer }) = self.outbox.settle(turn, answer) else { return };
        // The outbox takes no message in that is said nowhere.
        let Some(to) = payload::to(&topic) else { return };
        let answer = answer.and_then(|puback| answer::receipt(&puback));
        self.inbox.answered(Answered::new((to, draft), answer, (self.outbox.clone(), turn)));
    }

    async fn one_connection(&self, first: &mut Option<First>) -> Offline {
        let open = async {
            self.inbox.has_room().await;
            Connected::open(self).await
        };
        let Some(opened) = self.closing.run_until_cancelled(open).await else { return Offline::Closed };
        let connected = match opened {
            Ok(connected) => connected,
            Err(why) => return why,
        };
        connected
            .serve(self, |session_present| {
                self.inbox.connection(Connection::Up { session_present });
                if let Some(first) = first.take() {
                    first.send(Ok(())).ok();
                }
            })
            .await
    }
}

/// How long to wait before the next attempt.
#[derive(Debug)]
struct Wait {
    first: Duration,
    longest: Duration,
    below: Duration,
}

impl Wait {
    fn new(first: Duration, longest: Duration) -> Wait {
        Wait { first, longest, below: first.min(longest) }
    }

    /// A connection that the server, or another program with the same device, ends at once is no success.
    fn lasted(&mut self, time: Duration) {
        if time >= self.longest {
            self.below = self.first.min(self.longest);
        }
    }

    fn next(&mut self) -> Duration {
        let wait = self.below.mul_f64(fastrand::f64());
        self.below = self.below.saturating_mul(2).min(self.longest);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_its_limit_and_begins_anew_after_a_connection_that_lasted() {
        let [first, longest] = [1, 60].map(Duration::from_secs);
        let mut wait = Wait::new(first, longest);
        assert!(wait.next() < first);
        for _ in 0..100 {
            assert!(wait.next() < longest);
        }
        assert_eq!(wait.below, longest);
        wait.lasted(first);
        assert_eq!(wait.below, longest);
        wait.lasted(longest);
        assert!(wait.next() < first);
    }
}
