//! Apple's push service: what it checks, in its order, and what it answers.

mod checks; // headers and payload

mod proof; // the token

use crate::authority::Authority;
use crate::exchange::{Heard, Said, Script};
use crate::server::{House, Server};
use parking_lot::Mutex;
use proof::Proofs;
pub(crate) use proof::now;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

pub use proof::TeamKey;

/// A house of Apple's: production, or sandbox.
#[derive(Debug)]
pub struct Apple {
    /// What it says, where a test wants it to, and what it has heard.
    pub script: Script,
    server: Server,
    inside: Arc<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    script: Script,
    proofs: Proofs,
    /// By token: the app it is for, and since when it is gone.
    devices: Mutex<HashMap<String, Device>>,
}

#[derive(Debug, Clone)]
struct Device {
    topic: String,
    gone: Option<(i64, &'static str)>,
}

impl Apple {
    /// One that knows nobody yet.
    pub async fn start(authority: &Authority) -> Apple {
        let inside = Arc::new(Inside::default());
        let server = Server::start(authority, &["h2"], inside.clone()).await;
        Apple { script: inside.script.clone(), server, inside }
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> String {
        format!("https://localhost:{}", self.server.port())
    }

    /// A team with this app. Its key is known from now on.
    #[must_use]
    pub fn team(&self, team: &str, topics: &[&str]) -> TeamKey {
        self.inside.proofs.team(team, topics)
    }

    /// A team of another house of Apple's is known here as well.
    pub fn share_team(&self, other: &Apple, key: &TeamKey) {
        self.inside.proofs.share(&other.inside.proofs, key);
    }

    /// A device on which this app is.
    #[must_use]
    pub fn device(&self, topic: &str) -> String {
        let mut token = [0; 32];
        aws_lc_rs::rand::fill(&mut token).expect("there is chance");
        let token = hex::encode(token);
        let device = Device { topic: topic.to_owned(), gone: None };
        self.inside.devices.lock().insert(token.clone(), device);
        token
    }

    /// The app was taken off the device, which was seen then (milliseconds since 1970).
    pub fn forget(&self, token: &str, at: i64) {
        self.gone(token, at, "Unregistered");
    }

    /// The token is another one since then.
    pub fn expire(&self, token: &str, at: i64) {
        self.gone(token, at, "ExpiredToken");
    }

    fn gone(&self, token: &str, at: i64, why: &'static str) {
        self.inside.devices.lock().get_mut(token).expect("a device of ours").gone = Some((at, why));
    }

    /// Keys of the team are not known any more.
    pub fn forget_team(&self, team: &str) {
        self.inside.proofs.forget(team);
    }

    /// Says a reason of Apple's to the next request.
    pub fn next_reason(&self, status: u16, reason: &str) {
        self.script.next(Said::json(status, &json!({ "reason": reason })));
    }

    /// Connections so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// GOAWAY on all connections.
    pub fn go_away(&self) {
        self.server.go_away();
    }
}

impl House for Inside {
    fn answer(&self, heard: &Heard) -> Said {
        if let Some(said) = self.script.wanted() {
            return said;
        }
        let id = Some(heard.header("apns-id")).filter(|id| !id.is_empty());
        let id = id.map_or_else(|| Uuid::now_v7().hyphenated().to_string().to_uppercase(), str::to_owned);
        match self.judge(heard) {
            Ok(()) => Said::status(200).header("apns-id", id),
            Err((status, body)) => Said::json(status, &body).header("apns-id", id),
        }
    }

    fn answered(&self, heard: Heard) {
        self.script.hear(heard);
    }
}

type Refusal = (u16, serde_json::Value);

fn no(status: u16, reason: &str) -> Refusal {
    (status, json!({ "reason": reason }))
}

impl Inside {
    fn judge(&self, heard: &Heard) -> Result<(), Refusal> {
        if heard.method != "POST" {
            return Err(no(405, "MethodNotAllowed"));
        }
        let token = heard.path.strip_prefix("/3/device/").ok_or_else(|| no(404, "BadPath"))?;
        if token.is_empty() {
            return Err(no(400, "MissingDeviceToken"));
        }
        if token.contains('/') {
            return Err(no(404, "BadPath"));
        }
        checks::headers(heard)?;
        self.proofs.check(heard)?;
        checks::payload(heard)?;
        let is_token = token.len() >= 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
        let device = self.devices.lock().get(token).cloned();
        let device = device.filter(|_| is_token).ok_or_else(|| no(400, "BadDeviceToken"))?;
        if device.topic != heard.header("apns-topic") {
            return Err(no(400, "DeviceTokenNotForTopic"));
        }
        match device.gone {
            Some((at, why)) => Err((410, json!({ "reason": why, "timestamp": at }))),
            None => Ok(()),
        }
    }
}
