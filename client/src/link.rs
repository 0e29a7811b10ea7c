//! One connection after the other, until the client is closed.
//!
//! After each that ends it waits: as long as the server said, and a random time (full jitter), below a bound that
//! doubles until a connection lasts.

use crate::answer;
use crate::connection::Connected;
use crate::event::{Answered, Connection};
use crate::hints::{Hints, Server};
use crate::inbox::Inbox;
use crate::offline::{Ended, Offline};
use crate::options::Options;
use crate::outbox::journal::Journal;
use crate::outbox::keeper::keep;
use crate::outbox::{Answer, Outbox, Turn, Unclaimed};
use crate::payload;
use crate::proof::Prover;
use crate::replay::Replays;
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
    pub(crate) replays: Arc<Replays>,
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
        let mut prover = Prover::new(self.options.proof.clone());
        let mut referred = Referred::default();
        loop {
            let began = Instant::now();
            let server = referred.to.as_ref().unwrap_or(&self.options.server);
            let Ended { why, hints, was_accepted } = self.one_connection(server, &mut prover, first).await;
            wait.lasted(began.elapsed());
            prover.ended(&why);
            if self.options.follows {
                referred.ended(&hints, was_accepted);
            }
            if first.is_some() && !referred.leads_on() {
                return why;
            }
            let again = (!why.is_final()).then(|| wait.next(&hints));
            self.inbox.connection(Connection::Down { why: why.clone(), again });
            let Some(again) = again else { return why };
            if self.closing.run_until_cancelled(tokio::time::sleep(again)).await.is_none() {
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

    async fn one_connection(&self, server: &Server, prover: &mut Prover, first: &mut Option<First>) -> Ended {
        let open = async {
            self.inbox.has_room().await;
            let proof = prover.proof().await?;
            Connected::open(self, server, proof.as_ref()).await
        };
        let Some(opened) = self.closing.run_until_cancelled(open).await else {
            return Offline::Closed.into();
        };
        let connected = match opened {
            Ok(connected) => connected,
            Err(ended) => return ended,
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

/// Where a server sent us.
#[derive(Debug, Default)]
struct Referred {
    to: Option<Server>,
    /// How often in a row without a connection.
    times: u32,
}

impl Referred {
    /// How often in a row a first attempt goes on.
    const MOST: u32 = 5;

    /// A connection ended, or was none. Where nobody lets us in the way leads back to the server of the options.
    fn ended(&mut self, hints: &Hints, was_accepted: bool) {
        self.times = if was_accepted || hints.server.is_none() { 0 } else { self.times + 1 };
        if hints.server.is_some() || !was_accepted {
            self.to.clone_from(&hints.server);
        }
    }

    fn leads_on(&self) -> bool {
        (1..=Referred::MOST).contains(&self.times)
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

    fn next(&mut self, hints: &Hints) -> Duration {
        let wait = hints.retry_after + self.below.mul_f64(fastrand::f64());
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
        assert!(wait.next(&Hints::default()) < first);
        for _ in 0..100 {
            assert!(wait.next(&Hints::default()) < longest);
        }
        assert_eq!(wait.below, longest);
        wait.lasted(first);
        assert_eq!(wait.below, longest);
        wait.lasted(longest);
        assert!(wait.next(&Hints::default()) < first);
    }

    #[test]
    fn who_is_told_how_long_to_stay_away_stays_away_so_long_and_a_random_time() {
        let mut wait = Wait::new(Duration::from_secs(1), Duration::from_secs(60));
        let hints = Hints { retry_after: Duration::from_secs(5), ..Hints::default() };
        let first = wait.next(&hints);
        assert!((Duration::from_secs(5)..Duration::from_secs(6)).contains(&first), "{first:?}");
    }

    #[test]
    fn a_reference_is_followed_until_nobody_lets_us_in_there() {
        let there = Some(Server { host: "tea.example".to_owned(), port: 1883 });
        let hints = Hints { server: there.clone(), ..Hints::default() };
        let mut referred = Referred::default();
        referred.ended(&hints, false);
        assert!(referred.leads_on() && referred.to == there);
        referred.ended(&Hints::default(), true);
        assert!(!referred.leads_on() && referred.to == there);
        referred.ended(&Hints::default(), false);
        assert_eq!(referred.to, None);
        (0..9).for_each(|_| referred.ended(&hints, false));
        assert!(!referred.leads_on(), "two servers that send us to each other are no way in");
    }
}
