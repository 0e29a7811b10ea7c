//! One server for the whole suite, and a corner of it for each test.
//!
//! The server has open topics and lets everybody in; it runs until all tests have ended. No test starts one for itself
//! unless it needs other settings or ends it. What a test does stays in its corner, since client ids and topics carry
//! the corner's number.

use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{Connack, Packet, Qos, Subscription, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tests::{Device, Settings, Wire, World, filter, subscribe};
use tokio::sync::OnceCell;

/// What holds for both is shown with both.
pub(crate) const BOTH: [Version; 2] = [Version::V3, Version::V5];

static SERVER: OnceCell<Arc<World>> = OnceCell::const_new();
static CORNERS: AtomicU32 = AtomicU32::new(1);

/// Where one test is by itself.
pub(crate) struct Corner {
    /// The server; its user ann has a password and is in the room tea.
    pub(crate) world: Arc<World>,
    number: u32,
}

/// Settings under which everybody may use every topic that is not of the chat.
pub(crate) fn open() -> Settings {
    let settings = Settings::default().set("mqtt.open_topics", "true").set("mqtt.anonymous", "true");
    // All tests are one user there, with sessions in each corner.
    settings.set("limits.anonymous_sessions", "100000")
}

impl Corner {
    /// A corner of its own.
    pub(crate) async fn open() -> Corner {
        let world = SERVER.get_or_init(async || {
            let mut world = World::with(open()).await;
            world.room("tea", ["ann"]).await;
            world.shared()
        });
        let world = Arc::clone(world.await);
        Corner { world, number: CORNERS.fetch_add(1, Ordering::Relaxed) }
    }

    /// A topic, or a filter, in this corner.
    pub(crate) fn topic(&self, rest: &str) -> String {
        format!("corner{}/{rest}", self.number)
    }

    /// A client id of this corner.
    pub(crate) fn id(&self, name: &str) -> String {
        format!("{name}{}", self.number)
    }

    /// Somebody who can connect here, with a clean start.
    pub(crate) fn device(&self, version: Version, name: &str) -> Device {
        self.world.nobody(&self.id(name)).version(version)
    }

    /// Somebody who is connected.
    pub(crate) async fn client(&self, version: Version, name: &str) -> Wire {
        self.device(version, name).connect().await
    }

    /// Somebody who hears what comes below this corner, at up to this QoS.
    pub(crate) async fn listener(&self, version: Version, name: &str, qos: Qos) -> Wire {
        let mut wire = self.client(version, name).await;
        listen(&mut wire, wish(&self.topic("#"), qos)).await;
        wire
    }

    /// Ann, who can prove who she is, with a device of this corner.
    pub(crate) fn ann(&self, version: Version) -> Device {
        self.world.device("ann", &self.id("anns")).version(version)
    }

    /// A connected client sends these bytes, and that is its end: by a DISCONNECT with this code, and in 3.1.1
    /// without a word.
    pub(crate) async fn breaks(&self, version: Version, what: &str, bytes: &[u8], code: ReasonCode) {
        let mut wire = self.client(version, "breaks").await;
        wire.send_bytes(bytes).await;
        match (version, wire.next_or_end().await) {
            (Version::V5, Some(Packet::Disconnect(bye))) => {
                assert_eq!(bye.code, code, "{what}: {bye:?}");
                assert_eq!(wire.next_or_end().await, None, "{what}: goes on after DISCONNECT");
            }
            (Version::V3, None) => {}
            (_, came) => panic!("{what}: expected the end by {code:?} in {version:?}, got {came:?}"),
        }
    }

    /// These are the first bytes of a connection, and it does not begin: the CONNACK, if one came before the end.
    pub(crate) async fn turns_away(&self, version: Version, what: &str, bytes: &[u8]) -> Option<Connack> {
        let mut wire = Wire::open(self.world.mqtt, version).await;
        wire.send_bytes(bytes).await;
        let connack = match wire.next_or_end().await {
            None => return None,
            Some(Packet::Connack(connack)) => *connack,
            Some(came) => panic!("{what}: expected a CONNACK or the end, got {came:?}"),
        };
        assert_ne!(connack.code, ReasonCode::Success, "{what}: was let in");
        assert_eq!(wire.next_or_end().await, None, "{what}: goes on after its refusal");
        Some(connack)
    }

    /// The same with a CONNECT that breaks a rule: 3.1.1 has no word for it, MQTT 5 has this one.
    pub(crate) async fn refuses(&self, version: Version, what: &str, connect: &[u8], code: ReasonCode) {
        let told = self.turns_away(version, what, connect).await.map(|connack| connack.code);
        assert_eq!(told, (version == Version::V5).then_some(code), "{what} in {version:?}");
    }

    /// A CONNECT of this corner in bytes, without properties, keep alive, and with these flags and fields.
    pub(crate) fn hello(&self, version: Version, flags: u8, fields: &[&[u8]]) -> Vec<u8> {
        let id = raw::text(self.id("raw"));
        raw::connect(version, flags, &[&[&id[..]], fields].concat())
    }
}

/// A filter at this QoS without options.
pub(crate) fn wish(topic: &str, qos: Qos) -> Subscription {
    Subscription { qos, ..filter(topic) }
}

/// Subscribes, and gets exactly what it wished.
pub(crate) async fn listen(wire: &mut Wire, wish: Subscription) {
    let (qos, filter) = (wish.qos as u8, wish.filter.clone());
    let suback = wire.subscribe(subscribe([wish])).await;
    assert_eq!(suback.codes.iter().map(|code| *code as u8).collect::<Vec<_>>(), [qos], "{filter}");
}
