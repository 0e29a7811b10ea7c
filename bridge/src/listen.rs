//! A listener without a socket: the command line hears what a device would.

use crate::admin::AdminError;
use crate::core::Core;
use crate::session::Session;
use crate::{Bridge, arrive, depart, subscribe};
use broker::application::{Arrival, Departure, Farewell, Identity};
use broker::outbound::{Limits, OutboundReader, detached};
use bytes::Bytes;
use chat::Handle;
use mqtt::packet::{Qos, RetainHandling, Subscription, Version};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use topics::{Address, Format, Topic};

/// Something heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Bytes,
}

/// Hears what is said from now on. Call [`Listener::close`] when done.
pub struct Listener {
    core: Arc<Core>,
    session: Arc<Session>,
    reader: OutboundReader,
}

impl Bridge {
    /// Listens as this user, in one room or in all of theirs.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`], and [`AdminError::NoSuchRoom`] for a room they are not in.
    pub async fn listen(&self, user: &Handle, room: Option<&Handle>) -> Result<Listener, AdminError> {
        let account = self.account(user).await?;
        let (outbound, reader) = detached(Limits::new(Version::V5));
        let identity = Identity { user: user.as_str().into(), id: account.id.0, expires_at: None };
        let arrival = Arrival {
            identity,
            client_id: "".into(),
            version: Version::V5,
            clean_start: true,
            session_expiry: 0,
            maximum_packet_size: None,
            will: None,
            peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            outbound,
        };
        let welcome = arrive::arrive(self.core(), arrival)
            .await
            .map_err(|refusal| store::Error::Unavailable(refusal.reason))?;
        let listener = Listener { core: self.core().clone(), session: welcome.session, reader };
        let filter = match room {
            Some(room) => Address { format: Format::Json, topic: Topic::Said(room.clone()) }.to_string(),
            None => "rooms/+/said".to_owned(),
        };
        match listener.subscribe(filter).await {
            true => Ok(listener),
            false => {
                listener.close().await;
                let room = room.cloned().unwrap_or_else(|| user.clone());
                Err(AdminError::NoSuchRoom(room))
            }
        }
    }
}

impl Listener {
    async fn subscribe(&self, filter: String) -> bool {
        let subscription = Subscription {
            filter,
            qos: Qos::AtMostOnce,
            no_local: false,
            retain_as_published: false,
            retain_handling: RetainHandling::Never,
        };
        let codes = subscribe::subscribe(&self.core, &self.session, &[subscription], None, &Vec::new()).await;
        codes.iter().all(|code| !code.is_refusal())
    }

    /// The next thing said; none when the server goes.
    pub async fn next(&mut self) -> Option<Heard> {
        let delivery = self.reader.next().await?;
        let frame = delivery.frame;
        Some(Heard { topic: frame.topic().to_owned(), payload: frame.payload().clone() })
    }

    /// Stops listening.
    pub async fn close(self) {
        self.session.outbound.end(mqtt::ReasonCode::Success);
        let departure = Departure {
            farewell: Farewell::ClientLeft,
            session_expiry: 0,
            in_flight: Vec::new(),
            queued: Vec::new(),
            notices: Vec::new(),
            will: None,
        };
        depart::depart(&self.core, self.session, departure).await;
    }
}
