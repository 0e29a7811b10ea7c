//! Who wants what, and the way there: a connection, or a queue in the store that a connection empties.
//!
//! One whose session ends with its connection hears what is said while it is here. One that keeps its session is
//! here also while it is away: what it shall not miss waits in the store ([`super::queue`]).

use super::SHARED_LOG;
use super::how::How;
use super::legacy::{Legacy, PassedOn};
use super::message::Message;
use super::queue::Queue;
use super::rights::{Claims, Grants, Holder, Rights};
use super::share::Share;
use super::tree::Hearer;
use crate::config::Config;
use broker::outbound::{Delivery, Mark, Offer, Outbound};
use chat::{Handle, UserId};
use futures_util::FutureExt as _;
use mqtt::packet::Qos;
use parking_lot::{Mutex, RwLock};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{Queued, SessionId};

/// See the module.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) user: UserId,
    pub(crate) handle: Handle,
    pub(crate) client_id: Arc<str>,
    pub(crate) way: Way,
    /// What it subscribed to.
    pub(crate) wanted: Mutex<Vec<Wanted>>,
    claims: RwLock<(Claims, bool)>,
    rights: RwLock<Arc<Rights>>,
    stuck: Stuck,
}

/// Where its messages go.
#[derive(Debug)]
pub(crate) enum Way {
    /// To a connection, as long as that lasts.
    Passing(Outbound, Mutex<Turns>),
    /// To whichever connection its session has, and otherwise into its queue.
    Kept(SessionId, Box<Mutex<Queue>>),
}

/// What it heard for a group, and has not acknowledged: another hears it if it goes.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    next: u64,
    under_way: BTreeMap<u64, Turn>,
}

/// One message that it heard for a group.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) message: Arc<Message>,
    pub(crate) share: Arc<str>,
    qos: Qos,
    /// Who left it, if somebody did.
    pub(crate) legacy: Option<Arc<Legacy>>,
}

/// A filter that it subscribed to.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// As it was written, with its group.
    pub(crate) filter: Box<str>,
    pub(crate) how: How,
}

/// A message as one subscriber gets it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) subscriber: Arc<Subscriber>,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    pub(crate) ids: Option<Arc<[u32]>>,
    /// The shared subscription that it hears it for.
    pub(crate) share: Option<Arc<str>>,
    /// A session that ended was to hear it for that.
    pub(crate) passed_on: Option<PassedOn>,
}

/// Since when a subscriber's queue has been full: nobody waits for it for ever.
#[derive(Debug, Default)]
struct Stuck(AtomicU64);

impl Subscriber {
    pub(crate) fn new(
        (user, handle, client_id): (UserId, Handle, Arc<str>),
        way: Way,
        claims: (Claims, bool),
        grants: &Grants,
    ) -> Arc<Subscriber> {
        let subscriber = Subscriber {
            user,
            handle,
            client_id,
            way,
            wanted: Mutex::default(),
            claims: RwLock::new(claims),
            rights: RwLock::default(),
            stuck: Stuck::default(),
        };
        subscriber.look_again(grants);
        Arc::new(subscriber)
    }

    /// What it may do, by the grants as they are now.
    pub(crate) fn rights(&self, grants: &Grants) -> Arc<Rights> {
        let rights = self.rights.read().clone();
        if grants.have_changed_since(&rights) { self.look_again(grants) } else { rights }
    }

    fn look_again(&self, grants: &Grants) -> Arc<Rights> {
        let (claims, is_admin) = self.claims.read().clone();
        let holder = Holder {
            user: self.user,
            handle: self.handle.as_str(),
            device: &self.client_id,
            claims: &claims,
            is_admin,
        };
        let rights = Arc::new(grants.of(holder));
        *self.rights.write() = rights.clone();
        rights
    }

    /// It came in with another proof, which grants this, and which is an administrator's or is not.
    pub(crate) fn claim(&self, claims: (Claims, bool), grants: &Grants) {
        *self.claims.write() = claims;
        self.look_again(grants);
    }

