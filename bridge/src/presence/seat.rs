//! Devices come, say something, and go.

use super::Inner;
use super::gone::{Gone, grace};
use super::watch::Watcher;
use crate::core::Core;
use crate::session::{Greeting, Session};
use broker::application::Farewell;
use chat::{Origin, Presence, PresenceText, UserId};
use std::sync::Arc;
use std::time::Instant;
use store::{Error, PresenceChange};
use topics::payload::presence::SelfShown;

impl Core {
    /// A device has its seat. One that went a moment ago says what it said then.
    pub(crate) fn is_here(&self, session: &Session, greeting: Greeting) {
        if session.is_nobody() {
            return;
        }
        let user = session.user;
        let mut inner = self.presences.hold();
        match (inner.is_back(user, session.origin), greeting.state) {
            (Some(gone), None) => session.activity.say(gone.said),
            (Some(_), Some(_)) => drop(inner.unkept.insert(user)),
            (None, state) => {
                if state.is_some_and(|state| state != Presence::Online) {
                    inner.unkept.insert(user);
                }
            }
        }
        self.saw(&mut inner, user, session.activity.said());
        inner.touch(user);
        drop(inner);
        self.presences.stirred.notify_one();
    }

    /// Notes that somebody was here; who does not want to be seen was not.
    fn saw(&self, inner: &mut Inner, user: UserId, said: Presence) {
        if said != Presence::Offline {
            let now = self.now();
            self.presences.kept.saw(user, now);
            inner.seen.insert(user, now);
        }
    }

    /// A device goes; it is still among those that are here. It counts as it was until its time is over.
    pub(crate) fn leaves(&self, session: &Session, farewell: Farewell) {
        if session.is_nobody() {
            return;
        }
        let user = session.user;
        let mut inner = self.presences.hold();
        self.saw(&mut inner, user, session.activity.said());
        let gone = Gone {
            origin: session.origin,
            said: session.activity.said(),
            counts: session.activity.presence(),
            until: Instant::now() + grace(farewell, self.presences.grace),
            last_words: None,
        };
        inner.went(user, gone);
        drop(inner);
        self.presences.stirred.notify_one();
    }

    /// It has gone: whom its user watches follows from the devices that are left.
    pub(crate) fn has_left(self: &Arc<Core>, session: &Session) {
        let was_last = self.people.of(session.user).is_empty();
        if was_last {
            self.ends_all_typing(session.user);
        }
        let watched = session.state().routes.hears_presence();
        if !watched {
            return;
        }
        if was_last {
            self.presences.hold().watch.set(session.user, Watcher::default(), |_| None);
        } else {
            self.presences.is_stale(session.user);
        }
    }

    /// A device says how its user is there.
    ///
    /// # Errors
    /// The store's: then nothing of it counts.
    pub(crate) async fn shows(
        &self,
        user: UserId,
        devices: &[Arc<Session>],
        shown: SelfShown,
    ) -> Result<(), Error> {
        let SelfShown { state, text, background } = shown;
        if let Some(text) = text {
            self.words(user, text).await?;
        }
        for device in devices {
            // Up to now they were to be seen.
            self.saw(&mut self.presences.hold(), user, device.activity.said());
            state.into_iter().for_each(|state| device.activity.say(state));
            background.into_iter().for_each(|background| device.activity.set_background(background));
        }
        if state.is_some() {
            self.presences.hold().unkept.insert(user);
        }
        self.presences.touch(user);
        Ok(())
    }

    /// Somebody goes for good: those who watch them see nobody any more.
    pub(crate) async fn shows_nothing_any_more(self: &Arc<Core>, user: UserId) {
        self.presences.kept.forget(user);
        {
            let mut inner = self.presences.hold();
            inner.gone.remove(&user);
            inner.unkept.remove(&user);
            inner.devised.remove(&user);
        }
        let watchers = self.presences.hold().watch.seers(user).to_vec();
        watchers.into_iter().for_each(|watcher| self.presences.is_stale(watcher));
        if let Err(error) = self.doubt(user).await {
            tracing::warn!(%error, "who went for good is not out of sight yet: {error}");
        }
    }

    /// What they say of it is kept.
    pub(super) async fn words(&self, user: UserId, text: Option<PresenceText>) -> Result<(), Error> {
        let change = PresenceChange { text: Some(text), ..PresenceChange::default() };
        self.store.presences().keep(user, &change).await?;
        self.presences.kept.forget(user);
        Ok(())
    }

    /// What a device left to be said. One that is back has not gone; `offline` waits until it is clear that it has.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn show_will(
        &self,
        user: UserId,
        origin: Origin,
        shown: SelfShown,
    ) -> Result<(), Error> {
        if self.people.of(user).iter().any(|session| session.origin == origin) {
            return Ok(());
        }
        let text = {
            let mut inner = self.presences.hold();
            let gone =
                inner.gone.get_mut(&user).and_then(|all| all.iter_mut().find(|one| one.origin == origin));
            match (gone, shown.state) {
                (Some(gone), Some(Presence::Offline)) => {
                    gone.last_words = shown.text;
                    None
                }
                (Some(gone), state) => {
                    gone.counts = state.unwrap_or(gone.counts);
                    shown.text
                }
                (None, _) => shown.text,
            }
        };
        if let Some(text) = text {
            self.words(user, text).await?;
        }
        self.presences.touch(user);
        Ok(())
    }
}
