//! What all of it shares.

use super::counts::{AppCounts, Counts};
use super::entrance::{Entrance, Waiting};
use super::legacy::Legacies;
use super::retained::Retained;
use super::rights::Grants;
use super::subscriber::Wanted;
use super::subscriber::{Subscriber, Way};
use super::tree::{Hearer, Tree};
use crate::config::Config;
use chat::UserId;
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::Arc;
use store::SessionId;
use tokio::sync::mpsc;

/// See the module.
#[derive(Debug)]
pub(crate) struct Apps {
    pub(crate) grants: Grants,
    /// Held by whoever changes them, from the store to memory.
    pub(super) granting: tokio::sync::Mutex<()>,
    pub(super) tree: RwLock<Tree>,
    pub(super) retained: Retained,
    pub(super) counts: Counts,
    pub(super) lane: Entrance,
    pub(super) kept: Mutex<KeptOnes>,
    /// Those that acknowledged something since the store was last told.
    pub(super) acknowledged: Mutex<Vec<Arc<Subscriber>>>,
    pub(super) legacies: Arc<Legacies>,
}

/// Subscribers that keep their sessions, here or away.
#[derive(Debug, Default)]
pub(super) struct KeptOnes {
    by_session: HashMap<SessionId, Arc<Subscriber>>,
    by_device: HashMap<(UserId, Arc<str>), SessionId>,
}

impl Apps {
    /// Nothing yet; what comes out of the lane is for [`super::lane::run`].
    pub(crate) fn new(config: &Config) -> (Apps, mpsc::Receiver<Waiting>) {
        let (lane, exit) = Entrance::new();
        let apps = Apps {
            grants: Grants::new(config.open_topics),
            granting: tokio::sync::Mutex::default(),
            tree: RwLock::default(),
            retained: Retained::new(config.retained, config.retained_bytes),
            counts: Counts::default(),
            lane,
            kept: Mutex::default(),
            acknowledged: Mutex::default(),
            legacies: Arc::default(),
        };
        (apps, exit)
    }

    /// How much of everything there was and is.
    pub(crate) fn counts(&self) -> AppCounts {
        let (retained, retained_bytes) = self.retained.size();
        let waiting = |one: &Arc<Subscriber>| one.kept().map_or(0, |(_, queue)| queue.lock().waiting().0);
        AppCounts {
            retained,
            retained_bytes,
            subscriptions: self.tree.read().count(),
            waiting: self.all_kept().iter().map(waiting).sum(),
            grants: self.grants.count() as u64,
            ..self.counts.now()
        }
    }

    /// What a subscriber wants from now on, in the place of what it wanted by the same filter: no message goes by
    /// between the two `[MQTT5-3.8.4-3]`, `[MQTT3-3.8.4-3]`. True if it wanted nothing by it.
    pub(super) fn want(&self, subscriber: &Arc<Subscriber>, wanted: Wanted) -> bool {
        let (group, filter) = parts(&wanted.filter);
        let hearer = Hearer { subscriber: subscriber.clone(), how: wanted.how.clone() };
        let mut all = subscriber.wanted.lock();
        let old = all.iter_mut().find(|old| old.filter == wanted.filter);
        let mut tree = self.tree.write();
        if old.is_some() {
            tree.take(filter, group, subscriber);
        }
        tree.put(filter, group, hearer);
        drop(tree);
        let is_new = old.is_none();
        match old {
            Some(old) => *old = wanted,
            None => all.push(wanted),
        }
        is_new
    }

    /// What it does not want any more. False if it never did.
    pub(super) fn unwant(&self, subscriber: &Arc<Subscriber>, filter: &str) -> bool {
        let mut all = subscriber.wanted.lock();
        let Some(place) = all.iter().position(|one| *one.filter == *filter) else { return false };
        all.swap_remove(place);
        let (group, filter) = parts(filter);
        self.tree.write().take(filter, group, subscriber);
        true
    }

    /// It is gone for good: nothing leads to it any more.
    pub(super) fn forget(&self, subscriber: &Arc<Subscriber>) {
        let all = std::mem::take(&mut *subscriber.wanted.lock());
        {
            let mut tree = self.tree.write();
            for wanted in all {
                let (group, filter) = parts(&wanted.filter);
                tree.take(filter, group, subscriber);
            }
        }
        if let Way::Kept(id, _) = &subscriber.way {
            self.kept.lock().remove(*id, subscriber);
        }
    }

    /// The same for all that this user's devices kept.
    pub(crate) fn forget_all_of(&self, user: UserId) {
        self.all_kept().iter().filter(|one| one.user == user).for_each(|one| self.forget(one));
    }

    /// These sessions are over.
    pub(crate) fn forget_sessions(&self, ended: &[SessionId]) {
        ended.iter().filter_map(|id| self.kept(*id)).for_each(|one| self.forget(&one));
    }

    /// The subscriber of this session, if it has one.
    pub(super) fn kept(&self, id: SessionId) -> Option<Arc<Subscriber>> {
        self.kept.lock().by_session.get(&id).cloned()
    }

    /// Whoever this device was in an earlier session, if that is over.
    pub(super) fn former(
        &self,
        user: UserId,
        device: &Arc<str>,
        now: Option<SessionId>,
    ) -> Option<Arc<Subscriber>> {
        let kept = self.kept.lock();
        let id = kept.by_device.get(&(user, device.clone())).filter(|id| Some(**id) != now)?;
        kept.by_session.get(id).cloned()
    }

    pub(super) fn keep(&self, id: SessionId, subscriber: &Arc<Subscriber>) {
        let mut kept = self.kept.lock();
        kept.by_device.insert((subscriber.user, subscriber.client_id.clone()), id);
        kept.by_session.insert(id, subscriber.clone());
    }

    /// All that keep their sessions.
    pub(super) fn all_kept(&self) -> Vec<Arc<Subscriber>> {
        self.kept.lock().by_session.values().cloned().collect()
    }
}

impl KeptOnes {
    fn remove(&mut self, id: SessionId, subscriber: &Subscriber) {
        self.by_session.remove(&id);
        let device = (subscriber.user, subscriber.client_id.clone());
        if self.by_device.get(&device) == Some(&id) {
            self.by_device.remove(&device);
        }
    }
}

/// The group of a filter, if it has one, and what stands behind it.
pub(super) fn parts(filter: &str) -> (Option<&str>, &str) {
    match topics::realm::shared(filter) {
        Some((group, filter)) => (Some(group), filter),
        None => (None, filter),
    }
}
