//! How fast one user may speak.
//!
//! Over the rate a message waits its turn before it is stored, and its PUBACK with it: every client bears that, and
//! the socket is read on until as many wait as were agreed. Only a message whose turn is too far away is refused,
//! and only where the client can understand it. The bound is a generic cell rate: one moment for each user.

use crate::core::Core;
use crate::lane::Command;
use crate::session::Session;
use chat::UserId;
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Users whose pace is known: who is pushed out begins with a fresh burst, which is the harmless mistake.
const REMEMBERED: usize = 65_536;
/// Commands of one session that wait their turn: more than the broker lets wait of both kinds of QoS, so a place is
/// always free.
const WAITING: usize = 1_024;
/// How long an empty line waits for a sender that has not sent yet.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// One moment for each user who speaks, over all devices: when the next message would be exactly in time.
pub(crate) struct Pace {
    rule: Option<Rule>,
    users: Cache<UserId, Arc<Mutex<Instant>>>,
}

#[derive(Clone, Copy)]
struct Rule {
    /// Between two messages, for long.
    interval: Duration,
    /// How far ahead of time a burst may be.
    tolerance: Duration,
}

impl Pace {
    /// `rate` messages a second with `burst` at once; no rate is no limit.
    pub(crate) fn new(rate: Option<NonZeroU32>, burst: NonZeroU32) -> Pace {
        let rule = rate.map(|rate| {
            let interval = Duration::from_secs(1) / rate.get();
            Rule { interval, tolerance: interval * (burst.get() - 1) }
        });
        Pace { rule, users: Cache::new(REMEMBERED) }
    }

    /// Takes a turn, and says when it is. With `patience`, a turn further away than that is not taken; the error says
    /// by how much.
    pub(crate) fn turn(
        &self,
        user: UserId,
        now: Instant,
        patience: Option<Duration>,
    ) -> Result<Instant, Duration> {
        let Some(rule) = self.rule else { return Ok(now) };
        let place = self.place(user, now);
        let mut in_time = place.lock();
        let begins = (*in_time).max(now);
        let wait = begins.saturating_duration_since(now).saturating_sub(rule.tolerance);
        if let Some(too_long) =
            patience.and_then(|patience| wait.checked_sub(patience)).filter(|more| !more.is_zero())
        {
            return Err(too_long.max(rule.interval));
        }
        *in_time = begins + rule.interval;
        Ok(now + wait)
    }

    fn place(&self, user: UserId, now: Instant) -> Arc<Mutex<Instant>> {
        if let Some(place) = self.users.get(&user) {
            return place;
        }
        let place = Arc::new(Mutex::new(now));
        self.users.insert(user, place.clone());
        place
    }
}

/// Commands of one session that wait their turn, in order.
pub(crate) type Waiting = mpsc::Sender<(Instant, Command)>;

impl Core {
    /// Puts a command in the lane when its turn comes, behind those of the same session that wait already.
    pub(crate) async fn put_in_turn(
        self: &Arc<Core>,
        session: Option<&Arc<Session>>,
        turn: Instant,
        command: Command,
    ) {
        let Some(session) = session else {
            tokio::time::sleep_until(turn.into()).await;
            return self.lane.put(command).await;
        };
        let line = {
            let mut state = session.state();
            match &state.waiting {
                None if turn <= Instant::now() => None,
                Some(line) => Some(line.clone()),
                None => {
                    let (line, turns) = mpsc::channel(WAITING);
                    self.tasks.spawn(take_turns(self.clone(), session.clone(), turns));
                    state.waiting = Some(line.clone());
                    Some(line)
                }
            }
        };
        match line {
            None => self.lane.put(command).await,
            // The other end lives until the line is taken out of the session; a command that comes back is given up.
            Some(line) => drop(line.send((turn, command)).await),
        }
    }
}

/// One turn after the other, until nobody waits.
async fn take_turns(core: Arc<Core>, session: Arc<Session>, mut turns: mpsc::Receiver<(Instant, Command)>) {
    loop {
        let next = match turns.try_recv() {
            Ok(next) => next,
            Err(_) => {
                // A session's publishes come one after the other, so none is on its way while the state is held
                // and the line is empty, unless it holds a clone of the sender.
                let mut state = session.state();
                if turns.is_empty() && turns.sender_strong_count() == 1 {
                    state.waiting = None;
                    return;
                }
                drop(state);
                // Whoever holds a clone sends at once, or went away with it.
                match tokio::time::timeout(LOOK_AGAIN, turns.recv()).await {
                    Ok(Some(next)) => next,
                    Ok(None) | Err(_) => continue,
                }
            }
        };
        let (turn, command) = next;
        tokio::time::sleep_until(turn.into()).await;
        core.lane.put(command).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: UserId = UserId(1);

    fn pace() -> Pace {
        Pace::new(NonZeroU32::new(10), NonZeroU32::new(5).unwrap())
    }

    #[test]
    fn a_burst_goes_at_once_and_then_one_in_each_interval() {
        let (pace, now) = (pace(), Instant::now());
        let turns: Vec<Duration> = (0..7).map(|_| pace.turn(ANN, now, None).unwrap() - now).collect();
        let ms = Duration::from_millis;
        assert_eq!(turns, [ms(0), ms(0), ms(0), ms(0), ms(0), ms(100), ms(200)]);
        assert_eq!(
            pace.turn(ANN, now + ms(10_000), None),
            Ok(now + ms(10_000)),
            "silence brings the burst back"
        );
    }

    #[test]
    fn a_turn_too_far_away_is_not_taken() {
        let (pace, now) = (pace(), Instant::now());
        let taken = (0..100).filter(|_| pace.turn(ANN, now, Some(Duration::from_secs(1))).is_ok()).count();
        assert_eq!(taken, 15, "the burst, and a second's worth");
        assert!(pace.turn(UserId(2), now, Some(Duration::ZERO)).is_ok(), "others are not touched");
    }
}
