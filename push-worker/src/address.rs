//! Where a device is reached, and what is checked of it before anything is sent there.

mod token; // a name that a provider gave

mod subscription; // what a browser gave

pub use subscription::Subscription;
pub use token::Token;

use chat::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// One device, for one app.
#[derive(Debug, Clone)]
pub struct Address {
    /// Which app of [`crate::Settings`].
    pub app: String,
    /// By whom and under which name.
    pub target: Target,
    /// Apple keeps apps under development apart.
    pub environment: Environment,
    /// When the device last said that this is its address.
    pub registered_at: Timestamp,
}

/// Who is asked to tell the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderName {
    /// Apple.
    Apns,
    /// Google.
    Fcm,
    /// A browser's service, or UnifiedPush.
    Web,
    /// Our own log.
    Log,
}

impl ProviderName {
    /// All of them.
    pub const ALL: [ProviderName; 4] =
        [ProviderName::Apns, ProviderName::Fcm, ProviderName::Web, ProviderName::Log];

    /// The one that is written so.
    #[must_use]
    pub fn from_word(word: &str) -> Option<ProviderName> {
        ProviderName::ALL.into_iter().find(|name| name.as_str() == word)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ProviderName::Apns => "apns",
            ProviderName::Fcm => "fcm",
            ProviderName::Web => "web",
            ProviderName::Log => "log",
        }
    }
}

/// What sort of name a device has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A registration token.
    Token,
    /// A Firebase installation id, which takes the place of Google's tokens.
    Installation,
    /// What a browser's `PushSubscription` says in JSON.
    Subscription,
}

/// Apple's two houses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Apps from the store, and everything that is not Apple's.
    #[default]
    Production,
    /// Apps under development.
    Sandbox,
}

/// By whom a device is reached, and under which name.
#[derive(Debug, Clone)]
pub enum Target {
    /// A device token of Apple's.
    Apns(Token),
    /// A registration token of Google's.
    Fcm(Token),
    /// A Firebase installation id.
    Installation(Token),
    /// A subscription of a browser or of UnifiedPush.
    Web(Box<Subscription>),
    /// Any word.
    Log(Token),
}

/// Why something is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not of the kind that this provider has.
    #[error("{provider} has no addresses of this kind", provider = .0.as_str())]
    Kind(ProviderName),
    /// Apple's are bytes in hexadecimal.
    #[error("a device token of Apple's is 64 to 200 hexadecimal digits")]
    Apns,
    /// Google's are words.
    #[error("a registration token or installation id is 8 to 4096 letters, digits and marks without a space")]
    Fcm,
    /// Not what a browser says.
    #[error(
        "a subscription is JSON with `endpoint` (https, at most 2048 letters), `keys.p256dh` and `keys.auth`"
    )]
    Web,
}

