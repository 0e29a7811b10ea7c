//! Who may stand how to a room, and a room for each of them to ask about.

use crate::house::House;
use crate::prepared::Connected;
use api::Asker;
use bridge::identity::{Caller, Scope};
use chat::Handle;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How somebody stands to a room of others. One for each column of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    /// They did not say who they are.
    Nobody,
    /// They have an account, and are not in the room.
    Stranger,
    /// A stranger whom a member of the room keeps away.
    Blocked,
    /// They were in it, and may not come back.
    Banned,
    /// They were in it, and left.
    Gone,
    /// They are in it, to read.
    Guest,
    /// They are in it.
    Member,
    /// They are in it, by a device token.
    Device,
    /// They see to it that others can talk in it.
    Admin,
    /// They made it.
    Owner,
    /// A program that is in it, by a key with every scope but `admin`.
    Service,
    /// The same, by a key for reading only: `rooms:read` and `messages:read`.
    Reader,
    /// The same, by a key for writing only: `rooms:write` and `messages:write`.
    Writer,
    /// They administer the server, and are not in the room.
    Administrator,
}

impl Party {
    pub(crate) const ALL: [Party; 14] = [
        Party::Nobody,
        Party::Stranger,
        Party::Blocked,
        Party::Banned,
        Party::Gone,
        Party::Guest,
        Party::Member,
        Party::Device,
        Party::Admin,
        Party::Owner,
        Party::Service,
        Party::Reader,
        Party::Writer,
        Party::Administrator,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Party::Nobody => "nobody",
            Party::Stranger => "stranger",
            Party::Blocked => "blocked",
            Party::Banned => "banned",
            Party::Gone => "left",
            Party::Guest => "guest",
            Party::Member => "member",
            Party::Device => "device",
            Party::Admin => "admin",
            Party::Owner => "owner",
            Party::Service => "service",
            Party::Reader => "reader",
            Party::Writer => "writer",
            Party::Administrator => "administrator",
        }
    }

    /// What the key of a program is good for.
    pub(crate) fn key(self) -> Option<Vec<Scope>> {
        match self {
            Party::Service => Some(Scope::ALL.into_iter().filter(|scope| *scope != Scope::Admin).collect()),
            Party::Reader => Some(vec![Scope::RoomsRead, Scope::MessagesRead]),
            Party::Writer => Some(vec![Scope::RoomsWrite, Scope::MessagesWrite]),
            _ => None,
        }
    }
}

/// A room, and one who asks about it.
pub(crate) struct Scene {
    pub(crate) number: u32,
    pub(crate) caller: Option<Arc<Caller>>,
    /// What the caller shows.
    pub(crate) proof: Option<String>,
    /// Who the caller is, where they are somebody, and who made the room.
    pub(crate) who: Handle,
    pub(crate) maker: Handle,
    pub(crate) room: Handle,
    /// A member beside them.
    pub(crate) bystander: Handle,
    /// Somebody who is invited, and not in the room.
    pub(crate) outsider: Handle,
    pub(crate) service: Handle,
    /// Numbers of a credential of theirs, of a key of the service, of an invitation, and of a report.
    pub(crate) credential: String,
    pub(crate) key: String,
    pub(crate) ticket: String,
    pub(crate) report: String,
    /// With which the bystander may set a password.
    pub(crate) link: String,
    /// What was made for a request that is about such a thing: an upload, a link into the room with its secret, a connection.
    pub(crate) media: String,
    pub(crate) way: (String, String),
    pub(crate) connection: Option<Connected>,
}

fn name(word: &str, number: u32) -> Handle {
    Handle::new(&format!("{word}-{number}")).unwrap()
}