    pub(crate) fn claims(&self) -> Claims {
        self.claims.read().0.clone()
    }

    /// Its session, if that outlives its connection.
    pub(crate) fn kept(&self) -> Option<(SessionId, &Mutex<Queue>)> {
        match &self.way {
            Way::Kept(id, queue) => Some((*id, queue)),
            Way::Passing(..) => None,
        }
    }

    pub(crate) fn is_kept(&self) -> bool {
        matches!(self.way, Way::Kept(..))
    }

    /// Its connection, if it has one.
    pub(crate) fn outbound(&self) -> Option<Outbound> {
        match &self.way {
            Way::Passing(outbound, _) => Some(outbound.clone()).filter(|outbound| !outbound.is_closed()),
            Way::Kept(_, queue) => queue.lock().outbound(),
        }
    }

    /// Whether it is connected.
    pub(crate) fn is_here(&self) -> bool {
        match &self.way {
            Way::Passing(outbound, _) => !outbound.is_closed(),
            Way::Kept(_, queue) => queue.lock().is_here(),
        }
    }

    /// Whether it is connected and takes messages as they come.
    pub(crate) fn is_ready(&self) -> bool {
        !self.stuck.is_now() && self.is_here()
    }

    /// Offers a message that waits nowhere: to whoever is here, or to nobody. [`Offer::Full`] is for whoever
    /// publishes to wait, or not.
    pub(crate) fn offer(&self, message: &Arc<Message>, target: &Target) -> Offer {
        let (outbound, turns) = match &self.way {
            Way::Passing(outbound, turns) => (outbound, turns),
            Way::Kept(_, queue) => {
                // Of QoS 0, or it would be in the queue: who can't take it now goes without.
                let Some(outbound) = queue.lock().outbound() else { return Offer::Closed };
                let offer = outbound.offer(delivery(message, target, Mark::UNTRACKED));
                outbound.wake();
                return offer;
            }
        };
        let mark = turns.lock().begin(message, target);
        let offer = match target.qos {
            Qos::AtMostOnce => outbound.offer(delivery(message, target, mark)),
            Qos::AtLeastOnce | Qos::ExactlyOnce => outbound.offer_beyond(delivery(message, target, mark)),
        };
        match offer {
            Offer::Taken => self.stuck.is_over(),
            Offer::Full => self.stuck.begins(),
            Offer::Closed | Offer::NeverFits => {}
        }
        if offer != Offer::Taken {
            turns.lock().under_way.remove(&mark.position);
        }
        outbound.wake();
        offer
    }

    /// It acknowledged what it heard for a group, or had no need of it.
    pub(crate) fn turn_is_over(&self, mark: Mark) {
        let Way::Passing(_, turns) = &self.way else { return };
        let turn = turns.lock().under_way.remove(&mark.position);
        if let Some(legacy) = turn.and_then(|turn| turn.legacy) {
            legacy.is_heard();
        }
    }

    /// What it heard for a group and will not acknowledge any more, but for what was begun at QoS 2: that goes to nobody
    /// else. `[MQTT5-4.8.2-5]`
    pub(crate) fn unfinished_turns(&self, in_flight: impl Iterator<Item = Mark>) -> Vec<Turn> {
        let Way::Passing(_, turns) = &self.way else { return Vec::new() };
        let mut unfinished = std::mem::take(&mut turns.lock().under_way);
        for mark in in_flight.filter(|mark| mark.log == SHARED_LOG) {
            if unfinished.get(&mark.position).is_some_and(|turn| turn.qos == Qos::ExactlyOnce) {
                unfinished.remove(&mark.position);
            }
        }
        unfinished.into_values().collect()
    }

    /// How long its queue has been full.
    pub(crate) fn stuck_for(&self) -> Duration {
        self.stuck.time()
    }
}

