//! Which apps there are, with which keys, and how providers are reached.
//!
//! Plain values that somebody has read; what they mean is found out once, in [`crate::Providers::open`].

use crate::circuit::CircuitSettings;
use crate::clock::Clock;
use crate::notification::Words;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;
use web_push_native::p256::elliptic_curve::rand_core::OsRng;
use web_push_native::p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};

/// Everything.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The apps; their names differ.
    pub apps: Vec<App>,
    /// Apple's house for apps from the store.
    pub apns: Reach,
    /// And for apps under development.
    pub apns_sandbox: Reach,
    /// Google's.
    pub fcm: Reach,
    /// Browsers' services, wherever they are.
    pub web: WebReach,
    /// What a call may take.
    pub limits: Limits,
    /// How often a second somebody is asked.
    pub rates: Rates,
    /// When a provider is left alone.
    pub circuit: CircuitSettings,
    /// How long a device that is connected may take to acknowledge before it is told by push: its connection may be dead.
    pub grace: Duration,
    /// What time it is for tokens of Apple's, which are a function of it.
    pub clock: Clock,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            apps: Vec::new(),
            apns: Reach::at("https://api.push.apple.com"),
            apns_sandbox: Reach::at("https://api.sandbox.push.apple.com"),
            fcm: Reach::at("https://fcm.googleapis.com"),
            web: WebReach::default(),
            limits: Limits::default(),
            rates: Rates::default(),
            circuit: CircuitSettings::default(),
            // A phone on a slow network acknowledges in less; people wait for twelve at most.
            grace: Duration::from_secs(10),
            clock: Clock::default(),
        }
    }
}

/// One app, as it is found in the stores of Apple and Google and on a page.
#[derive(Debug, Clone)]
pub struct App {
    /// What devices call it when they register.
    pub name: String,
    /// What is shown where the words may not be, or do not fit.
    pub generic: Words,
    /// With Apple.
    pub apns: Option<ApnsApp>,
    /// With Google.
    pub fcm: Option<FcmApp>,
    /// In browsers, or by UnifiedPush.
    pub web: Option<WebApp>,
    /// Whether devices may register with `log`: for development.
    pub log: bool,
}

/// An app with Apple.
#[derive(Debug, Clone)]
pub struct ApnsApp {
    /// Its bundle id.
    pub topic: String,
    /// The ten letters of its team.
    pub team: String,
    /// The ten letters of the key.
    pub key_id: String,
    /// The key: what is in Apple's `.p8` file.
    pub key: SecretString,
}

/// An app with Google.
#[derive(Debug, Clone)]
pub struct FcmApp {
    /// The service account: what is in Google's JSON file. Its `token_uri` is asked for tokens.
    pub account: SecretString,
    /// The project, where it is not the account's own.
    pub project: Option<String>,
    /// Whether devices of Apple's are among its tokens: then what they need stands in each message.
    pub apple: bool,
}

/// An app in browsers, or by UnifiedPush.
#[derive(Debug, Clone)]
pub struct WebApp {
    /// The VAPID key: 32 bytes in base64url.
    pub key: SecretString,
    /// Who can be asked about it: `mailto:…` or `https://…`. Apple takes no host that is not on the net.
    pub subject: String,
    /// Whether pushes that show nothing are sent. Browsers take the right away from those who do that; apps behind
    /// UnifiedPush can have them.
    pub silent: bool,
}

/// A VAPID key, as it is written.
#[derive(Debug, Clone)]
pub struct VapidKey {
    /// For [`WebApp::key`].
    pub private: SecretString,
    /// For the page, as `applicationServerKey`.
    pub public: String,
}

impl VapidKey {
    /// What a page needs to know of this key; nothing, where it is none.
    #[must_use]
    pub fn public(private: &SecretString) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(private.expose_secret()).ok()?;
        let key = SecretKey::from_slice(&bytes).ok()?;
        Some(BASE64_URL_SAFE_NO_PAD.encode(key.public_key().to_encoded_point(false)))
    }

    /// A new one.
    #[must_use]
    pub fn generate() -> VapidKey {
        let key = SecretKey::random(&mut OsRng);
        let public = key.public_key().to_encoded_point(false);
        VapidKey {
            private: SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(key.to_bytes())),
            public: BASE64_URL_SAFE_NO_PAD.encode(public),
        }
    }
}

/// How a provider is reached.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Its address: `https://…`.
    pub base: String,
    /// Whom to trust there and nobody else, as PEM. Without it, those whom the system trusts.
    pub authority: Option<String>,
    /// An HTTP proxy on the way, `http://…`; it may have a password in it.
    pub proxy: Option<SecretString>,
}

impl Reach {
    /// Straight there.
    #[must_use]
    pub fn at(base: &str) -> Reach {
        Reach { base: base.to_owned(), authority: None, proxy: None }
    }
}

/// How strangers' servers are reached.
#[derive(Debug, Clone, Default)]
pub struct WebReach {
    /// Whom to trust there, as PEM, beside those whom the system trusts.
    pub authority: Option<String>,
    /// Networks that may be reached though they are private: where somebody's own UnifiedPush server stands.
    pub networks: Vec<IpNet>,
}

/// What a call may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections to Apple for each team and to Google for each app. Each carries a thousand calls at once.
    pub connections: NonZeroUsize,
    /// Calls under way at once to Apple or Google for one app. More wait.
    pub under_way: usize,
    /// The same for all strangers' servers together.
    pub under_way_web: usize,
    /// And for one of them, so that one that is slow does not hold up the others. More are told to come again.
    pub under_way_each: usize,
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long one call may take, from the first byte to the last.
    pub call: Duration,
    /// How often an idle connection is looked at: Apple closes what seems dead, and we want to know first.
    pub ping: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: NonZeroUsize::MIN.saturating_add(1),
            under_way: 1000,
            under_way_web: 256,
            under_way_each: 32,
            connect: Duration::from_secs(5),
            call: Duration::from_secs(15),
            ping: Duration::from_secs(60),
        }
    }
}

/// How often a second somebody is asked for one app, by one process; none is no limit. A second's worth goes at once. Whoever
/// would wait for their turn for more than a second is told to come again ([`crate::Answer::Held`]).
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Apple.
    pub apns: Option<NonZeroU32>,
    /// Google.
    pub fcm: Option<NonZeroU32>,
    /// One server of strangers.
    pub web_server: Option<NonZeroU32>,
}

impl Default for Rates {
    fn default() -> Rates {
        Rates {
            // Apple names no number, and says of single devices that it is too much.
            apns: None,
            // Google takes 600,000 a minute of a project, and beyond it nothing for a while.
            fcm: NonZeroU32::new(10_000),
            // Each has its own idea and says so.
            web_server: None,
        }
    }
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Two apps of one name.
    #[error("there are two apps of the name `{0}`")]
    Twice(String),
    /// Something about an app.
    #[error("app `{app}`: {what}")]
    App {
        /// Which one.
        app: String,
        /// What is wrong.
        what: &'static str,
    },
    /// How a provider is reached.
    #[error("{whom} can't be reached like this: {what}")]
    Reach {
        /// Which one.
        whom: &'static str,
        /// What is wrong.
        what: String,
    },
}