impl Target {
    /// Reads what a device registered.
    ///
    /// # Errors
    /// [`AddressError`]: it can't be an address there.
    pub fn read(provider: ProviderName, kind: Kind, value: &str) -> Result<Target, AddressError> {
        match (provider, kind) {
            (ProviderName::Apns, Kind::Token) => {
                let is_good = (64..=200).contains(&value.len())
                    && value.len().is_multiple_of(2)
                    && value.bytes().all(|byte| byte.is_ascii_hexdigit());
                is_good.then(|| Target::Apns(Token::new(value))).ok_or(AddressError::Apns)
            }
            (ProviderName::Fcm, Kind::Token | Kind::Installation) => {
                let is_good =
                    (8..=4096).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic());
                let token = is_good.then(|| Token::new(value)).ok_or(AddressError::Fcm)?;
                Ok(if kind == Kind::Token { Target::Fcm(token) } else { Target::Installation(token) })
            }
            (ProviderName::Web, Kind::Subscription) => {
                Subscription::read(value).map(|subscription| Target::Web(Box::new(subscription)))
            }
            (ProviderName::Log, Kind::Token) => Ok(Target::Log(Token::new(value))),
            _ => Err(AddressError::Kind(provider)),
        }
    }

    /// By whom.
    #[must_use]
    pub fn provider(&self) -> ProviderName {
        match self {
            Target::Apns(_) => ProviderName::Apns,
            Target::Fcm(_) | Target::Installation(_) => ProviderName::Fcm,
            Target::Web(_) => ProviderName::Web,
            Target::Log(_) => ProviderName::Log,
        }
    }

    /// Under what sort of name.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Target::Apns(_) | Target::Fcm(_) | Target::Log(_) => Kind::Token,
            Target::Installation(_) => Kind::Installation,
            Target::Web(_) => Kind::Subscription,
        }
    }

    /// What [`Target::read`] reads.
    #[must_use]
    pub fn value(&self) -> &SecretString {
        match self {
            Target::Apns(token) | Target::Fcm(token) | Target::Installation(token) | Target::Log(token) => {
                token.secret()
            }
            Target::Web(subscription) => subscription.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use secrecy::ExposeSecret;

    const KEY: &str =
        "BLn9b-VR0ca83knDNZ32dCHGyjJp-1riX9ZTN40MqV8K_LpQmLqxC_DoHvqvFXO_nGdAB4W9dogZb_sM-uV4JbY";

    fn web(endpoint: &str, key: &str, auth: &str) -> Result<Target, AddressError> {
        let text = format!(
            r#"{{"endpoint":"{endpoint}","expirationTime":null,"keys":{{"p256dh":"{key}","auth":"{auth}"}}}}"#
        );
        Target::read(ProviderName::Web, Kind::Subscription, &text)
    }

    #[test]
    fn what_can_be_no_address_is_not_taken() {
        let apple = |value: &str| Target::read(ProviderName::Apns, Kind::Token, value).map(|_| ());
        assert_eq!(apple(&"ab".repeat(32)), Ok(()));
        for bad in ["", "ab", &"xy".repeat(32), &"a".repeat(65), "../../3/device/0"] {
            assert_eq!(apple(bad), Err(AddressError::Apns), "{bad}");
        }
        let google = |value: &str| Target::read(ProviderName::Fcm, Kind::Installation, value).map(|_| ());
        assert_eq!(google("cdFGhijklmnopqrstuvwxy"), Ok(()));
        assert_eq!(google("with a space"), Err(AddressError::Fcm));
        assert_eq!(
            Target::read(ProviderName::Apns, Kind::Installation, &"ab".repeat(32)).map(|_| ()),
            Err(AddressError::Kind(ProviderName::Apns))
        );
    }

    #[test]
    fn a_subscription_names_a_server_by_https_and_keys_that_are_keys() {
        let auth = "_ordMnz7uTCmrpBTeUV4Bw";
        let good = web("https://push.example.org/a/very-long-secret-path", KEY, auth).expect("it is one");
        assert_eq!(format!("{good:?}"), "Web(https://push.example.org/a/ver…(24))");
        for bad in ["http://push.example.org/a", "https://ann:secret@push.example.org/a", "ftp://a/b", "a"] {
            assert_eq!(web(bad, KEY, auth).map(|_| ()), Err(AddressError::Web), "{bad}");
        }
        assert_eq!(web("https://a.example/b", &KEY[..40], auth).map(|_| ()), Err(AddressError::Web));
        assert_eq!(web("https://a.example/b", KEY, "short").map(|_| ()), Err(AddressError::Web));
        // Of the right size, but no point of the curve.
        let nowhere = BASE64_URL_SAFE_NO_PAD.encode([4; 65]);
        assert_eq!(web("https://a.example/b", &nowhere, auth).map(|_| ()), Err(AddressError::Web));
    }

    #[test]
    fn a_subscription_is_the_same_however_a_browser_writes_it() {
        let read = |text: &str| Target::read(ProviderName::Web, Kind::Subscription, text).expect("it is one");
        let keys = format!(r#"{{"auth":"_ordMnz7uTCmrpBTeUV4Bw","p256dh":"{KEY}"}}"#);
        let one = read(&format!(r#"{{"keys":{keys},"endpoint":"https://a.example/b"}}"#));
        let other =
            read(&format!(r#"{{"endpoint": "https://a.example/b", "expirationTime": 7, "keys": {keys}}}"#));
        assert_eq!(one.value().expose_secret(), other.value().expose_secret());
    }

    #[test]
    fn a_token_is_shown_shortened() {
        let target =
            Target::read(ProviderName::Apns, Kind::Token, &"0123456789abcdef".repeat(4)).expect("good");
        assert_eq!(format!("{target:?}"), "Apns(01234567…(64))");
    }
}
