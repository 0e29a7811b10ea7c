//! Somebody who chats, with a client library that nobody here wrote (rumqttc, MQTT 5).

use crate::entry::Entry;
use crate::packets::properties;
use crate::patience::within;
use crate::world::Room;
use bytes::Bytes;
use mqtt::packet::PublishProperties as Heard;
use rumqttc::{
    AsyncClient, Event, EventLoop, Incoming, MqttOptions, PubAckReason, Publish, PublishOptions,
    PublishProperties, PublishResult, QoS,
};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What a PUBACK said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// It is in the log.
    Taken {
        /// As what.
        seq: u64,
        /// Where.
        room: String,
    },
    /// It is not.
    Refused {
        /// As rumqttc names the reason code.
        code: String,
        /// In words.
        reason: String,
    },
}

impl Receipt {
    /// Its number in the room.
    ///
    /// # Panics
    /// For a refusal.
    #[must_use]
    pub fn seq(&self) -> u64 {
        match self {
            Receipt::Taken { seq, .. } => *seq,
            Receipt::Refused { .. } => panic!("nothing was taken: {self:?}"),
        }
    }
}

/// A connected person who listens to `rooms/+/said`.
#[derive(Debug)]
pub struct Person {
    /// Their handle.
    pub name: String,
    client: AsyncClient,
    heard: mpsc::UnboundedReceiver<Publish>,
    driver: JoinHandle<()>,
}

impl Person {
    /// Connects and subscribes.
    ///
    /// # Panics
    /// When either is refused.
    pub(crate) async fn arrives(server: SocketAddr, name: &str, token: &str) -> Person {
        let mut options = MqttOptions::new(format!("{name}-phone"), (server.ip().to_string(), server.port()));
        options.set_credentials(name, Bytes::copy_from_slice(token.as_bytes()));
        let (client, events) = AsyncClient::builder(options).capacity(64).build();
        let (hears, heard) = mpsc::unbounded_channel();
        let driver = tokio::spawn(drive(events, hears));
        let subscribed =
            client.subscribe_tracked("rooms/+/said", QoS::AtLeastOnce).await.expect("rumqttc runs");
        let suback = within(format!("{name}'s SUBACK"), subscribed.wait_async()).await;
        suback.unwrap_or_else(|error| panic!("{name} cannot subscribe: {error}"));
        Person { name: name.to_owned(), client, heard, driver }
    }

    /// Says something in a room, with a draft if it is not empty, and waits for the PUBACK.
    pub async fn say(&self, room: &Room, draft: &str, body: &str) -> Receipt {
        let words: &[_] = if draft.is_empty() { &[] } else { &[("draft", draft)] };
        self.publish(&format!("rooms/{}/say", room.name), body, words, Some(room)).await
    }

    /// Says something to somebody, and waits for the PUBACK.
    pub async fn tell(&self, whom: &str, body: &str) -> Receipt {
        self.publish(&format!("users/{whom}/say"), body, &[], None).await
    }

    /// Publishes anything at QoS 1 and waits for the PUBACK.
    ///
    /// # Panics
    /// When none comes.
    pub async fn publish(
        &self,
        topic: &str,
        body: &str,
        words: &[(&str, &str)],
        room: Option<&Room>,
    ) -> Receipt {
        let with = PublishProperties { user_properties: properties(words), ..PublishProperties::default() };
        let options = PublishOptions::new(QoS::AtLeastOnce).properties(with);
        let notice = self.client.publish_tracked(topic, body, options).await.expect("rumqttc runs");
        let result = within(format!("a PUBACK for {} on {topic}", self.name), notice.wait_async()).await;
        let PublishResult::Qos1(puback) = result.expect("the connection goes on") else {
            panic!("a QoS 1 publish is answered by a PUBACK");
        };
        let (reason_string, told) = puback
            .properties
            .map_or((None, Vec::new()), |words| (words.reason_string, words.user_properties));
        if puback.reason != PubAckReason::Success {
            let code = format!("{:?}", puback.reason);
            return Receipt::Refused { code, reason: reason_string.unwrap_or_default() };
        }
        let word = |key: &str| told.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        let seq = word("seq").and_then(|seq| seq.parse().ok()).expect("a PUBACK tells the seq");
        if let Some(room) = room {
            room.last.fetch_max(seq, Ordering::Relaxed);
        }
        Receipt::Taken { seq, room: word("room").cloned().unwrap_or_default() }
    }

    /// What was said in the room since the last time: up to the last message that anybody has a receipt for.
    pub async fn heard(&mut self, room: &Room) -> Vec<String> {
        let last = room.last.load(Ordering::Relaxed);
        let mut bodies = Vec::new();
        loop {
            let entry = self.hears().await;
            assert_eq!(entry.room(), room.name, "{} hears another room", self.name);
            if entry.kind() == "text" {
                bodies.push(entry.body());
            }
            if entry.seq() >= last {
                return bodies;
            }
        }
    }

    /// The next entry of any room.
    ///
    /// # Panics
    /// When none comes.
    pub async fn hears(&mut self) -> Entry {
        let next = within(format!("something for {} to hear", self.name), self.heard.recv()).await;
        Entry::of(ours(next.unwrap_or_else(|| panic!("{}'s connection ended", self.name))))
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

async fn drive(mut events: EventLoop, hears: mpsc::UnboundedSender<Publish>) {
    while let Ok(event) = events.poll().await {
        if let Event::Incoming(Incoming::Publish(publish)) = event
            && hears.send(publish).is_err()
        {
            return;
        }
    }
}

/// Their PUBLISH as ours.
fn ours(publish: Publish) -> mqtt::packet::Publish {
    let properties = publish.properties.unwrap_or_default();
    let mut ours = crate::publish(&String::from_utf8_lossy(&publish.topic), &publish.payload);
    ours.properties = Heard { user_properties: properties.user_properties, ..Heard::default() };
    ours
}
