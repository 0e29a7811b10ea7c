//! Messages, as they come.

use super::Wire;
use crate::entry::Entry;
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, Publish, Qos};

impl Wire {
    /// The next message, not acknowledged.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn message(&mut self) -> Publish {
        match self.next().await {
            Packet::Publish(publish) => *publish,
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// The next message, acknowledged as its QoS asks. Of messages that come meanwhile, the rest is kept for later.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn receive(&mut self) -> Publish {
        let publish = self.message().await;
        match (publish.qos, publish.packet_id) {
            (Qos::ExactlyOnce, Some(id)) => {
                self.send(Packet::Pubrec(Acknowledge::new(id, ReasonCode::Success))).await;
                match self.answer().await {
                    Packet::Pubrel(pubrel) if pubrel.packet_id == id => {}
                    other => panic!("expected a PUBREL for {id:?}, got {other:?}"),
                }
                self.send(Packet::Pubcomp(Acknowledge::new(id, ReasonCode::Success))).await;
            }
            _ => self.acknowledge(&publish).await,
        }
        publish
    }

    /// A message that came while something else was awaited.
    pub fn early(&mut self) -> Option<Publish> {
        self.early.pop_front()
    }

    /// The next message, acknowledged and read.
    pub async fn hear(&mut self) -> Entry {
        let publish = self.message().await;
        self.acknowledge(&publish).await;
        Entry::of(publish)
    }

    /// So many messages, in the order in which they come.
    pub async fn hear_all(&mut self, count: usize) -> Vec<Entry> {
        let mut heard = Vec::with_capacity(count);
        while heard.len() < count {
            heard.push(self.hear().await);
        }
        heard
    }

    /// Acknowledges a message, if it wants to be.
    pub async fn acknowledge(&mut self, publish: &Publish) {
        if let Some(id) = publish.packet_id {
            self.send(Packet::Puback(Acknowledge::new(id, ReasonCode::Success))).await;
        }
    }
}
