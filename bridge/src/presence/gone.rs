//! Devices that went a moment ago, and count as they were until it is clear that they are gone.

use super::{GOODBYE, Inner};
use broker::application::Farewell;
use chat::{Origin, Presence, PresenceText, UserId};
use std::time::{Duration, Instant};

/// A device that went.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    pub(super) origin: Origin,
    /// What it had said of its user.
    pub(super) said: Presence,
    /// What it counts as.
    pub(super) counts: Presence,
    /// Until when.
    pub(super) until: Instant,
    /// What it left to be said when it is gone for good.
    pub(super) last_words: Option<Option<PresenceText>>,
}

/// How long a device counts that went like this.
pub(super) fn grace(farewell: Farewell, grace: Duration) -> Duration {
    match farewell {
        // It said goodbye, or was shown out: nobody expects it back.
        Farewell::ClientLeft | Farewell::ClientLeftWithWill | Farewell::Ended(_) => grace.min(GOODBYE),
        Farewell::SocketLost
        | Farewell::WentSilent
        | Farewell::Broke(_)
        | Farewell::TakenOver
        | Farewell::Draining => grace,
    }
}

impl Inner {
    /// Puts a device among those that went; it is there once.
    pub(super) fn went(&mut self, user: UserId, gone: Gone) {
        let all = self.gone.entry(user).or_default();
        all.retain(|one| one.origin != gone.origin);
        self.schedule.at(user, gone.until);
        all.push(gone);
    }

    /// A device is back: it is as if it had not gone.
    pub(super) fn is_back(&mut self, user: UserId, origin: Origin) -> Option<Gone> {
        let all = self.gone.get_mut(&user)?;
        let place = all.iter().position(|one| one.origin == origin)?;
        let gone = all.swap_remove(place);
        if all.is_empty() {
            self.gone.remove(&user);
        }
        Some(gone)
    }

    /// Takes out the devices whose time is over; of the others, when the next one's is.
    pub(super) fn expire(&mut self, user: UserId, now: Instant) -> Vec<Gone> {
        let Some(all) = self.gone.get_mut(&user) else { return Vec::new() };
        let (over, left): (Vec<_>, Vec<_>) = all.drain(..).partition(|one| one.until <= now);
        match left.iter().map(|one| one.until).min() {
            Some(next) => {
                *all = left;
                self.schedule.at(user, next);
            }
            None => drop(self.gone.remove(&user)),
        }
        over
    }
}
