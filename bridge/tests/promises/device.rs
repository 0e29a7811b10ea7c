//! A device without a socket: what it is sent, what it acknowledges, how it goes.

use crate::company::PATIENCE;
use bridge::{Bridge, Session};
use broker::application::{Application, Departure, Farewell, Outcome, Welcome};
use broker::outbound::{Answer, Delivery, Mark, OutboundReader};
use bytes::Bytes;
use chat::{RoomId, Seq};
use mqtt::ReasonCode;
use mqtt::packet::{PacketId, Publish, PublishProperties, Qos, RetainHandling, Subscription, Version, Will};
use std::sync::Arc;
use tokio::sync::oneshot;

/// How a device comes.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    pub(crate) version: Version,
    pub(crate) clean_start: bool,
    pub(crate) expiry: u32,
    pub(crate) queue: u32,
    pub(crate) will: Option<Box<Will>>,
    pub(crate) properties: Vec<(String, String)>,
}

impl Default for Manner {
    fn default() -> Manner {
        Manner {
            version: Version::V5,
            clean_start: false,
            expiry: 3_600,
            queue: 2_048,
            will: None,
            properties: Vec::new(),
        }
    }
}

/// A connected device, without a socket.
pub(crate) struct Device {
    pub(crate) bridge: Arc<Bridge>,
    pub(crate) session: Arc<Session>,
    pub(crate) session_present: bool,
    reader: OutboundReader,
    expiry: u32,
}

/// A device whose session is found, and whose connection knows nothing of that yet.
pub(crate) struct Welcomed {
    bridge: Arc<Bridge>,
    welcome: Welcome<Session>,
    reader: OutboundReader,
    expiry: u32,
}

impl Welcomed {
    pub(crate) fn new(
        bridge: Arc<Bridge>,
        welcome: Welcome<Session>,
        reader: OutboundReader,
        expiry: u32,
    ) -> Welcomed {
        Welcomed { bridge, welcome, reader, expiry }
    }

    /// Its connection begins with what comes again.
    pub(crate) fn begin(self) -> Device {
        let Welcomed { bridge, mut welcome, reader, expiry } = self;
        reader.begin(&mut welcome);
        let Welcome { session, session_present, .. } = welcome;
        Device { bridge, session, reader, session_present, expiry }
    }
}

/// Something a device was sent.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) topic: String,
    pub(crate) payload: String,
    pub(crate) dup: bool,
    pub(crate) retain: bool,
    pub(crate) qos: Qos,
    pub(crate) prev: Option<u64>,
    pub(crate) ids: Vec<u32>,
    pub(crate) mark: Mark,
}

impl Got {
    fn of(delivery: &Delivery) -> Got {
        let frame = &delivery.frame;
        let property = |name: &str| {
            frame
                .content()
                .user_properties
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        Got {
            topic: frame.topic().to_owned(),
            payload: String::from_utf8_lossy(frame.payload()).into_owned(),
            dup: delivery.dup,
            retain: delivery.retain,
            qos: delivery.qos,
            prev: property("prev").and_then(|prev| prev.parse().ok()),
            ids: delivery.subscription_ids.as_deref().unwrap_or_default().to_vec(),
            mark: delivery.mark,
        }
    }

    pub(crate) fn seq(&self) -> u64 {
        self.mark.position
    }
}

impl Device {
    pub(crate) async fn subscribe(&self, filter: &str) -> ReasonCode {
        self.subscribe_as(filter, Qos::AtLeastOnce, &[]).await
    }

    pub(crate) async fn subscribe_as(&self, filter: &str, qos: Qos, wish: &[(&str, &str)]) -> ReasonCode {
        let properties = wish.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.subscribe_with(subscription(filter, qos), None, &properties).await
    }

    pub(crate) async fn subscribe_with(
        &self,
        subscription: Subscription,
        id: Option<u32>,
        properties: &Vec<(String, String)>,
    ) -> ReasonCode {
        self.bridge.subscribe(&self.session, &[subscription], id, properties).await[0]
    }

    pub(crate) async fn unsubscribe(&self, filter: &str) -> ReasonCode {
        self.bridge.unsubscribe(&self.session, &[filter.to_owned()]).await[0]
    }

    /// Publishes; the answer comes when it comes.
    pub(crate) async fn begin(&self, publish: Publish) -> oneshot::Receiver<Outcome> {
        let (answer, outcome) = Answer::to_caller();
        self.bridge.publish(&self.session, publish, answer).await;
        outcome
    }

    /// Publishes and waits for the answer; none if the answer was given up.
    pub(crate) async fn publish(&self, publish: Publish) -> Option<Outcome> {
        let outcome = self.begin(publish).await;
        tokio::time::timeout(PATIENCE, outcome).await.expect("an answer to a publish").ok()
    }

