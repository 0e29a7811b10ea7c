//! What has to be there so that a request says something of who asks it: a door that is open, somebody who waits before it,
//! something to take away.

use crate::house::{House, PASSWORD, text};
use crate::media::DOT;
use crate::standing::{Party, Scene, ask};
use bridge::{Bridge, Sought};
use broker::application::{Application as _, Arrival, Identity, Proof};
use broker::outbound::{Limits, OutboundReader, detached};
use chat::Handle;
use mqtt::packet::Version;
use reqwest::Method;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use topics::grant::Grant;

/// A device that is here, without a socket.
pub(crate) struct Connected {
    pub(crate) number: u64,
    _reader: OutboundReader,
}

impl Connected {
    async fn of(bridge: &Arc<Bridge>, who: &Handle) -> Connected {
        let user = bridge.user(who).await.unwrap();
        let (outbound, reader) = detached(Limits::new(Version::V5));
        let identity = Identity {
            user: who.as_str().into(),
            id: user.id.0,
            known: true,
            expires_at: None,
            grants: Arc::default(),
            proof: Proof::default(),
        };
        let arrival = Arrival {
            identity,
            client_id: "phone".into(),
            version: Version::V5,
            clean_start: true,
            session_expiry: 0,
            maximum_packet_size: None,
            will: None,
            user_properties: Vec::new(),
            peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            outbound,
        };
        bridge.connected(arrival).await.unwrap();
        let here = bridge.connections(Sought { user: Some(user.id), address: None }, 0, 1);
        Connected { number: here[0].number, _reader: reader }
    }
}

/// Whether a request needs more than the scene that everybody looks at.
pub(crate) fn needs_more(method: &str) -> bool {
    matches!(
        method,
        "me.logout" | "contacts.end" | "blocks.end" | "rooms.seen" | "rooms.join" | "rooms.ask_in"
    ) || matches!(
        method,
        "rooms.decline" | "rooms.approve" | "rooms.turn_away" | "rooms.end_link" | "rooms.follow"
    ) || matches!(method, "rooms.unban" | "rooms.unmute" | "admin.connection" | "admin.disconnect")
        || matches!(method, "admin.end_grant" | "push.log" | "push.remove" | "push.test")
        || matches!(method, "admin.push_log" | "admin.test_push")
        || method.starts_with("media.")
}

impl Scene {
    /// A scene of its own for this request.
    pub(crate) async fn for_request(house: &House, party: Party, method: &str) -> Scene {
        let mut scene = Scene::with(house, party, (method == "me.logout").then_some(PASSWORD)).await;
        if scene.caller.is_some() {
            scene.between(house, party, method).await;
        }
        scene.at_the_door(house, method).await;
        match method {
            "media.upload" => {}
            // Of whoever asks, and shown nowhere.
            "media.delete" => {
                let owner = scene.who.clone();
                if scene.caller.is_some() {
                    scene.media = scene.upload(house, &owner).await;
                }
            }
            method if method.starts_with("media.") => {
                let shown_by = scene.bystander.clone();
                scene.media = scene.upload(house, &shown_by).await;
                let shown = json!({"room": scene.room.as_str(), "kind": "image", "media": scene.media});
                ask(house, &shown_by, "messages.say", shown).await;
            }
            "admin.connection" | "admin.disconnect" => {
                scene.connection = Some(Connected::of(&house.bridge, &scene.bystander).await);
            }
            "admin.end_grant" => {
                let all = Grant { app: scene.app(), read: vec!["#".into()], write: Vec::new() };
                house.bridge.grant(Some(&scene.bystander), all).await.unwrap();
            }
            _ => {}
        }
        scene
    }

    /// An app of its own.
    pub(crate) fn app(&self) -> String {
        format!("app-{}", self.number)
    }

    /// What is between the one who asks and others, or what they came in with.
    async fn between(&mut self, house: &House, party: Party, method: &str) {
        let account = house.bridge.user(&self.who).await.unwrap();
        match method {
            // A token that nobody logged in for is no login that could be ended.
            "me.logout" if party != Party::Device && party.key().is_none() => {
                let token = house.log_in(self.who.as_str(), "desk").await;
                self.caller = Some(Arc::new(house.bridge.caller(&token).await.unwrap()));
            }
            // Nobody asks who is kept away.
            "contacts.end" if party != Party::Blocked => {
                house.bridge.befriend(&account, &self.bystander).await.unwrap();
            }
            "push.remove" | "push.log" | "push.test" => house.registered(&self.who, "sensor").await,
            "admin.push_log" | "admin.test_push" => house.registered(&self.bystander, "sensor").await,
            "blocks.end" => house.bridge.keep_away(&account, &self.bystander).await.unwrap(),
            _ => {}
        }
    }

    /// What the room's owner did.
    async fn at_the_door(&mut self, house: &House, method: &str) {
        let (room, outsider) = (self.room.to_string(), self.outsider.clone());
        let maker = self.maker.clone();
        let owner = async |method: &str, more: &[(&str, Value)]| {
            let mut input = json!({ "room": room });
            more.iter().for_each(|(key, value)| input[key] = value.clone());
            ask(house, &maker, method, input).await
        };
        let set = |key: &'static str, value: Value| [("settings", json!({ key: value }))];
        let outside = [("user", json!(outsider.as_str()))];
        match method {
            "rooms.seen" => drop(owner("rooms.set", &set("listed", true.into())).await),
            "rooms.join" => drop(owner("rooms.set", &set("join", "open".into())).await),
            "rooms.ask_in" => drop(owner("rooms.set", &set("join", "request".into())).await),
            "rooms.decline" => {
                // Who is in it, or banned, is not invited.
                let account = house.bridge.user(&self.maker).await.unwrap();
                if let Ok(who) = house.bridge.active(&account, &self.who).await {
                    let terms = bridge::Terms { role: chat::Role::Member, ttl: None, uses: None };
                    house.bridge.invite_in(&account, &self.room, who, terms).await.ok();
                }
            }
            "rooms.approve" | "rooms.turn_away" => {
                owner("rooms.set", &set("join", "request".into())).await;
                ask(house, &outsider, "rooms.ask_in", json!({ "room": room })).await;
            }
            "rooms.end_link" | "rooms.follow" => {
                let made = owner("rooms.add_link", &[]).await;
                self.way = (text(&made["link"]["id"]), text(&made["secret"]));
            }
            "rooms.unban" => drop(owner("rooms.ban", &outside).await),
            "rooms.unmute" => {
                drop(owner("rooms.mute", &[("user", json!(self.bystander.as_str()))]).await);
            }
            _ => {}
        }
    }

    /// Somebody uploads a picture.
    async fn upload(&self, house: &House, who: &Handle) -> String {
        let token = house.bridge.token(who, std::time::Duration::from_secs(60)).await.unwrap();
        let request = house.request(Method::POST, "/v1/media").bearer_auth(token).body(DOT);
        text(&house.hear(request).await.good()["id"])
    }
}
