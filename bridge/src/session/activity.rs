//! Whether somebody is at the device, as far as it says.
//!
//! Read on every change of presence and written on every publish, so it is a few numbers without a lock.

use chat::{Presence, Timestamp};
use mqtt::packet::UserProperties;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering};

/// The user property of CONNECT by which a device says how its user is there.
const STATE: &str = "state";
/// What it says where the app is in the background.
const BACKGROUND: &str = "background";

/// See the module.
#[derive(Debug)]
pub(crate) struct Activity {
    said: AtomicU8,
    background: AtomicBool,
    active_at: AtomicI64,
}

/// What a device says in its CONNECT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Greeting {
    /// The state of its user; without one, what it said before it went, or online.
    pub(crate) state: Option<Presence>,
    /// Whether the app is in the background.
    pub(crate) background: bool,
}

impl Greeting {
    /// The greeting in the user properties of a CONNECT. What is no state is none.
    pub(crate) fn of(properties: &UserProperties) -> Greeting {
        let said = properties.iter().find(|(key, _)| key == STATE).map(|(_, value)| value.as_str());
        Greeting { state: said.and_then(Presence::from_word), background: said == Some(BACKGROUND) }
    }
}

impl Activity {
    /// A device that comes now. In the foreground its user did something: they opened it.
    pub(crate) fn new(greeting: Greeting, now: Timestamp) -> Activity {
        let active_at = if greeting.background { Timestamp(0) } else { now };
        Activity {
            said: AtomicU8::new(greeting.state.unwrap_or(Presence::Online) as u8),
            background: AtomicBool::new(greeting.background),
            active_at: AtomicI64::new(active_at.0),
        }
    }

    /// Whether the app is in the background: its user is not looking, and its socket may linger.
    pub(crate) fn is_in_background(&self) -> bool {
        self.background.load(Ordering::Relaxed)
    }

    /// When the user last did something here: a CONNECT in the foreground or a PUBLISH, not a PINGREQ. Zero if nothing yet.
    pub(crate) fn active_at(&self) -> Timestamp {
        Timestamp(self.active_at.load(Ordering::Relaxed))
    }

    /// The user did something.
    pub(crate) fn acts(&self, now: Timestamp) {
        self.active_at.fetch_max(now.0, Ordering::Relaxed);
    }

    pub(crate) fn set_background(&self, background: bool) {
        self.background.store(background, Ordering::Relaxed);
    }

    /// What the device said of its user.
    pub(crate) fn said(&self) -> Presence {
        let said = self.said.load(Ordering::Relaxed);
        Presence::ALL.into_iter().find(|one| *one as u8 == said).unwrap_or(Presence::Online)
    }

    pub(crate) fn say(&self, presence: Presence) {
        self.said.store(presence as u8, Ordering::Relaxed);
    }

    /// What it counts as.
    pub(crate) fn presence(&self) -> Presence {
        match self.is_in_background() {
            true => self.said().in_background(),
            false => self.said(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(value: &str) -> Greeting {
        Greeting::of(&vec![("colour".to_owned(), "blue".to_owned()), ("state".to_owned(), value.to_owned())])
    }

    #[test]
    fn a_connect_says_how_its_user_is_there_or_that_nobody_looks() {
        let busy = Greeting { state: Some(Presence::Busy), background: false };
        assert_eq!(greeting("busy"), busy);
        assert_eq!(greeting("background"), Greeting { state: None, background: true });
        assert_eq!([greeting("Busy"), Greeting::of(&Vec::new())], [Greeting::default(); 2]);
    }

    #[test]
    fn a_device_in_the_background_is_away_and_active_only_when_it_publishes() {
        let device = Activity::new(greeting("background"), Timestamp(5));
        assert_eq!((device.presence(), device.active_at()), (Presence::Away, Timestamp(0)));
        device.acts(Timestamp(7));
        device.acts(Timestamp(6));
        assert_eq!((device.active_at(), device.is_in_background()), (Timestamp(7), true));
        device.say(Presence::Busy);
        assert_eq!(device.presence(), Presence::Away);
        device.set_background(false);
        assert_eq!(device.presence(), Presence::Busy);
        assert_eq!(Activity::new(Greeting::default(), Timestamp(5)).active_at(), Timestamp(5));
    }
}
