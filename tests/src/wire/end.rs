//! How a connection ends, or does not.

use super::Wire;
use mqtt::ReasonCode;
use mqtt::packet::{Disconnect, Packet, Version};

impl Wire {
    /// Says goodbye: no will, and the session as agreed.
    pub async fn leave(mut self) {
        self.send(Packet::Disconnect(Box::new(Disconnect::new(ReasonCode::Success)))).await;
        self.ends().await;
    }

    /// The connection ends with this DISCONNECT; in 3.1.1, which has none, without a word.
    ///
    /// # Panics
    /// When it goes on, or ends otherwise.
    pub async fn ends_with(&mut self, code: ReasonCode) {
        if self.version == Version::V5 {
            match self.answer().await {
                Packet::Disconnect(disconnect) => assert_eq!(disconnect.code, code, "{disconnect:?}"),
                other => panic!("expected a DISCONNECT with {code:?}, got {other:?}"),
            }
        }
        self.ends().await;
    }

    /// The connection ends without another word; messages on their way are kept.
    ///
    /// # Panics
    /// When it goes on.
    pub async fn ends(&mut self) {
        while let Some(packet) = self.next_or_end().await {
            match packet {
                Packet::Publish(publish) => self.early.push_back(*publish),
                other => panic!("expected the end of the connection, got {other:?}"),
            }
        }
    }

    /// The connection lives, and nothing waits on it. Twice: a PINGRESP may pass what leaves in the same write, but
    /// not what left in an earlier one.
    ///
    /// # Panics
    /// When anything else comes.
    pub async fn is_quiet(&mut self) {
        assert!(self.early.is_empty(), "something was heard before: {:?}", self.early);
        for _ in 0..2 {
            self.send(Packet::Pingreq).await;
            assert_eq!(self.next().await, Packet::Pingresp);
        }
    }

    /// The connection lives; messages may wait on it.
    ///
    /// # Panics
    /// When something else answers a PINGREQ.
    pub async fn is_alive(&mut self) {
        self.send(Packet::Pingreq).await;
        assert_eq!(self.answer().await, Packet::Pingresp);
    }
}
