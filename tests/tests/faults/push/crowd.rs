//! People with devices that Google reaches, and a Google of this machine.

use providers::{Authority, Google};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;
use tests::{Settings, World};
use tokio::task::JoinSet;

/// Google's name for a project.
const PROJECT: &str = "natter-of-a-test";
/// Requests under way at once.
const AT_ONCE: usize = 8;

/// Google, and who vouches for it.
pub(super) struct Away {
    pub(super) google: Google,
    authority: Authority,
    folder: TempDir,
}

/// Somebody who can ask by HTTP.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) token: String,
    http: SocketAddr,
    client: reqwest::Client,
}

impl Away {
    pub(super) async fn open() -> Away {
        let authority = Authority::new();
        let google = Google::start(&authority, PROJECT).await;
        let folder = TempDir::with_prefix("natter-keys-").expect("a temporary folder can be made");
        std::fs::write(folder.path().join("account.json"), google.account()).expect("it is written");
        Away { google, authority, folder }
    }

    /// An app whose devices this Google reaches.
    pub(super) fn settings(&self) -> Settings {
        let account = self.folder.path().join("account.json").display().to_string();
        let apps = format!(r#"{{ chat = {{ fcm = {{ account = "{account}" }} }} }}"#);
        Settings::default()
            .set("push.apps", &apps)
            .set("push.ca", &self.authority.file().display().to_string())
            .set("push.fcm_address", &self.google.base())
            .set("limits.writes_per_user", "1000000")
            .set("limits.writes_burst", "1000000")
            .set("limits.reads_per_user", "1000000")
    }

    /// Waits until Google was asked so often, and says which devices it was to tell something, and how often each.
    pub(super) async fn told(&self, many: usize, within: Duration) -> HashMap<String, usize> {
        let mut told = HashMap::new();
        for heard in self.google.script.wait_for(many, within).await {
            let token = heard.json()["message"]["token"].as_str().expect("a token").to_owned();
            *told.entry(token).or_insert(0) += 1;
        }
        told
    }
}

impl Caller {
    /// The administrator of a world.
    pub(super) async fn root(world: &World) -> Caller {
        world.administrator("root").await;
        let token = world.natter(&["token", "root", "--ttl", "1h"]).await.trim().to_owned();
        Caller { name: "root".into(), token, http: world.http, client: reqwest::Client::new() }
    }

    /// Asks for something that has to be done.
    pub(super) async fn asks(&self, verb: reqwest::Method, path: &str, body: Value) -> Value {
        let request = self.client.request(verb, format!("http://{}{path}", self.http));
        let answer = request.bearer_auth(&self.token).json(&body).send().await.expect("the server answers");
        let status = answer.status();
        let text = answer.text().await.expect("it answers in words");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Makes so many people: programs, since those need no password.
    pub(super) async fn people(&self, many: usize) -> Vec<Caller> {
        let mut making = JoinSet::new();
        let mut made = Vec::with_capacity(many);
        for number in 0..many {
            let root = self.clone();
            making.spawn(async move { root.person(&format!("bot-{number}")).await });
            if making.len() >= AT_ONCE {
                made.extend(making.join_next().await.map(|one| one.expect("it was made")));
            }
        }
        made.extend(making.join_all().await);
        made.sort_by_key(|one| one.name[4..].parse::<usize>().expect("a number"));
        made
    }

    async fn person(&self, name: &str) -> Caller {
        self.asks(reqwest::Method::POST, "/v1/admin/services", json!({ "handle": name })).await;
        let path = format!("/v1/admin/users/{name}/tokens");
        let given = self.asks(reqwest::Method::POST, &path, json!({ "expires_in": 3_600 })).await;
        let token = given["access_token"].as_str().expect("a token").to_owned();
        Caller { name: name.to_owned(), token, ..self.clone() }
    }

    /// A device of theirs is reached by Google under this name.
    pub(super) async fn registers(&self, device: &str, address: &str) {
        let body = json!({ "app": "chat", "provider": "fcm", "address": address });
        self.asks(reqwest::Method::PUT, &format!("/v1/push/devices/{device}"), body).await;
    }

    /// Says something in a room. It is committed when this returns.
    pub(super) async fn says(&self, room: &str, words: &str) {
        let path = format!("/v1/rooms/{room}/messages");
        self.asks(reqwest::Method::POST, &path, json!({ "body": words })).await;
    }
}
