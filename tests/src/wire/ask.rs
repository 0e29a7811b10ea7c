//! What is asked, and the answer to it.

use super::Wire;
use crate::packets::{filter, properties, say, subscribe};
use mqtt::ReasonCode;
use mqtt::packet::{
    Acknowledge, Packet, PacketId, Publish, Qos, Suback, Subscribe, Unsuback, Unsubscribe, Version,
};

/// Publishes under way at once when much is said: within the Receive Maximum of a server.
const UNDER_WAY: usize = 250;

impl Wire {
    /// A packet id not used on this connection for long.
    ///
    /// # Panics
    /// Never: the numbers begin again before they end.
    pub fn fresh_id(&mut self) -> PacketId {
        self.last_id = self.last_id % 65_000 + 1;
        PacketId::new(self.last_id).expect("it is not 0")
    }

    /// Publishes at QoS 1 and waits for the PUBACK; messages that come before it are kept for later.
    pub async fn publish(&mut self, mut publish: Publish) -> Acknowledge {
        let id = *publish.packet_id.get_or_insert(self.fresh_id());
        publish.qos = Qos::AtLeastOnce;
        self.send(Packet::Publish(Box::new(publish))).await;
        let puback = self.puback().await;
        assert_eq!(puback.packet_id, id, "a PUBACK for something else");
        puback
    }

    /// Publishes at the QoS that the message has, and goes through all that this takes. What was answered; nothing is
    /// at QoS 0. Messages that come meanwhile are kept for later.
    pub async fn sends(&mut self, mut publish: Publish) -> ReasonCode {
        match publish.qos {
            Qos::AtMostOnce => {
                publish.packet_id = None;
                self.send(Packet::Publish(Box::new(publish))).await;
                ReasonCode::Success
            }
            Qos::AtLeastOnce => self.publish(publish).await.code,
            Qos::ExactlyOnce => {
                let id = *publish.packet_id.get_or_insert(self.fresh_id());
                self.send(Packet::Publish(Box::new(publish))).await;
                let code = self.pubrec(id).await.code;
                if !code.is_refusal() {
                    self.releases(id).await;
                }
                code
            }
        }
    }

    /// The PUBREC for this id; messages that come before it are kept for later.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn pubrec(&mut self, id: PacketId) -> Acknowledge {
        match self.answer().await {
            Packet::Pubrec(pubrec) if pubrec.packet_id == id => pubrec,
            other => panic!("expected a PUBREC for {id:?}, got {other:?}"),
        }
    }

    /// Sends PUBREL and gives the code of its PUBCOMP; messages that come before it are kept for later.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn releases(&mut self, id: PacketId) -> ReasonCode {
        self.send(Packet::Pubrel(Acknowledge::new(id, ReasonCode::Success))).await;
        match self.answer().await {
            Packet::Pubcomp(pubcomp) if pubcomp.packet_id == id => pubcomp.code,
            other => panic!("expected a PUBCOMP for {id:?}, got {other:?}"),
        }
    }

    /// Publishes, and it is taken.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn is_taken(&mut self, publish: Publish) -> Acknowledge {
        let puback = self.publish(publish).await;
        assert_eq!(puback.code, ReasonCode::Success, "{puback:?}");
        puback
    }

    /// Says so many things in a room, with as much under way as a server usually allows; all of it is taken.
    ///
    /// # Panics
    /// When something is refused.
    pub async fn say_all(&mut self, room: &str, bodies: impl IntoIterator<Item = String>) {
        let mut waiting = 0;
        for body in bodies {
            let mut message = say(room, &body, &[]);
            message.packet_id = Some(self.fresh_id());
            self.send(Packet::Publish(Box::new(message))).await;
            waiting += 1;
            if waiting == UNDER_WAY {
                assert_eq!(self.puback().await.code, ReasonCode::Success);
                waiting -= 1;
            }
        }
        for _ in 0..waiting {
            assert_eq!(self.puback().await.code, ReasonCode::Success);
        }
    }

    /// The next PUBACK; messages that come before it are kept for later.
    ///
    /// # Panics
    /// When something else comes.
    pub async fn puback(&mut self) -> Acknowledge {
        match self.answer().await {
            Packet::Puback(puback) => puback,
            other => panic!("expected a PUBACK, got {other:?}"),
        }
    }

    /// The next packet that is no message; messages before it are kept for later.
    ///
    /// # Panics
    /// When the connection ends instead.
    pub async fn answer(&mut self) -> Packet {
        loop {
            match self.next_or_end().await.expect("the connection ended") {
                Packet::Publish(publish) => self.early.push_back(*publish),
                other => return other,
            }
        }
    }

    /// Subscribes and gives the SUBACK.
    ///
    /// # Panics
    /// When something else answers.
    pub async fn subscribe(&mut self, mut packet: Subscribe) -> Suback {
        packet.packet_id = self.fresh_id();
        let id = packet.packet_id;
        self.send(Packet::Subscribe(Box::new(packet))).await;
        match self.answer().await {
            Packet::Suback(suback) if suback.packet_id == id => *suback,
            other => panic!("expected a SUBACK, got {other:?}"),
        }
    }

    /// Unsubscribes and gives the UNSUBACK; messages that come before it are kept for later.
    ///
    /// # Panics
    /// When something else answers.
    pub async fn unsubscribe(&mut self, filters: &[&str]) -> Unsuback {
        let packet_id = self.fresh_id();
        let filters: Vec<String> = filters.iter().map(|&filter| filter.to_owned()).collect();
        let count = filters.len();
        let packet = Unsubscribe { packet_id, filters, user_properties: Vec::new() };
        self.send(Packet::Unsubscribe(Box::new(packet))).await;
        match self.answer().await {
            Packet::Unsuback(unsuback) if unsuback.packet_id == packet_id => {
                let expected = if self.version == Version::V5 { count } else { 0 };
                assert_eq!(unsuback.codes.len(), expected, "{unsuback:?}");
                *unsuback
            }
            other => panic!("expected an UNSUBACK, got {other:?}"),
        }
    }

    /// Subscribes to one filter at QoS 1, with user properties (MQTT 5), and gives the answer.
    pub async fn subscribes_with(&mut self, topic: &str, words: &[(&str, &str)]) -> ReasonCode {
        let mut packet = subscribe([filter(topic)]);
        packet.user_properties = properties(words);
        self.subscribe(packet).await.codes[0]
    }

    /// Subscribes to one filter at QoS 1, and it is granted.
    ///
    /// # Panics
    /// When it is not.
    pub async fn listens(&mut self, topic: &str) {
        let suback = self.subscribe(subscribe([filter(topic)])).await;
        assert_eq!(suback.codes, [ReasonCode::GrantedQos1], "{topic}: {suback:?}");
    }
}
