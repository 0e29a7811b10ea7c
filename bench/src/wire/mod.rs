//! One connection of a load, and buffers that are written once for many packets.

mod guest; // who connects

pub(crate) mod socket; // from where

mod skim; // what comes

mod broken; // how it may end

pub use broken::Broken;
pub(crate) use guest::{EVERYTHING, Guest, Session, granted, hear_again, subscribe};
pub(crate) use skim::{Event, REFUSAL};

use crate::target::Server;
use bytes::{Buf, BytesMut};
use futures_util::FutureExt;
use mqtt::encode::{AcknowledgeKind, Remarks, write_acknowledge};
use mqtt::packet::{Disconnect, Packet, PacketId, Qos, Side, Version};
use mqtt::{Limits, ReasonCode};
use skim::skim;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::unconstrained;
use tokio::time::{Instant, timeout, timeout_at};

/// How long a connection may take until it stands.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes asked of the socket at once.
const READ: usize = 16 << 10;

/// A connection that stands.
#[derive(Debug)]
pub(crate) struct Wire {
    io: socket::Io,
    input: BytesMut,
    output: BytesMut,
    /// What it speaks.
    pub(crate) version: Version,
    /// Messages the server takes unanswered. `[MQTT5-3.3.4-7]`
    pub(crate) receive_maximum: u16,
}

impl Wire {
    /// Connects and introduces itself.
    pub(crate) async fn connect(server: &Server, guest: &Guest) -> Result<Wire, Broken> {
        timeout(PATIENCE, Wire::stand(server, guest)).await.map_err(|_| Broken::Late)?
    }

    async fn stand(server: &Server, guest: &Guest) -> Result<Wire, Broken> {
        let io = socket::connect(server, guest.number).await?;
        let (input, output) = (BytesMut::new(), BytesMut::new());
        let mut wire = Wire { io, input, output, version: guest.version, receive_maximum: u16::MAX };
        wire.put(&guest.connect());
        wire.send().await?;
        let connack = guest.welcomed(wire.packet().await?)?;
        wire.receive_maximum = connack.properties.receive_maximum.map_or(u16::MAX, u16::from);
        Ok(wire)
    }

    /// Subscribes to these filters, in one packet.
    pub(crate) async fn listen(&mut self, filters: &[impl AsRef<str>], qos: Qos) -> Result<(), Broken> {
        self.put(&subscribe(filters, qos));
        let answer = async {
            self.send().await?;
            self.packet().await
        };
        granted(&timeout(PATIENCE, answer).await.map_err(|_| Broken::Late)??, filters.len(), qos)
    }

    /// Says goodbye. What becomes of the session was said at the beginning.
    pub(crate) async fn leave(self) -> Result<(), Broken> {
        self.say_goodbye(Disconnect::new(ReasonCode::Success)).await
    }

    /// Says goodbye for good: the session ends too. `[MQTT5-3.14.2.2.2]`
    pub(crate) async fn forget(self) -> Result<(), Broken> {
        self.say_goodbye(Disconnect { session_expiry: Some(0), ..Disconnect::new(ReasonCode::Success) }).await
    }

    async fn say_goodbye(mut self, goodbye: Disconnect) -> Result<(), Broken> {
        self.put(&Packet::Disconnect(Box::new(goodbye)));
        self.flush(Instant::now() + PATIENCE).await?;
        timeout(PATIENCE, self.io.shutdown()).await.map_err(|_| Broken::Late)??;
        Ok(())
    }

    /// Writes a packet, later.
    pub(crate) fn put(&mut self, packet: &Packet) {
        mqtt::encode(packet, self.version, &mut self.output);
    }

    /// Sends a packet that is written, later.
    pub(crate) fn put_written(&mut self, packet: &[u8]) {
        self.output.extend_from_slice(packet);
    }

    /// Acknowledges a message, later.
    pub(crate) fn acknowledge(&mut self, id: PacketId) {
        let (kind, code, version) = (AcknowledgeKind::Puback, ReasonCode::Success, self.version);
        write_acknowledge(kind, id, code, Remarks::NONE, version, u32::MAX, &mut self.output);
    }

    /// Sends what was written. A server that reads nothing until `end` is broken.
    pub(crate) async fn flush(&mut self, end: Instant) -> Result<(), Broken> {
        if self.output.is_empty() {
            return Ok(());
        }
        timeout_at(end, self.send()).await.map_err(|_| Broken::Late)?
    }

    async fn send(&mut self) -> Result<(), Broken> {
        self.io.write_all_buf(&mut self.output).await?;
        // TLS takes some in before it has room for it.
        self.io.flush().await?;
        Ok(())
    }

    /// Waits for bytes. Nothing is lost where the wait is given up.
    pub(crate) async fn read(&mut self) -> Result<(), Broken> {
        self.input.reserve(READ);
        match self.io.read_buf(&mut self.input).await? {
            0 => Err(Broken::Closed),
            _ => Ok(()),
        }
    }

    /// The next packet of those bytes.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, Broken> {
        match skim(&mut self.input, self.version)? {
            Some(Event::Dismissed(code)) => Err(Broken::Dismissed(code)),
            event => Ok(event),
        }
    }

    /// Whether the server has not ended it by now. Gives how many messages have come that nobody has taken.
    pub(crate) fn stands(&mut self) -> Result<u64, Broken> {
        let mut heard = 0;
        // Thousands are asked in one go, and the runtime would let only the first hundred look.
        while let Some(read) = unconstrained(self.read()).now_or_never() {
            read?;
            while let Some(event) = self.next()? {
                heard += u64::from(matches!(event, Event::Heard { .. }));
            }
        }
        Ok(heard)
    }

    /// The next packet, in full.
    async fn packet(&mut self) -> Result<Packet, Broken> {
        loop {
            if let Some(packet) = take(&mut self.input, self.version)? {
                return Ok(packet);
            }
            self.read().await?;
        }
    }
}

/// Takes the first whole packet, if there is one, and reads all of it. The server's goodbye is no packet but the end.
pub(crate) fn take(input: &mut BytesMut, version: Version) -> Result<Option<Packet>, Broken> {
    let limits = Limits { topic_alias_maximum: 0, ..Limits::default() };
    let decoded = mqtt::decode(input, Side::Server, version, &limits).map_err(|_| Broken::Nonsense)?;
    let Some((packet, used)) = decoded else { return Ok(None) };
    input.advance(used);
    match packet {
        Packet::Disconnect(goodbye) => Err(Broken::Dismissed(goodbye.code as u8)),
        packet => Ok(Some(packet)),
    }
}
