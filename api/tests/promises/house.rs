//! A server with people in it, asked by a client that nobody here wrote.

use api::{Api, Config, PushApp};
use bridge::identity::SigningKey;
use bridge::{Bridge, Registration};
use chat::Handle;
use media::Desk;
use push_worker::ProviderName;
use reqwest::{Client, Method, RequestBuilder, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use store::{MasterKey, Store};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::net::TcpListener;

pub(crate) const PASSWORD: &str = "tea at four";

/// An app that every provider reaches.
pub(crate) fn natter() -> PushApp {
    PushApp { name: "natter".into(), providers: ProviderName::ALL.into(), key: Some("BKey".into()) }
}

/// A running server.
pub(crate) struct House {
    pub(crate) client: Client,
    pub(crate) address: SocketAddr,
    pub(crate) api: Arc<Api>,
    pub(crate) bridge: Arc<Bridge>,
    pub(crate) store: Arc<dyn Store>,
    _folder: TempDir,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Heard {
    async fn of(response: Response) -> Heard {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Heard { status, headers, body }
    }

    /// The body of an answer that went well.
    #[track_caller]
    pub(crate) fn good(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }

    /// Status and code of a problem.
    #[track_caller]
    pub(crate) fn problem(self) -> (u16, String) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        (self.status, self.body["code"].as_str().unwrap().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// A problem, to compare with.
pub(crate) fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

impl House {
    /// Registration is open; ann administers it, bo does not.
    pub(crate) async fn open() -> House {
        House::with(Config::default(), Registration::Open).await
    }

    /// Where nobody is told that they ask too often.
    pub(crate) async fn unhurried() -> House {
        let often = (NonZeroU32::new(1_000_000).unwrap(), NonZeroU32::new(1_000_000).unwrap());
        let push = vec![natter()];
        let config = Config { reads: often, writes: often, strangers: often, push, ..Config::default() };
        House::with(config, Registration::Open).await
    }

    pub(crate) async fn with(config: Config, registration: Registration) -> House {
        let folder = TempDir::new().unwrap();
        let master = MasterKey::from_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let options = Options { reserve: 0, ..Options::new(folder.path(), master) };
        let store: Arc<dyn Store> = SqliteStore::open(options).await.unwrap();
        let settings = bridge::Config { registration, new_for: Duration::ZERO, ..bridge::Config::default() };
        let bridge = Bridge::start(settings, store.clone(), &SigningKey::fresh().unwrap());
        for (name, admin) in [("ann", true), ("bo", false)] {
            let password = Some(SecretString::from(PASSWORD));
            bridge.add_user(&Handle::new(name).unwrap(), password, admin).await.unwrap();
        }
        let desk = Desk::open(media::Config::in_folder(folder.path()), store.clone()).unwrap();
        desk.sweep();
        let api = Api::new(bridge.clone(), store.clone(), desk, config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = api::router(&api).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        House { client: Client::new(), address, api, bridge, store, _folder: folder }
    }

    /// A device of this user is reached by the log.
    pub(crate) async fn registered(&self, user: &Handle, device: &str) {
        let token = self.bridge.token(user, Duration::from_secs(60)).await.unwrap();
        let body = json!({ "app": "natter", "provider": "log", "address": format!("{user}-{device}") });
        self.put(&token, &format!("/v1/push/devices/{device}"), body).await.good();
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) async fn hear(&self, request: RequestBuilder) -> Heard {
        Heard::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Heard {
        self.hear(self.request(Method::GET, path).bearer_auth(token)).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Heard {
        self.hear(self.request(Method::POST, path).bearer_auth(token).json(&body)).await
    }

    pub(crate) async fn put(&self, token: &str, path: &str, body: Value) -> Heard {
        self.hear(self.request(Method::PUT, path).bearer_auth(token).json(&body)).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Heard {
        self.hear(self.request(Method::DELETE, path).bearer_auth(token)).await
    }

    /// A stranger asks.
    pub(crate) async fn ask(&self, path: &str, body: Value) -> Heard {
        self.hear(self.request(Method::POST, path).json(&body)).await
    }

    /// What a login gives.
    pub(crate) async fn tokens(&self, user: &str, device: &str) -> Value {
        self.ask("/v1/login", json!({ "user": user, "password": PASSWORD, "device": device })).await.good()
    }

    /// An access token.
    pub(crate) async fn log_in(&self, user: &str, device: &str) -> String {
        text(&self.tokens(user, device).await["access_token"])
    }
}

/// A text that must be there.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
