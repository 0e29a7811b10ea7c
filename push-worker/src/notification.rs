//! What a device is told: words or none, how they are shown, how long they are worth telling.
//!
//! Providers read along. What is for nobody but the device goes into [`Sealed`], or is left out: then the app's own
//! words stand for it ([`crate::App::generic`]).

use chat::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// One thing to be told to one device.
#[derive(Debug, Clone)]
pub struct Notification {
    /// Ours: the same in each attempt. Apple gives it back as `apns-id`.
    pub id: Uuid,
    /// How it is shown.
    pub form: Form,
    /// What is shown; without it, the app's generic words are.
    pub words: Option<Words>,
    /// What only the device can read.
    pub sealed: Option<Sealed>,
    /// What the app needs to find the rest: `room`, `seq` and the like. No content.
    pub data: BTreeMap<&'static str, String>,
    /// The number on the app's icon: how much is unread in all, not how much more.
    pub badge: Option<u32>,
    /// Whether it is heard.
    pub sound: bool,
    /// What a later one with the same words here replaces: the room.
    pub collapse: Option<String>,
    /// What it is grouped with on the screen: the conversation.
    pub thread: Option<String>,
    /// How urgent.
    pub priority: Priority,
    /// How long it is worth telling.
    pub lifetime: Lifetime,
}

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The system shows the words.
    Alert,
    /// Nothing is shown: the app is woken, now and then, and looks.
    Background,
    /// The app is woken to make the words: it opens what is sealed, or asks the server.
    MutableContent,
}

/// How urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// At once, out of a phone's sleep.
    High,
    /// When it suits the battery.
    Normal,
    /// When the phone is in use anyway.
    Low,
}

/// How long it is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// To a device that can be reached now; a provider keeps nothing.
    AtOnce,
    /// Until then; [`Timestamp::NEVER`] is as long as providers keep anything, about four weeks.
    Until(Timestamp),
}

impl Lifetime {
    /// What is left of it, nothing for [`Lifetime::AtOnce`]; `None` once it is over.
    #[must_use]
    pub fn left(self, now: Timestamp) -> Option<Duration> {
        match self {
            Lifetime::AtOnce => Some(Duration::ZERO),
            Lifetime::Until(end) if end > now => {
                Some(Duration::from_millis(end.0.saturating_sub(now.0).unsigned_abs()))
            }
            Lifetime::Until(_) => None,
        }
    }
}

/// Characters of a title and of a body that a lock screen has room for. More is cut, and says so.
const TITLE: usize = 100;
const BODY: usize = 500;

/// What people read. It does not print itself.
#[derive(Clone)]
pub struct Words {
    title: String,
    body: String,
}

impl Words {
    /// A title and a body, cut to what a lock screen shows.
    #[must_use]
    pub fn new(title: &str, body: &str) -> Words {
        Words { title: cut(title, TITLE), body: cut(body, BODY) }
    }

    /// Who, or where.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [title, body] = [&self.title, &self.body].map(|words| words.chars().count());
        write!(f, "Words(a title of {title} and a body of {body} characters)")
    }
}

fn cut(words: &str, most: usize) -> String {
    let Some((end, _)) = words.char_indices().nth(most) else { return words.to_owned() };
    // The sign that something is missing takes the place of the last character.
    let end = words[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    format!("{}…", words[..end].trim_end())
}

/// What only the device can read: text (base64 of a ciphertext), as its app wants it.
#[derive(Debug, Clone)]
pub struct Sealed(SecretString);

impl Sealed {
    /// This text.
    #[must_use]
    pub fn new(text: String) -> Sealed {
        Sealed(SecretString::from(text))
    }

    pub(crate) fn text(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Notification {
    /// A push that shows nothing and takes back what was shown: everything in `room` up to `seq` was read elsewhere.
    #[must_use]
    pub fn withdrawal(id: Uuid, room: &str, seq: i64, badge: u32, lifetime: Lifetime) -> Notification {
        Notification {
            id,
            form: Form::Background,
            words: None,
            sealed: None,
            data: BTreeMap::from([("room", room.to_owned()), ("withdraw", seq.to_string())]),
            badge: Some(badge),
            sound: false,
            // It also takes the place of what a sleeping device has not got yet.
            collapse: Some(room.to_owned()),
            thread: None,
            priority: Priority::Normal,
            lifetime,
        }
    }

    /// Whether there is something to leave out.
    #[must_use]
    pub fn has_content(&self) -> bool {
        self.words.is_some() || self.sealed.is_some()
    }

    /// The same without content: for those who may not read it, or when it is too large.
    #[must_use]
    pub fn without_content(&self) -> Notification {
        Notification { words: None, sealed: None, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_between_characters_and_do_not_print_themselves() {
        let words = Words::new("ann", &"käse ".repeat(200));
        assert_eq!(words.body().chars().count(), BODY);
        assert!(words.body().ends_with("käse…"));
        assert_eq!(Words::new("ann", "hi").body(), "hi");
        assert!(!format!("{words:?}").contains("käse"), "{words:?}");
    }

    #[test]
    fn what_is_over_has_no_time_left_and_what_is_for_now_has_none_to_wait() {
        let now = Timestamp(1_000_000);
        assert_eq!(Lifetime::AtOnce.left(now), Some(Duration::ZERO));
        assert_eq!(Lifetime::Until(Timestamp(1_002_500)).left(now), Some(Duration::from_millis(2500)));
        assert_eq!(Lifetime::Until(now).left(now), None);
        assert!(Lifetime::Until(Timestamp::NEVER).left(now).is_some());
    }
}
