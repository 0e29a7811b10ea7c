//! A device hears how everybody is whom it watches: when it subscribes, when it is back, and when it read too slowly.
//!
//! What it is owed is whom it shall hear of, not what: how they are is looked up when there is room in its queue. So it is
//! bounded by whom it watches, and never tells what is over.

use super::told::Written;
use super::{AROUND, Inner};
use crate::core::Core;
use crate::session::Session;
use chat::{Handle, Shown, UserId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::KeptPresence;

/// People who are looked up at once.
const AT_ONCE: usize = 200;
/// How long it waits when the store could not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Of whom a device shall hear.
#[derive(Debug, Default)]
pub(crate) struct Owed {
    /// And whether that is what came before it listened.
    people: BTreeMap<UserId, bool>,
    /// Whether a task tells it.
    is_told: bool,
}

impl Owed {
    pub(super) fn waits_for(&self, user: UserId) -> bool {
        self.people.contains_key(&user)
    }
}

impl Core {
    /// This device shall hear of these people; with `true` as of something that was there before it listened.
    pub(super) fn owe(
        self: &Arc<Core>,
        session: &Arc<Session>,
        people: impl IntoIterator<Item = (UserId, bool)>,
    ) {
        let mut state = session.state();
        state.unheard.people.extend(people);
        // It watches no more than this; whoever comes on top of it is told of their next change.
        while state.unheard.people.len() > 2 * AROUND as usize {
            state.unheard.people.pop_last();
        }
        if !state.unheard.people.is_empty() && !std::mem::replace(&mut state.unheard.is_told, true) {
            drop(self.tasks.spawn(tell_owed(self.clone(), session.clone())));
        }
    }
}

/// Tells one after the other, as fast as the device reads.
async fn tell_owed(core: Arc<Core>, session: Arc<Session>) {
    loop {
        let some: Vec<UserId> = {
            let mut state = session.state();
            if state.unheard.people.is_empty() || session.is_over() || state.departed {
                state.unheard = Owed::default();
                return;
            }
            state.unheard.people.keys().take(AT_ONCE).copied().collect()
        };
        let looked_up = {
            let Ok(_turn) = core.presences.looking.acquire().await else { return };
            core.kept_of(&some).await
        };
        match looked_up {
            Ok(kept) => {
                for user in some {
                    let kept = kept.get(&user).map(|kept| &**kept);
                    while !core.tell_one(&session, user, kept) {
                        session.outbound.ready().await;
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "how people are could not be looked up: {error}");
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = core.stop.cancelled() => return,
                }
            }
        }
    }
}

impl Core {
    /// Tells a device how somebody is; false if its queue is full.
    fn tell_one(self: &Arc<Core>, session: &Arc<Session>, user: UserId, kept: Option<&KeptPresence>) -> bool {
        let mut inner = self.presences.hold();
        self.presences.step(1);
        let Some(retain) = session.state().unheard.people.remove(&user) else { return true };
        let Some(told) = self.owed_view(&mut inner, session.user, user, kept) else { return true };
        let (handle, shown, is_around) = told;
        let is_told = session.hears_of(&mut Written::new(&handle, shown), is_around, retain);
        if !is_told {
            session.state().unheard.people.insert(user, retain);
        }
        is_told
    }

    /// How somebody is as this user sees it, and whether they are around; nothing while nobody knows.
    fn owed_view(
        &self,
        inner: &mut Inner,
        seer: UserId,
        user: UserId,
        kept: Option<&KeptPresence>,
    ) -> Option<(Handle, Shown, bool)> {
        let watcher = inner.watch.watcher(seer);
        let sees = watcher.is_some_and(|watcher| watcher.sees(user));
        let is_around = watcher.is_some_and(|watcher| watcher.is_around(user));
        if !sees {
            // They did, when it was put down that they shall hear of them.
            return kept.map(|kept| (kept.handle.clone(), Shown::nothing(), true));
        }
        let known = kept.and_then(|kept| self.view_of(inner, kept, Instant::now()));
        let watched = inner.watch.watched(user)?;
        if known.is_none() && watched.told.is_none() {
            // It is told to all when somebody knows.
            watched.is_awaited = true;
            inner.schedule.at(user, self.presences.settled_at());
            return None;
        }
        // What others were told is told here too: what came since is on its way to all of them.
        let view = watched.told.clone().or(known)?;
        if !watched.is_awaited {
            watched.told = Some(view.clone());
        }
        Some((watched.handle.clone(), view.by(seer, user), is_around))
    }
}
