//! How somebody connects: user, device, proof, and the wishes of a CONNECT.

use crate::wire::Wire;
use mqtt::ReasonCode;
use mqtt::packet::{Connack, Connect, Packet, Password, Qos, Version, Will, WillProperties};
use std::net::SocketAddr;
use std::num::NonZeroU32;

/// A device that can connect, again and again. The default is MQTT 5 with a clean start.
#[derive(Debug, Clone)]
pub struct Device {
    server: SocketAddr,
    /// What it says on arrival.
    pub hello: Connect,
}

impl Device {
    pub(crate) fn new(server: SocketAddr, user: &str, name: &str, token: &str) -> Device {
        let hello = Connect {
            keep_alive: 60,
            user_name: Some(user.to_owned()),
            password: Some(Password(token.as_bytes().to_vec().into())),
            ..Connect::new(Version::V5, name)
        };
        Device { server, hello }
    }

    /// Where it connects.
    #[must_use]
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// It speaks this version.
    #[must_use]
    pub fn version(mut self, version: Version) -> Device {
        self.hello.version = version;
        self
    }

    /// It speaks MQTT 3.1.1.
    #[must_use]
    pub fn v3(self) -> Device {
        self.version(Version::V3)
    }

    /// Its session outlives its connections, and it comes back to it.
    #[must_use]
    pub fn lasting(mut self) -> Device {
        self.hello.clean_start = false;
        self.hello.session_expiry = (self.hello.version == Version::V5).then_some(3600);
        self
    }

    /// It forgets an earlier session; its own lasts as before.
    #[must_use]
    pub fn clean(mut self) -> Device {
        self.hello.clean_start = true;
        self
    }

    /// It proves itself with another password.
    #[must_use]
    pub fn password(mut self, password: &str) -> Device {
        self.hello.password = Some(Password(password.as_bytes().to_vec().into()));
        self
    }

    /// It takes so many unacknowledged messages.
    #[must_use]
    pub fn receive_maximum(mut self, maximum: u16) -> Device {
        self.hello.receive_maximum = maximum.try_into().ok();
        self
    }

    /// It leaves a will.
    #[must_use]
    pub fn will(mut self, topic: &str, payload: &str) -> Device {
        let (topic, payload) = (topic.to_owned(), payload.as_bytes().to_vec().into());
        let properties = WillProperties::default();
        self.hello.will =
            Some(Box::new(Will { topic, payload, qos: Qos::AtLeastOnce, retain: false, properties }));
        self
    }

    /// Connects and is let in.
    ///
    /// # Panics
    /// When it is not.
    pub async fn connect(&self) -> Wire {
        self.arrive().await.0
    }

    /// Connects, is let in, and hears how.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn arrive(&self) -> (Wire, Connack) {
        let (wire, connack) = self.ask().await;
        assert_eq!(connack.code, ReasonCode::Success, "{} was refused: {connack:?}", self.hello.client_id);
        (wire, connack)
    }

    /// Connects and is refused; gives why.
    ///
    /// # Panics
    /// When it is let in, or the connection stays open.
    pub async fn is_refused(&self) -> ReasonCode {
        let (mut wire, connack) = self.ask().await;
        assert_ne!(connack.code, ReasonCode::Success, "{} was let in", self.hello.client_id);
        assert!(!connack.session_present, "a refusal that speaks of a session");
        wire.ends().await;
        connack.code
    }

    /// Connects if the server is there: none if nobody listens, or the connection ends before an answer.
    pub async fn try_arrive(&self) -> Option<(Wire, Connack)> {
        let mut wire = Wire::try_open(self.server, self.hello.version).await?;
        let hello = &self.hello;
        wire.takes.topic_alias_maximum = hello.topic_alias_maximum.unwrap_or(0);
        wire.takes.packet = hello.maximum_packet_size.map_or(u32::MAX, NonZeroU32::get);
        wire.send(Packet::Connect(Box::new(self.hello.clone()))).await;
        match wire.next_or_end().await? {
            Packet::Connack(connack) => Some((wire, *connack)),
            other => panic!("expected a CONNACK, got {other:?}"),
        }
    }

    async fn ask(&self) -> (Wire, Connack) {
        self.try_arrive().await.unwrap_or_else(|| panic!("{} got no CONNACK", self.hello.client_id))
    }
}
