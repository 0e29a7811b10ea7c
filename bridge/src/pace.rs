//! How fast one user may speak, or come.
//!
//! Over the rate a message waits its turn before it is stored, and its PUBACK with it: every client bears that, and
//! the socket is read on until as many wait as were agreed. Only a message whose turn is too far away is refused,
//! and only where the client can understand it. The bound is a generic cell rate: one moment for each user.

use crate::config::Config;
use crate::core::Core;
use crate::lane::Command;
use crate::session::Session;
use chat::UserId;
use chat::snowflake::made_at;
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Users, or rooms, whose pace is known: who is pushed out begins with a fresh burst, which is the harmless mistake.
const REMEMBERED: usize = 65_536;
/// Commands of one session that wait their turn: more than the broker lets wait of both kinds of QoS, so a place is
/// always free.
const WAITING: usize = 1_024;
/// What strangers are counted by.
const DAY: Duration = Duration::from_hours(24);
/// How long an empty line waits for a sender that has not sent yet.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// One moment for each who is counted, such as a user over all devices, or a room: when their next message would be exactly
/// in time.
pub(crate) struct Pace<K = UserId> {
    rule: Option<Rule>,
    /// For accounts that are new.
    new: Option<Rule>,
    moments: Cache<K, Arc<Mutex<Instant>>>,
}

#[derive(Clone, Copy)]
struct Rule {
    /// Between two messages, for long.
    interval: Duration,
    /// How far ahead of time a burst may be.
    tolerance: Duration,
}

impl Rule {
    /// So many in this time, for long and at once.
    fn new(time: Duration, count: NonZeroU32, burst: NonZeroU32) -> Rule {
        let interval = time / count.get();
        Rule { interval, tolerance: interval * (burst.get() - 1) }
    }
}

impl Core {
    /// Whether the account is new. Its number tells when it was made.
    pub(crate) fn is_new(&self, user: UserId) -> bool {
        let age = self.now().0.saturating_sub(made_at(user.0).0);
        u64::try_from(age).is_ok_and(|age| u128::from(age) < self.config.new_for.as_millis())
    }
}

impl Pace {
    /// How many messages a second and at once; no rate is no limit, for new accounts neither.
    pub(crate) fn of_messages(config: &Config) -> Pace {
        let rule = |rate, burst| Rule::new(Duration::from_secs(1), rate, burst);
        let new = rule(config.new_rate, config.new_burst);
        let usual = config.say_rate.map(|rate| rule(rate, config.say_burst));
        // Nobody has less because they are no longer new.
        let new = usual.map(|usual| if new.interval > usual.interval { new } else { usual });
        Pace { rule: usual, new, moments: Cache::new(REMEMBERED) }
    }

    /// How many strangers a day.
    pub(crate) fn of_strangers(config: &Config) -> Pace {
        let rule = |count: Option<NonZeroU32>| count.map(|count| Rule::new(DAY, count, count));
        Pace {
            rule: rule(config.strangers),
            new: rule(config.new_strangers),
            moments: Cache::new(REMEMBERED),
        }
    }
}

impl<K: Copy + Eq + Hash> Pace<K> {
    /// So many a second, and so many at once; none for no limit.
    pub(crate) fn by_second(count: Option<NonZeroU32>, burst: Option<NonZeroU32>) -> Pace<K> {
        let rule = count.map(|count| Rule::new(Duration::from_secs(1), count, burst.unwrap_or(count)));
        Pace { rule, new: rule, moments: Cache::new(REMEMBERED) }
    }

    /// Takes a turn, and says when it is. With `patience`, a turn further away than that is not taken; the error says
    /// by how much.
    pub(crate) fn turn(
        &self,
        (who, is_new): (K, bool),
        now: Instant,
        patience: Option<Duration>,
    ) -> Result<Instant, Duration> {
        let Some(rule) = (if is_new { self.new } else { self.rule }) else { return Ok(now) };
        let place = self.place(who, now);
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

    fn place(&self, who: K, now: Instant) -> Arc<Mutex<Instant>> {
        if let Some(place) = self.moments.get(&who) {
            return place;
        }
        let place = Arc::new(Mutex::new(now));
        self.moments.insert(who, place.clone());
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

    const ANN: (UserId, bool) = (UserId(1), false);

    fn pace() -> Pace {
        let (rate, burst) = (NonZeroU32::new(10), NonZeroU32::new(5).unwrap());
        Pace::of_messages(&Config { say_rate: rate, say_burst: burst, ..Config::default() })
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
    fn new_accounts_have_less_unless_nobody_has_a_limit_or_everybody_has_less() {
        let now = Instant::now();
        let at_once = |pace: &Pace| {
            (0..200).filter(|_| pace.turn((UserId(1), true), now, Some(Duration::ZERO)).is_ok()).count()
        };
        assert_eq!(at_once(&Pace::of_messages(&Config::default())), 30);
        assert_eq!(at_once(&Pace::of_messages(&Config { say_rate: None, ..Config::default() })), 200);
        let slow = Config { say_rate: NonZeroU32::new(1), say_burst: NonZeroU32::MIN, ..Config::default() };
        assert_eq!(at_once(&Pace::of_messages(&slow)), 1);
        assert_eq!(at_once(&Pace::of_strangers(&Config::default())), 20);
    }

    #[test]
    fn a_turn_too_far_away_is_not_taken() {
        let (pace, now) = (pace(), Instant::now());
        let taken = (0..100).filter(|_| pace.turn(ANN, now, Some(Duration::from_secs(1))).is_ok()).count();
        assert_eq!(taken, 15, "the burst, and a second's worth");
        assert!(pace.turn((UserId(2), false), now, Some(Duration::ZERO)).is_ok(), "others are not touched");
    }
}
