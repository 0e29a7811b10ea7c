//! How somebody is, and what of it others see.

use super::Inner;
use crate::core::Core;
use chat::{Presence, Shown, UserId, Visibility};
use std::time::Instant;
use store::KeptPresence;

/// What is to be seen of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct View {
    shown: Shown,
    /// They show it to nobody.
    is_hidden: bool,
}

impl View {
    /// What this one sees of them.
    pub(super) fn by(&self, seer: UserId, seen: UserId) -> Shown {
        match self.is_hidden && seer != seen {
            true => Shown::nothing(),
            false => self.shown.clone(),
        }
    }
}

impl Core {
    /// How somebody is: what their devices say that are here, or went a moment ago. Nothing while nobody knows, after a start.
    pub(super) fn state_of(&self, inner: &Inner, user: UserId, now: Instant) -> Option<Presence> {
        let here = self.people.of(user);
        let here = here.iter().map(|session| session.activity.presence());
        let gone = inner.gone.get(&user).into_iter().flatten().filter(|gone| gone.until > now);
        let all: Vec<Presence> = here.chain(gone.map(|gone| gone.counts)).collect();
        match all.is_empty() && now < self.presences.settled_at() {
            true => None,
            false => Some(Presence::joined(all)),
        }
    }

    /// What is to be seen of somebody, by what is kept of them.
    pub(super) fn view_of(&self, inner: &Inner, kept: &KeptPresence, now: Instant) -> Option<View> {
        let state = self.state_of(inner, kept.user, now)?;
        Some(View { shown: self.shown(state, kept), is_hidden: kept.visibility == Visibility::Nobody })
    }

    pub(super) fn shown(&self, state: Presence, kept: &KeptPresence) -> Shown {
        let last_seen = (state == Presence::Offline).then(|| self.presences.kept.last_seen(kept)).flatten();
        Shown { state, text: kept.text.clone(), last_seen }
    }
}