/// Somebody asks, and it is done.
pub(crate) async fn ask(house: &House, who: &Handle, method: &str, input: Value) -> Value {
    let token = house.bridge.token(who, Duration::from_secs(60)).await.unwrap();
    let caller = house.bridge.caller(&token).await.unwrap();
    let asker = Asker { caller: Some(Arc::new(caller)), address: None };
    let admitted = house.api.admit(house.api.method(method).unwrap(), asker).unwrap();
    let answer = house.api.perform(admitted, input, None).await.unwrap();
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

impl Scene {
    /// A room of its own, with people of its own, so that nothing another did matters.
    pub(crate) async fn set(house: &House, party: Party) -> Scene {
        Scene::with(house, party, None).await
    }

    /// The same, where the one who asks has a password.
    pub(crate) async fn with(house: &House, party: Party, password: Option<&str>) -> Scene {
        static SCENES: AtomicU32 = AtomicU32::new(0);
        let number = SCENES.fetch_add(1, Ordering::Relaxed);
        let bridge = &house.bridge;
        let [owner, actor, bystander, outsider, service, room] =
            ["owner", "actor", "bystander", "outsider", "service", "room"].map(|word| name(word, number));
        for (who, admin) in [
            (&owner, false),
            (&actor, party == Party::Administrator),
            (&bystander, false),
            (&outsider, false),
        ] {
            let password = password.filter(|_| *who == actor).map(SecretString::from);
            bridge.add_user(who, password, admin).await.unwrap();
        }
        bridge.add_service(&service).await.unwrap();
        let (who, maker) = match party {
            Party::Owner => (actor.clone(), actor.clone()),
            Party::Service | Party::Reader | Party::Writer => (service.clone(), owner.clone()),
            _ => (actor.clone(), owner.clone()),
        };
        let is_in = !matches!(
            party,
            Party::Nobody | Party::Stranger | Party::Blocked | Party::Owner | Party::Administrator
        );
        let members: Vec<&str> =
            [bystander.as_str()].into_iter().chain(is_in.then_some(who.as_str())).collect();
        let at = room.as_str();
        ask(house, &maker, "rooms.create", json!({"room": at, "members": members})).await;
        ask(house, &maker, "messages.say", json!({"room": at, "body": "hello"})).await;
        ask(house, &maker, "rooms.invite", json!({"room": at, "user": outsider.as_str()})).await;
        let of_actor = json!({"room": at, "user": who.as_str()});
        match party {
            Party::Gone => drop(ask(house, &who, "rooms.leave", json!({"room": at})).await),
            Party::Banned => drop(ask(house, &maker, "rooms.ban", of_actor).await),
            Party::Guest | Party::Admin => {
                ask(
                    house,
                    &maker,
                    "rooms.role",
                    json!({"room": at, "user": who.as_str(), "role": party.word()}),
                )
                .await;
            }
            _ => {}
        }
        let made_by = maker.clone();
        let maker = bridge.user(&maker).await.unwrap();
        if party == Party::Blocked {
            let keeps_away = bridge.user(&bystander).await.unwrap();
            bridge.keep_away(&keeps_away, &who).await.unwrap();
        }

        let account = bridge.user(&who).await.unwrap();
        let scopes = party.key().unwrap_or_else(|| vec![Scope::RoomsRead]).into_iter().collect();
        let key = bridge.add_key(&service, "key".into(), scopes, None).await.unwrap();
        let device = bridge.add_device_token(account.id, "sensor".into(), String::new(), None).await.unwrap();
        let hour = Duration::from_secs(3600);
        let ticket = bridge.invite(maker.id, 1, hour).await.unwrap().ticket;
        let link = bridge.link(maker.id, &bystander, hour).await.unwrap();
        let told = bridge.report_user(&maker, &bystander, "unkind".into()).await.unwrap();
        let proof = match party {
            Party::Nobody => None,
            Party::Device => Some(device.secret.expose_secret().to_owned()),
            Party::Service | Party::Reader | Party::Writer => Some(key.secret.expose_secret().to_owned()),
            _ => Some(bridge.token(&who, hour).await.unwrap()),
        };
        let caller = match &proof {
            Some(proof) => Some(Arc::new(bridge.caller(proof).await.unwrap())),
            None => None,
        };
        Scene {
            number,
            caller,
            proof,
            who,
            maker: made_by,
            room,
            bystander,
            outsider,
            service,
            credential: device.credential.id.0.to_string(),
            key: key.credential.id.0.to_string(),
            ticket: ticket.id.0.to_string(),
            report: told.0.to_string(),
            link: link.secret.expose_secret().to_owned(),
            // Nobody's.
            media: "1".into(),
            way: ("1".into(), "x".into()),
            connection: None,
        }
    }
}
