//! How somebody shows that they are there.
//!
//! A person has several devices; others see one state. What each device says is joined by one rule
//! ([`Presence::joined`]), and what people add in words is short.

use crate::Timestamp;
use std::fmt;

/// What a device says of its user, and what others see of a user. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Presence {
    /// Not there, or not to be seen.
    Offline = 1,
    /// There, and not looking.
    Away = 2,
    /// There.
    Online = 3,
    /// There, and not to be disturbed.
    Busy = 4,
}

impl Presence {
    /// All of them; of two devices the one counts that says what is later here.
    pub const ALL: [Presence; 4] = [Presence::Offline, Presence::Away, Presence::Online, Presence::Busy];

    /// The word for it in payloads, stable for ever.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Presence::Offline => "offline",
            Presence::Away => "away",
            Presence::Online => "online",
            Presence::Busy => "busy",
        }
    }

    /// The state of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Presence> {
        Presence::ALL.into_iter().find(|presence| presence.word() == word)
    }

    /// What others see of somebody whose devices say this: busy if any is busy, else online if any is online, else away
    /// if any is away, else offline.
    #[must_use]
    pub fn joined(devices: impl IntoIterator<Item = Presence>) -> Presence {
        devices.into_iter().max_by_key(|presence| *presence as u8).unwrap_or(Presence::Offline)
    }

    /// The same of a device that is in the background: its user is there at most as one who is away.
    #[must_use]
    pub const fn in_background(self) -> Presence {
        match self {
            Presence::Offline => Presence::Offline,
            Presence::Away | Presence::Online | Presence::Busy => Presence::Away,
        }
    }
}

/// Who may see it. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Visibility {
    /// Every user.
    Everyone = 1,
    /// Contacts, and whoever is in a room with them.
    #[default]
    Known = 2,
    /// Nobody but themselves.
    Nobody = 3,
}

impl Visibility {
    /// All of them.
    pub const ALL: [Visibility; 3] = [Visibility::Everyone, Visibility::Known, Visibility::Nobody];

    /// The word for it, stable for ever.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Visibility::Everyone => "everyone",
            Visibility::Known => "contacts_and_rooms",
            Visibility::Nobody => "nobody",
        }
    }

    /// The one with this stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Visibility> {
        Visibility::ALL.into_iter().find(|one| *one as i64 == number)
    }
}

/// What somebody says of it in words, such as `in a meeting`. Its `Debug` tells how much, never what.
#[derive(Clone, PartialEq, Eq)]
pub struct PresenceText(Box<str>);

/// It can't stand beside a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text beside a state has 1 to 120 characters, and none that controls a terminal")]
pub struct NotAPresenceText;

impl PresenceText {
    /// The most characters of it: a line under a name.
    pub const MOST: usize = 120;

    /// Reads one, without the spaces around it.
    ///
    /// # Errors
    /// [`NotAPresenceText`] for an empty one, one that is too long, and one with control characters.
    pub fn new(text: &str) -> Result<PresenceText, NotAPresenceText> {
        let text = text.trim();
        let is_good = !text.is_empty()
            && text.chars().take(PresenceText::MOST + 1).count() <= PresenceText::MOST
            && !text.chars().any(char::is_control);
        if is_good { Ok(PresenceText(text.into())) } else { Err(NotAPresenceText) }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PresenceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresenceText").field("len", &self.0.len()).finish()
    }
}

/// What one sees of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Their state.
    pub state: Presence,
    /// What they say of it.
    pub text: Option<PresenceText>,
    /// When they were there last, of one who is not.
    pub last_seen: Option<Timestamp>,
}

impl Shown {
    /// What one sees of somebody whom one may not see, or sees no more.
    #[must_use]
    pub const fn nothing() -> Shown {
        Shown { state: Presence::Offline, text: None, last_seen: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_goes_before_online_and_that_before_away_whatever_device_says_it() {
        use Presence::{Away, Busy, Offline, Online};
        let rows = [
            (&[][..], Offline),
            (&[Offline, Away], Away),
            (&[Online, Away, Offline], Online),
            (&[Away, Busy, Online], Busy),
        ];
        for (devices, joined) in rows {
            assert_eq!(Presence::joined(devices.iter().copied()), joined, "{devices:?}");
        }
        assert_eq!([Offline, Away, Online, Busy].map(Presence::in_background), [Offline, Away, Away, Away]);
    }

    #[test]
    fn every_state_and_visibility_is_found_by_its_word_or_number() {
        assert!(Presence::ALL.iter().all(|one| Presence::from_word(one.word()) == Some(*one)));
        assert!(Visibility::ALL.iter().all(|one| Visibility::from_number(*one as i64) == Some(*one)));
        assert_eq!((Presence::from_word("Busy"), Visibility::from_number(0)), (None, None));
    }

    #[test]
    fn a_text_is_a_short_line_and_shows_nothing_of_itself_in_logs() {
        let tea = PresenceText::new("  at tea 🍵 ").unwrap();
        assert_eq!((tea.as_str(), format!("{tea:?}").contains("tea 🍵")), ("at tea 🍵", false));
        assert!(PresenceText::new(&"ü".repeat(120)).is_ok());
        for bad in ["", "   ", "two\nlines", "\u{1b}[2J", "a\u{85}b", &"a".repeat(121)] {
            assert_eq!(PresenceText::new(bad), Err(NotAPresenceText), "{bad:?}");
        }
    }
}
