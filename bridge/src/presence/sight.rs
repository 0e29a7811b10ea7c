//! Whom somebody watches, worked out from what their devices subscribed to and from what the store knows of contacts, rooms
//! and blocks.
//!
//! It is worked out anew when a device subscribes, and when something changes that it follows from; for one user once at a
//! time, so that the last answer is of the last question.

use super::told::Written;
use super::watch::{Turned, Watcher};
use super::{AROUND, SMALL_ROOM};
use crate::core::Core;
use crate::identity::Scope;
use crate::session::Session;
use chat::{Handle, Shown, UserId};
use mqtt::packet::RetainHandling;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Error;
use topics::filter::{Interest, People};

/// What the devices of a user want to know of.
#[derive(Debug, Default)]
struct Wants {
    around: bool,
    names: BTreeSet<Handle>,
}

impl Wants {
    fn is_nothing(&self) -> bool {
        !self.around && self.names.is_empty()
    }
}

/// Whether a filter could hear of somebody: whoever is around, or somebody whom this user may see.
pub(crate) async fn judge(core: &Core, session: &Session, interest: &Interest) -> Result<bool, Error> {
    if interest.presence.is_empty() || !session.rights.has(Scope::RoomsRead) {
        return Ok(false);
    }
    for (_, people) in &interest.presence {
        match people {
            People::Around => return Ok(true),
            People::One(user) => {
                let found = core.store.account(user).await?;
                if let Some(found) = found
                    && core.sees(session.user, found.id).await?
                {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

/// A subscription that was granted.
pub(crate) struct Begun {
    pub(crate) people: Vec<People>,
    pub(crate) handling: RetainHandling,
    pub(crate) is_new: bool,
}

impl Begun {
    /// Whether it hears at once how everybody is.
    fn wishes(&self) -> bool {
        match self.handling {
            RetainHandling::Always => true,
            RetainHandling::IfNew => self.is_new,
            RetainHandling::Never => false,
        }
    }
}

impl Core {
    pub(super) async fn sees(&self, seer: UserId, seen: UserId) -> Result<bool, Error> {
        let sights = self.store.presences().sights(&[(seer, seen)]).await?;
        Ok(sights.first().copied().unwrap_or(false))
    }

    /// What the devices of a user that are here want to know of.
    fn wants(&self, user: UserId) -> Wants {
        let mut wants = Wants::default();
        for session in self.people.of(user) {
            for one in session.state().routes.list() {
                for (_, people) in &one.interest.presence {
                    match people {
                        People::Around => wants.around = true,
                        People::One(name) => drop(wants.names.insert(name.clone())),
                    }
                }
            }
        }
        wants
    }

    /// Works out whom a user watches. Their devices hear of those whom they did not see before; `but` hears of all by itself.
    pub(super) async fn look(self: &Arc<Core>, user: UserId, but: Option<u32>) -> Result<(), Error> {
        let _alone = self.presences.shard(user).lock().await;
        let Ok(_turn) = self.presences.looking.acquire().await else { return Ok(()) };
        let watcher = self.work_out(user).await?;
        let all = watcher.around.iter().copied().chain(watcher.named.iter().map(|(named, _)| *named));
        let unknown = self.presences.hold().watch.unknown(all);
        let kept = self.kept_of(&unknown).await?;
        let mut inner = self.presences.hold();
        if self.wants(user).is_nothing() {
            // The last device went while it was worked out.
            inner.watch.set(user, Watcher::default(), |_| None);
            return Ok(());
        }
        let turned = inner.watch.set(user, watcher, |one| kept.get(&one).map(|kept| kept.handle.clone()));
        self.presences.step(turned.steps);
        self.turn(user, turned, but);
        Ok(())
    }

    async fn work_out(&self, user: UserId) -> Result<Watcher, Error> {
        let wants = self.wants(user);
        let around = match wants.around {
            true => self.store.presences().around(user, SMALL_ROOM, AROUND).await?,
            false => Vec::new(),
        };
        let mut pairs = Vec::with_capacity(wants.names.len());
        for name in &wants.names {
            pairs.extend(self.store.account(name).await?.map(|found| (user, found.id)));
        }
        let mut sights = Vec::with_capacity(pairs.len());
        for some in pairs.chunks(1_000) {
            sights.extend(self.store.presences().sights(some).await?);
        }
        let mut named: Vec<(UserId, bool)> = pairs.into_iter().map(|(_, named)| named).zip(sights).collect();
        named.sort_unstable();
        Ok(Watcher { follows: wants.around, around: around.into(), named: named.into() })
    }

    /// The devices of a user hear of whom they see now, and that others are out of sight.
    pub(super) fn turn(self: &Arc<Core>, user: UserId, turned: Turned, but: Option<u32>) {
        let sessions = self.people.of(user);
        for (lost, handle, told, was_around) in turned.lost {
            let showed_something = told.is_some_and(|told| told.by(user, lost) != Shown::nothing());
            let mut written = Written::new(&handle, Shown::nothing());
            for session in sessions.iter().filter(|_| showed_something) {
                self.presences.step(1);
                if !session.hears_of(&mut written, was_around, false) {
                    self.owe(session, [(lost, false)]);
                }
            }
        }
        for session in sessions.iter().filter(|session| Some(session.slot) != but) {
            self.owe(session, turned.gained.iter().map(|one| (*one, false)));
        }
    }

    /// A device subscribed: it hears how those are whom it watches now, as soon as that is worked out. Its SUBACK does not
    /// wait for it: nothing of this is kept.
    pub(crate) fn watches(self: &Arc<Core>, session: &Arc<Session>, begun: Vec<Begun>) {
        if begun.iter().all(|one| one.people.is_empty()) {
            return;
        }
        let people = begun.into_iter().filter(Begun::wishes).flat_map(|one| one.people).collect();
        self.look_for(session, people);
    }

    /// A session goes on: it hears how those are whom it watches, as soon as that is worked out.
    pub(crate) fn watches_on(self: &Arc<Core>, session: &Arc<Session>) {
        let people: Vec<People> = {
            let state = session.state();
            let presence = state.routes.list().iter().flat_map(|one| &one.interest.presence);
            presence.map(|(_, people)| people.clone()).collect()
        };
        if !people.is_empty() {
            self.look_for(session, people);
        }
    }

    /// Works out whom a device's user watches, and tells the device how these people are.
    fn look_for(self: &Arc<Core>, session: &Arc<Session>, people: Vec<People>) {
        let (core, session) = (self.clone(), session.clone());
        self.tasks.spawn(async move {
            match core.look(session.user, Some(session.slot)).await {
                Ok(()) => core.owe_watched(&session, people.iter()),
                Err(error) => {
                    tracing::warn!(%error, "whom somebody watches could not be worked out yet: {error}");
                    core.presences.is_stale(session.user);
                }
            }
        });
    }

    fn owe_watched<'a>(self: &Arc<Core>, session: &Arc<Session>, wished: impl Iterator<Item = &'a People>) {
        let inner = self.presences.hold();
        let Some(watcher) = inner.watch.watcher(session.user) else { return };
        let mut owed: Vec<(UserId, bool)> = Vec::new();
        for people in wished {
            match people {
                People::Around => owed.extend(watcher.around.iter().map(|user| (*user, true))),
                People::One(name) => {
                    let named = watcher.named.iter().filter(|(_, sees)| *sees).map(|(user, _)| *user);
                    let is_meant = |user: &UserId| inner.watch.handle(*user) == Some(name);
                    owed.extend(named.filter(is_meant).map(|user| (user, true)));
                }
            }
        }
        self.owe(session, owed);
    }
}
