//! What came of a notification, by what is to be done now.

use crate::address::Address;
use chat::Timestamp;
use std::borrow::Cow;
use std::time::Duration;

/// What came of one notification for one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The provider took it.
    Sent {
        /// Its number for it: Apple's `apns-id`, Google's message name, a browser service's address of the message.
        id: String,
        /// Whether all of it went. If not, it was too large, and went without content.
        whole: bool,
    },
    /// The device is not there any more. Delete the address if it was registered before `since` ([`Answer::ends`]), and
    /// never otherwise: then the device has come back meanwhile. Don't send this again.
    Gone {
        /// When the provider knew, or when it was asked.
        since: Timestamp,
        /// Its word for it.
        reason: Reason,
    },
    /// This address is no good for this app in this environment. Don't use it until it is registered again, but keep it:
    /// it may be our mistake (a token of Apple's sandbox, a key that was changed).
    Disabled {
        /// The provider's word for it.
        reason: Reason,
    },
    /// Too large even without content. Don't send it again.
    TooLarge {
        /// The provider's word for it, or ours.
        reason: Reason,
    },
    /// It may succeed later. Keep it, and count the attempt.
    Later {
        /// How long the provider asked to be left alone, at least.
        after: Option<Duration>,
        /// For whom that is.
        of: Whose,
        /// The provider's word for it.
        reason: Reason,
    },
    /// Nothing was sent, because the provider is being left alone or has as much as it may have now. Keep it; this was no
    /// attempt.
    Held {
        /// When to come again, at the earliest.
        after: Duration,
    },
    /// Keys, names or rights of the app are wrong: a person has to look. Keep it; the app's circuit is open meanwhile.
    Misconfigured {
        /// The provider's word for it.
        reason: Reason,
    },
    /// What we sent is not as the provider wants it: our mistake. Don't send it again, and tell somebody.
    Broken {
        /// The provider's word for it, or ours.
        reason: Reason,
    },
    /// Nothing was sent, and nothing will be: it is over, or such a thing is not told to such a device.
    Dropped {
        /// Why.
        reason: Reason,
    },
}

/// For whom an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// For this device. Others may be told.
    Device,
    /// For everything that goes to the provider for this app.
    Provider,
}

/// Letters of the longest reason that is kept.
const LONGEST: usize = 64;

/// Why, in a provider's own word (`BadDeviceToken`, `UNREGISTERED`) or in few of ours: for logs and metrics.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason(Cow<'static, str>);

impl Reason {
    /// One of ours.
    #[must_use]
    pub const fn ours(words: &'static str) -> Reason {
        Reason(Cow::Borrowed(words))
    }

    /// A provider's: bounded, and nothing in it that is not a letter, a figure or a mark between them.
    #[must_use]
    pub fn told(words: &str) -> Reason {
        let good = |letter: &char| letter.is_ascii_alphanumeric() || "_-. ".contains(*letter);
        Reason(Cow::Owned(words.chars().filter(good).take(LONGEST).collect()))
    }

    /// An HTTP status, where nothing else was said.
    #[must_use]
    pub fn status(status: u16) -> Reason {
        Reason(Cow::Owned(format!("HTTP {status}")))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Answer {
    /// One word for it in logs and metrics.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self {
            Answer::Sent { whole: true, .. } => "sent",
            Answer::Sent { whole: false, .. } => "sent_without_content",
            Answer::Gone { .. } => "gone",
            Answer::Disabled { .. } => "disabled",
            Answer::TooLarge { .. } => "too_large",
            Answer::Later { of: Whose::Device, .. } => "later_device",
            Answer::Later { of: Whose::Provider, .. } => "later_provider",
            Answer::Held { .. } => "held",
            Answer::Misconfigured { .. } => "misconfigured",
            Answer::Broken { .. } => "broken",
            Answer::Dropped { .. } => "dropped",
        }
    }

    /// Why, unless all went well or nobody was asked.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Answer::Sent { .. } | Answer::Held { .. } => None,
            Answer::Gone { reason, .. }
            | Answer::Disabled { reason }
            | Answer::TooLarge { reason }
            | Answer::Later { reason, .. }
            | Answer::Misconfigured { reason }
            | Answer::Broken { reason }
            | Answer::Dropped { reason } => Some(reason),
        }
    }

    /// Whether this address is to be deleted: it was registered before the device was gone.
    #[must_use]
    pub fn ends(&self, address: &Address) -> bool {
        matches!(self, Answer::Gone { since, .. } if address.registered_at < *since)
    }

    /// Whether the same is to be sent again later.
    #[must_use]
    pub fn is_to_come_again(&self) -> bool {
        matches!(self, Answer::Later { .. } | Answer::Held { .. } | Answer::Misconfigured { .. })
    }

    /// What a status means whose words nobody knows.
    pub(crate) fn by_class(status: u16, after: Option<Duration>, reason: Reason) -> Answer {
        match status {
            401 | 403 => Answer::Misconfigured { reason },
            413 => Answer::TooLarge { reason },
            408 | 425 | 500.. => Answer::Later { after, of: Whose::Provider, reason },
            429 => Answer::Later { after, of: Whose::Device, reason },
            // Also where somebody else answers than we think: redirects are not followed.
            _ => Answer::Broken { reason },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_short_and_plain() {
        assert_eq!(Reason::told("BadDeviceToken").as_str(), "BadDeviceToken");
        assert_eq!(Reason::told("a\n\"b\"\u{1b}[31m<é>").as_str(), "ab31m");
        assert_eq!(Reason::told(&"x".repeat(10_000)).as_str().len(), LONGEST);
    }
}
