//! People, rooms and devices for a test: a bridge over a store of its own.

use crate::device::{Device, Manner, Welcomed};
use crate::ground::{Engine, Ground};
use crate::watched_store::WatchedStore;
use bridge::identity::SigningKey;
use bridge::{Bridge, Config};
use broker::application::{Application, Arrival, ConnectRefusal, Identity, Proof};
use broker::outbound::{Limits, detached};
use chat::{Handle, RoomId, Seq, UserId};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use store::{Account, Store};

/// Nothing here takes longer, however slow the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A bridge, its store and where that is.
pub(crate) struct Company {
    pub(crate) bridge: Arc<Bridge>,
    pub(crate) store: Arc<WatchedStore>,
    users: HashMap<String, i64>,
    ground: Ground,
}

pub(crate) fn handle(name: &str) -> Handle {
    Handle::new(name).unwrap()
}

impl Company {
    pub(crate) async fn of(names: &[&str]) -> Company {
        Company::on(Engine::Embedded, names).await
    }

    pub(crate) async fn on(engine: Engine, names: &[&str]) -> Company {
        Company::at(Ground::of(engine), names, Config { say_rate: None, ..Config::default() }).await
    }

    pub(crate) async fn with(names: &[&str], config: Config) -> Company {
        Company::at(Ground::of(Engine::Embedded), names, config).await
    }

    async fn at(ground: Ground, names: &[&str], config: Config) -> Company {
        let (bridge, store) = start(&ground, config).await;
        for name in names {
            bridge.add_user(&handle(name), None, false).await.unwrap();
        }
        let mut company = Company { bridge, store, users: HashMap::new(), ground };
        company.know_everybody().await;
        company
    }

    /// Learns the numbers of all users there are.
    pub(crate) async fn know_everybody(&mut self) {
        let accounts = self.bridge.users(None, 1_000).await.unwrap();
        self.users = accounts.into_iter().map(|one| (one.handle.to_string(), one.id.0)).collect();
    }

    /// Learns the number of one of them.
    pub(crate) fn know(&mut self, name: &Handle, id: UserId) {
        self.users.insert(name.to_string(), id.0);
    }

    /// The server goes and comes again, with this configuration.
    pub(crate) async fn restart(self, config: Config) -> Company {
        let Company { bridge, store, users, ground } = self;
        bridge.drain(Duration::from_secs(10)).await;
        store.close().await.unwrap();
        drop((bridge, store));
        let (bridge, store) = start(&ground, config).await;
        Company { bridge, store, users, ground }
    }

    /// The server goes and comes again. Devices that were forgotten find what the disk knew of them.
    pub(crate) async fn crash(self) -> Company {
        self.restart(Config { say_rate: None, ..Config::default() }).await
    }

    pub(crate) async fn room(&self, name: &str, members: &[&str]) -> Handle {
        let room = handle(name);
        let members: Vec<Handle> = members.iter().map(|name| handle(name)).collect();
        self.bridge.add_room(&room, &members).await.unwrap();
        room
    }

    pub(crate) async fn join(&self, room: &str, who: &str) {
        self.bridge.add_room(&handle(room), &[handle(who)]).await.unwrap();
    }

    pub(crate) async fn leave(&self, room: &str, who: &str) {
        self.bridge.remove_members(&handle(room), &[handle(who)]).await.unwrap();
    }

    pub(crate) async fn say(&self, who: &str, room: &str, text: &str) -> Seq {
        self.bridge.say(&handle(who), &handle(room), text).await.unwrap().seq
    }

    pub(crate) async fn room_id(&self, room: &str) -> RoomId {
        self.bridge
            .rooms(None, 1_000)
            .await
            .unwrap()
            .into_iter()
            .find(|one| one.handle == handle(room))
            .unwrap()
            .id
    }

    pub(crate) async fn last_seq(&self, room: &str) -> Seq {
        let id = self.room_id(room).await;
        self.store.heads(&[id]).await.unwrap()[0].last_seq
    }

    pub(crate) async fn account(&self, who: &str) -> Account {
        self.store.account(&handle(who)).await.unwrap().unwrap()
    }

    pub(crate) async fn connect(&self, who: &str, device: &str) -> Device {
        self.arrive(who, device, &Manner::default()).await
    }

    pub(crate) async fn arrive(&self, who: &str, device: &str, manner: &Manner) -> Device {
        self.welcome(who, device, manner).await.begin()
    }

    pub(crate) async fn welcome(&self, who: &str, device: &str, manner: &Manner) -> Welcomed {
        let proof = Proof::default();
        let (user, id) = (who.into(), self.users[who]);
        let grants = Arc::default();
        let identity = Identity { user, id, known: true, expires_at: None, grants, proof };
        self.sit_down(identity, device, manner).await.unwrap()
    }

    /// Somebody who was let in takes a seat.
    pub(crate) async fn sit_down(
        &self,
        identity: Identity,
        device: &str,
        manner: &Manner,
    ) -> Result<Welcomed, ConnectRefusal> {
        let limits = Limits { queue_count: manner.queue, ..Limits::new(manner.version) };
        let (outbound, reader) = detached(limits);
        let arrival = Arrival {
            identity,
            client_id: device.into(),
            version: manner.version,
            clean_start: manner.clean_start,
            session_expiry: manner.expiry,
            maximum_packet_size: None,
            will: manner.will.clone(),
            user_properties: manner.properties.clone(),
            peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            outbound,
        };
        let welcome = self.bridge.connected(arrival).await?;
        Ok(Welcomed::new(self.bridge.clone(), welcome, reader, manner.expiry))
    }
}

async fn start(ground: &Ground, config: Config) -> (Arc<Bridge>, Arc<WatchedStore>) {
    let store = Arc::new(WatchedStore::new(ground.open().await));
    (Bridge::start(config, store.clone(), &SigningKey::fresh().unwrap()), store)
}