impl Turns {
    /// Notes what a group's member must not lose; anything else has no mark.
    fn begin(&mut self, message: &Arc<Message>, target: &Target) -> Mark {
        match &target.share {
            Some(share) if target.qos > Qos::AtMostOnce => {
                self.next += 1;
                let (message, share, qos) = (message.clone(), share.clone(), target.qos);
                let passed_on = target.passed_on.as_ref().filter(|_| qos == Qos::AtLeastOnce);
                let legacy = passed_on.map(|one| one.legacy.clone());
                self.under_way.insert(self.next, Turn { message, share, qos, legacy });
                Mark { log: SHARED_LOG, position: self.next, copy: 0 }
            }
            _ => Mark::UNTRACKED,
        }
    }
}

impl Target {
    /// This message for one of those who want it; nothing for its own sender, where that does not want it.
    pub(crate) fn of(hearer: &Hearer, message: &Message) -> Target {
        Target {
            subscriber: hearer.subscriber.clone(),
            qos: message.qos.min(hearer.how.qos),
            retain: message.retain && hearer.how.as_published,
            ids: hearer.how.ids.clone(),
            share: None,
            passed_on: None,
        }
    }

    /// The same for a group.
    pub(crate) fn in_turn(share: &Share, hearer: &Hearer, message: &Message) -> Target {
        Target { share: Some(share.whole().clone()), ..Target::of(hearer, message) }
    }

    /// How it waits, but for whose turn it is.
    pub(crate) fn queued(&self) -> Queued {
        let subscription_ids = self.ids.as_deref().unwrap_or_default().to_vec();
        Queued { qos: self.qos as u8, retain: self.retain, subscription_ids, turn: None }
    }

    /// Whether its queue, or its connection's, takes one more just now.
    pub(crate) fn has_room(&self, config: &Config) -> bool {
        match &self.subscriber.way {
            Way::Passing(outbound, _) => outbound.ready().now_or_never().is_some(),
            Way::Kept(_, queue) => queue.lock().has_room(config),
        }
    }

    /// It is where it shall not be lost, or nobody needs it any more: whoever left it need not keep it.
    pub(crate) fn is_heard(&self) {
        if let Some(PassedOn { legacy, .. }) = &self.passed_on {
            legacy.is_heard();
        }
    }

    /// Whether it waits in the store until it is acknowledged.
    pub(crate) fn waits(&self) -> bool {
        self.qos > Qos::AtMostOnce && self.subscriber.is_kept()
    }
}

/// A message as this target's connection gets it.
pub(crate) fn delivery(message: &Message, target: &Target, mark: Mark) -> Delivery {
    Delivery {
        frame: message.frame.clone(),
        qos: target.qos,
        retain: target.retain,
        dup: false,
        subscription_ids: target.ids.clone(),
        expires_at: message.end(),
        mark,
    }
}

impl Stuck {
    fn begins(&self) {
        // Where it had begun already, it goes on.
        let _ = self.0.compare_exchange(0, now(), Ordering::Relaxed, Ordering::Relaxed);
    }

    fn is_over(&self) {
        if self.is_now() {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    fn is_now(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    fn time(&self) -> Duration {
        match self.0.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            since => Duration::from_millis(now().saturating_sub(since)),
        }
    }
}

/// Milliseconds, never 0, by a clock that is not set back.
fn now() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(Instant::now);
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
}

/// Somebody, for tests of those who look at nobody closely.
#[cfg(test)]
pub(super) fn somebody() -> Arc<Subscriber> {
    use broker::outbound::{Limits, detached};
    let (outbound, _) = detached(Limits::new(mqtt::packet::Version::V5));
    let who = (UserId(7), Handle::new("ann").expect("a handle"), "phone".into());
    Subscriber::new(
        who,
        Way::Passing(outbound, Mutex::default()),
        (Claims::default(), false),
        &Grants::new(true),
    )
}