    /// A publish is taken.
    pub(crate) async fn says(&self, topic: &str, payload: &str) {
        let outcome = self.say(topic, payload).await;
        assert_eq!(outcome.code, ReasonCode::Success, "{topic} {payload}: {outcome:?}");
    }

    pub(crate) async fn say(&self, topic: &str, payload: &str) -> Outcome {
        self.publish(message(topic, payload)).await.expect("an answer")
    }

    /// The next delivery, not yet acknowledged.
    pub(crate) async fn next(&mut self) -> Got {
        let delivery = tokio::time::timeout(PATIENCE, self.reader.next()).await.expect("a delivery in time");
        let got = Got::of(&delivery.expect("a connection"));
        self.tell_written();
        got
    }

    /// Waits for a delivery; false if the server ended the connection instead.
    pub(crate) async fn is_here(&mut self) -> bool {
        self.reader.next().await.is_some()
    }

    /// Whether the server ended the connection.
    pub(crate) fn is_ended(&self) -> bool {
        self.reader.is_ended()
    }

    /// The next delivery, acknowledged.
    pub(crate) async fn take(&mut self) -> Got {
        let got = self.next().await;
        self.acknowledge(got.mark);
        got
    }

    /// Takes until it has this entry of this room.
    pub(crate) async fn take_until(&mut self, room: RoomId, seq: Seq) -> Vec<Got> {
        let mut all = Vec::new();
        loop {
            let got = self.take().await;
            let done = got.mark.log == room.0 && got.mark.position >= seq.0;
            all.push(got);
            if done {
                return all;
            }
        }
    }

    /// What is there already, without waiting for more.
    pub(crate) async fn take_ready(&mut self, most: usize) -> Vec<Got> {
        let all = self.next_ready(most).await;
        all.iter().for_each(|got| self.acknowledge(got.mark));
        all
    }

    /// The same, not yet acknowledged.
    pub(crate) async fn next_ready(&mut self, most: usize) -> Vec<Got> {
        let mut all = Vec::new();
        while all.len() < most {
            let ready = std::future::poll_fn(|cx| {
                let next = std::pin::pin!(self.reader.next());
                std::task::Poll::Ready(match next.poll(cx) {
                    std::task::Poll::Ready(delivery) => delivery,
                    std::task::Poll::Pending => None,
                })
            });
            let Some(delivery) = ready.await else { break };
            let got = Got::of(&delivery);
            self.tell_written();
            all.push(got);
        }
        all
    }

    pub(crate) fn acknowledge(&mut self, mark: Mark) {
        if let Some(acknowledged) = self.reader.acknowledge(mark) {
            self.bridge.acknowledged(&self.session, &[acknowledged]);
        }
    }

    fn tell_written(&mut self) {
        let written = self.reader.written();
        self.bridge.acknowledged(&self.session, &written);
    }

    /// The socket is lost.
    pub(crate) async fn vanish(self) {
        self.break_off().gone().await;
    }

    /// It says goodbye.
    pub(crate) async fn leave(self) {
        let mut gone = self.break_off();
        gone.departure.farewell = Farewell::ClientLeft;
        gone.departure.will = None;
        gone.gone().await;
    }

    /// The socket is lost, and what it left to be said is due.
    pub(crate) async fn vanish_with(self, will: Box<Will>) {
        let mut gone = self.break_off();
        gone.departure.will = Some(will);
        gone.gone().await;
    }

    /// The socket is lost, and the bridge has not been told yet.
    pub(crate) fn break_off(self) -> BrokenOff {
        let departure = self.reader.leave(self.expiry);
        BrokenOff { bridge: self.bridge, session: self.session, departure }
    }

    /// The socket is lost and the server had no time to notice.
    pub(crate) fn forget(self) {
        drop(self.reader);
    }
}

/// A device whose socket is lost.
pub(crate) struct BrokenOff {
    bridge: Arc<Bridge>,
    session: Arc<Session>,
    departure: Departure,
}

impl BrokenOff {
    /// The bridge is told.
    pub(crate) async fn gone(self) {
        self.bridge.gone(self.session, self.departure).await;
    }
}

pub(crate) fn subscription(filter: &str, qos: Qos) -> Subscription {
    Subscription {
        filter: filter.to_owned(),
        qos,
        no_local: false,
        retain_as_published: false,
        retain_handling: RetainHandling::Always,
    }
}

pub(crate) fn message(topic: &str, payload: &str) -> Publish {
    Publish {
        dup: false,
        qos: Qos::AtLeastOnce,
        retain: false,
        topic: topic.to_owned(),
        packet_id: PacketId::new(1),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
        properties: PublishProperties::default(),
    }
}

pub(crate) fn property(outcome: &Outcome, name: &str) -> Option<String> {
    outcome.user_properties.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
}
