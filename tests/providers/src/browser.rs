//! A browser with its push service: it subscribes, takes what comes, and opens it.

mod open; // what was sealed for it

mod known; // who sends

use crate::authority::Authority;
use crate::exchange::{Heard, Said, Script};
use crate::server::{House, Port, Server};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use open::Keys;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Bytes of the largest body that services have to take.
const LARGEST: usize = 4096;

/// Many browsers, with one service.
#[derive(Debug)]
pub struct Browser {
    /// What it says, where a test wants it to, and what it has heard.
    pub script: Script,
    server: Server,
    inside: Arc<Inside>,
}

#[derive(Debug)]
struct Inside {
    port: Port,
    script: Script,
    subscriptions: Mutex<HashMap<String, Subscription>>,
    opened: Mutex<Vec<Opened>>,
}

#[derive(Debug)]
struct Subscription {
    keys: Keys,
    /// The only one who may send, where the page named one.
    sender: Option<String>,
    is_gone: bool,
}

/// Something that a browser was told.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What was sealed.
    pub said: Value,
    /// Seconds for which it is kept.
    pub ttl: u64,
    /// How urgent.
    pub urgency: String,
    /// What it replaces.
    pub topic: String,
}

impl Browser {
    /// One without subscriptions.
    pub async fn start(authority: &Authority) -> Browser {
        let inside = Arc::new(Inside {
            port: Port(Mutex::new(0)),
            script: Script::default(),
            subscriptions: Mutex::default(),
            opened: Mutex::default(),
        });
        let server = Server::start(authority, &["h2", "http/1.1"], inside.clone()).await;
        *inside.port.0.lock() = server.port();
        Browser { script: inside.script.clone(), server, inside }
    }

    /// A subscription, as a page sends it. `sender` is the public key of the only one who may send.
    #[must_use]
    pub fn subscribe(&self, sender: Option<&str>) -> String {
        self.subscribe_at(&self.inside.port.origin(), sender)
    }

    /// The same, under another address of this server.
    #[must_use]
    pub fn subscribe_at(&self, origin: &str, sender: Option<&str>) -> String {
        let (id, keys) = (Uuid::now_v7().simple().to_string(), Keys::new());
        let written = json!({
            "endpoint": format!("{origin}/push/{id}"),
            "expirationTime": null,
            "keys": {
                "p256dh": BASE64_URL_SAFE_NO_PAD.encode(keys.public()),
                "auth": BASE64_URL_SAFE_NO_PAD.encode(keys.auth()),
            },
        });
        let subscription = Subscription { keys, sender: sender.map(str::to_owned), is_gone: false };
        self.inside.subscriptions.lock().insert(id, subscription);
        written.to_string()
    }

    /// The page may tell nothing any more.
    pub fn unsubscribe(&self, subscription: &str) {
        let written: Value = serde_json::from_str(subscription).expect("it is one");
        let id =
            written["endpoint"].as_str().and_then(|endpoint| endpoint.rsplit('/').next()).expect("an id");
        self.inside.subscriptions.lock().get_mut(id).expect("one of ours").is_gone = true;
    }

    /// Its port on this machine.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// What browsers were told so far.
    #[must_use]
    pub fn opened(&self) -> Vec<Opened> {
        self.inside.opened.lock().clone()
    }
}

impl House for Inside {
    fn answer(&self, heard: &Heard) -> Said {
        self.script.wanted().unwrap_or_else(|| match self.take(heard) {
            Ok(opened) => {
                self.opened.lock().push(opened);
                Said::status(201).header("location", format!("/messages/{}", Uuid::now_v7().simple()))
            }
            Err((status, words)) => Said::status(status).body(words),
        })
    }

    fn answered(&self, heard: Heard) {
        self.script.hear(heard);
    }
}

impl Inside {
    fn take(&self, heard: &Heard) -> Result<Opened, (u16, &'static str)> {
        let id = heard.path.strip_prefix("/push/").ok_or((404, "no such thing"))?;
        let subscriptions = self.subscriptions.lock();
        let subscription = subscriptions.get(id).ok_or((404, "no such subscription"))?;
        if subscription.is_gone {
            return Err((410, "gone"));
        }
        let origin = format!("https://{}", host(heard));
        let sender = known::sender(heard.header("authorization"), &origin).ok_or((401, "nobody known"))?;
        if subscription.sender.as_ref().is_some_and(|only| *only != sender) {
            return Err((403, "somebody else"));
        }
        if heard.body.len() > LARGEST {
            return Err((413, "too large"));
        }
        let ttl = heard.header("ttl").parse().map_err(|_| (400, "no TTL"))?;
        let urgency = heard.header("urgency");
        if !["very-low", "low", "normal", "high"].contains(&urgency) {
            return Err((400, "no such urgency"));
        }
        let topic = heard.header("topic");
        let is_topic = topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if topic.len() > 32 || !is_topic || heard.header("content-encoding") != "aes128gcm" {
            return Err((400, "a bad topic or encoding"));
        }
        let plain = subscription.keys.open(&heard.body).ok_or((400, "it can't be opened"))?;
        let said = serde_json::from_slice(&plain).map_err(|_| (400, "not JSON"))?;
        Ok(Opened { said, ttl, urgency: urgency.to_owned(), topic: topic.to_owned() })
    }
}

fn host(heard: &Heard) -> &str {
    heard.header("host")
}
