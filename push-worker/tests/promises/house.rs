//! An app with devices of all kinds, and the providers that reach them.

use chat::Timestamp;
use providers::{Apple, Authority, Browser, Google, TeamKey};
use push_worker::{
    Address, ApnsApp, App, Environment, FcmApp, Form, Kind, Lifetime, Notification, Priority, ProviderName,
    Providers, Reach, Settings, Target, VapidKey, WebApp, WebReach, Words,
};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

pub(crate) const TOPIC: &str = "org.example.natter";
pub(crate) const PROJECT: &str = "natter-of-a-test";

/// Everybody.
pub(crate) struct House {
    pub(crate) authority: Authority,
    pub(crate) apple: Apple,
    pub(crate) sandbox: Apple,
    pub(crate) google: Google,
    pub(crate) browser: Browser,
    pub(crate) team: TeamKey,
    pub(crate) vapid: VapidKey,
    pub(crate) settings: Settings,
}

impl House {
    /// All of them are there, and one app, `natter`, is known to all.
    pub(crate) async fn open() -> House {
        let authority = Authority::new();
        let [apple, sandbox] = [Apple::start(&authority).await, Apple::start(&authority).await];
        let google = Google::start(&authority, PROJECT).await;
        let browser = Browser::start(&authority).await;
        let team = apple.team("TEAM000001", &[TOPIC, "org.example.other"]);
        sandbox.share_team(&apple, &team);
        let reach = |base: String| Reach { authority: Some(authority.pem().to_owned()), ..Reach::at(&base) };
        let mut settings = Settings {
            apns: reach(apple.base()),
            apns_sandbox: reach(sandbox.base()),
            fcm: reach(google.base()),
            web: WebReach {
                authority: Some(authority.pem().to_owned()),
                networks: vec!["127.0.0.0/8".parse().expect("a network")],
            },
            ..Settings::default()
        };
        // This machine is busy; that a call ends in time has a test of its own.
        settings.limits.call = Duration::from_secs(30);
        settings.limits.connect = Duration::from_secs(30);
        let vapid = VapidKey::generate();
        let mut house = House { authority, apple, sandbox, google, browser, team, vapid, settings };
        house.settings.apps.push(house.app("natter"));
        house
    }

    /// One more app, known to all.
    pub(crate) fn app(&self, name: &str) -> App {
        App {
            name: name.to_owned(),
            generic: Words::new("Natter", "You have a new message"),
            apns: Some(ApnsApp {
                topic: TOPIC.to_owned(),
                team: self.team.team.clone(),
                key_id: self.team.key_id.clone(),
                key: SecretString::from(self.team.pem.clone()),
            }),
            fcm: Some(FcmApp {
                account: SecretString::from(self.google.account()),
                project: None,
                apple: false,
            }),
            web: Some(WebApp {
                key: self.vapid.private.clone(),
                subject: "mailto:ops@example.org".to_owned(),
                silent: false,
            }),
            log: true,
        }
    }

    /// What sends.
    pub(crate) fn providers(&self) -> Providers {
        Providers::open(&self.settings).expect("the settings are good")
    }

    /// A new device of Apple's.
    pub(crate) fn iphone(&self) -> Address {
        apple_token(&self.apple.device(TOPIC))
    }

    /// A new device of Google's.
    pub(crate) fn android(&self) -> Address {
        google_token(Kind::Token, &self.google.device())
    }

    /// A new browser.
    pub(crate) fn page(&self) -> Address {
        page(&self.browser.subscribe(Some(&self.vapid.public)))
    }
}

pub(crate) fn apple_token(value: &str) -> Address {
    address(ProviderName::Apns, Kind::Token, value)
}

pub(crate) fn google_token(kind: Kind, value: &str) -> Address {
    address(ProviderName::Fcm, kind, value)
}

pub(crate) fn page(subscription: &str) -> Address {
    address(ProviderName::Web, Kind::Subscription, subscription)
}

pub(crate) fn address(provider: ProviderName, kind: Kind, value: &str) -> Address {
    Address {
        app: "natter".to_owned(),
        target: Target::read(provider, kind, value).expect("an address"),
        environment: Environment::Production,
        registered_at: Timestamp(now() - 1000),
    }
}

/// Ann says something in the tea room.
pub(crate) fn alert() -> Notification {
    Notification {
        id: Uuid::now_v7(),
        form: Form::Alert,
        words: Some(Words::new("ann in tea", "the kettle is on")),
        sealed: None,
        data: BTreeMap::from([("room", "tea".to_owned()), ("seq", "41".to_owned())]),
        badge: Some(3),
        sound: true,
        collapse: Some("tea".to_owned()),
        thread: Some("tea".to_owned()),
        priority: Priority::High,
        lifetime: Lifetime::Until(Timestamp(now() + 3_600_000)),
    }
}

/// The same with so much that it does not fit, unless it is left out. What the device opens is what is large: words are cut.
pub(crate) fn large() -> Notification {
    let sealed = push_worker::Sealed::new("A".repeat(5000));
    Notification { sealed: Some(sealed), form: Form::MutableContent, ..alert() }
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("not so late")
}
