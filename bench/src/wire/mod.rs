//! One connection of a load: MQTT 5, a session that ends with it, and buffers that are written once for many packets.

mod skim; // what comes on it

pub(crate) use skim::Event;

use crate::crowd::Person;
use bytes::BytesMut;
use mqtt::encode::{AcknowledgeKind, Remarks, write_acknowledge};
use mqtt::packet::{Connect, Packet, PacketId, Qos, RetainHandling, Side, Subscribe, Subscription, Version};
use mqtt::{Limits, ReasonCode};
use skim::skim;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout, timeout_at};

/// How long a connection may take until it stands.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes asked of the socket at once.
const READ: usize = 16 << 10;

/// Connections from one source address: far fewer than it has ports.
const FOR_EACH_SOURCE: usize = 1_000;

/// Why a connection came to its end too early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The system says so.
    #[error("{0}")]
    Socket(std::io::ErrorKind),
    /// The server closed it.
    #[error("the server closed it")]
    Closed,
    /// The server said goodbye, with this code of MQTT 5.
    #[error("the server ended it with code 0x{0:02x}")]
    Dismissed(u8),
    /// The server refused it, with this code of MQTT 5.
    #[error("the server refused it with code 0x{0:02x}")]
    Refused(u8),
    /// What came is no MQTT, or not to be expected.
    #[error("the server sent something that does not belong there")]
    Nonsense,
    /// It took too long.
    #[error("the server took too long")]
    Late,
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Broken {
        Broken::Socket(error.kind())
    }
}

/// A connection that stands.
#[derive(Debug)]
pub(crate) struct Wire {
    io: TcpStream,
    input: BytesMut,
    output: BytesMut,
    /// Messages the server takes unanswered. `[MQTT5-3.3.4-7]`
    pub(crate) receive_maximum: u16,
}

impl Wire {
    /// Connects and introduces itself. The number chooses the source address.
    pub(crate) async fn connect(server: SocketAddr, number: usize, person: &Person) -> Result<Wire, Broken> {
        timeout(PATIENCE, Wire::stand(server, number, person)).await.map_err(|_| Broken::Late)?
    }

    async fn stand(server: SocketAddr, number: usize, person: &Person) -> Result<Wire, Broken> {
        let io = socket(server, number)?.connect(server).await?;
        io.set_nodelay(true)?;
        let (input, output) = (BytesMut::new(), BytesMut::new());
        let mut wire = Wire { io, input, output, receive_maximum: u16::MAX };
        wire.put(&Packet::Connect(Box::new(introduction(person, number))));
        wire.io.write_all_buf(&mut wire.output).await?;
        match wire.packet().await? {
            Packet::Connack(connack) if connack.code == ReasonCode::Success => {
                wire.receive_maximum = connack.properties.receive_maximum.map_or(u16::MAX, u16::from);
                Ok(wire)
            }
            Packet::Connack(connack) => Err(Broken::Refused(connack.code as u8)),
            _ => Err(Broken::Nonsense),
        }
    }

    /// Subscribes to every room of its user with QoS 1.
    pub(crate) async fn listen(&mut self) -> Result<(), Broken> {
        self.put(&Packet::Subscribe(Box::new(every_room())));
        let answer = async {
            self.io.write_all_buf(&mut self.output).await?;
            self.packet().await
        };
        match timeout(PATIENCE, answer).await.map_err(|_| Broken::Late)?? {
            Packet::Suback(suback) if suback.codes == [ReasonCode::GrantedQos1] => Ok(()),
            Packet::Suback(suback) => {
                Err(Broken::Refused(suback.codes.first().map_or(0, |&code| code as u8)))
            }
            _ => Err(Broken::Nonsense),
        }
    }

    /// Writes a packet, later.
    pub(crate) fn put(&mut self, packet: &Packet) {
        mqtt::encode(packet, Version::V5, &mut self.output);
    }

    /// Acknowledges a message, later.
    pub(crate) fn acknowledge(&mut self, id: PacketId) {
        let (kind, code, version) = (AcknowledgeKind::Puback, ReasonCode::Success, Version::V5);
        write_acknowledge(kind, id, code, Remarks::NONE, version, u32::MAX, &mut self.output);
    }

    /// Sends what was written. A server that reads nothing until `end` is broken.
    pub(crate) async fn flush(&mut self, end: Instant) -> Result<(), Broken> {
        if self.output.is_empty() {
            return Ok(());
        }
        timeout_at(end, self.io.write_all_buf(&mut self.output)).await.map_err(|_| Broken::Late)??;
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
        match skim(&mut self.input)? {
            Some(Event::Dismissed(code)) => Err(Broken::Dismissed(code)),
            event => Ok(event),
        }
    }

    /// The next packet, in full.
    async fn packet(&mut self) -> Result<Packet, Broken> {
        let limits = Limits { topic_alias_maximum: 0, ..Limits::default() };
        loop {
            let decoded = mqtt::decode(&self.input, Side::Server, Version::V5, &limits);
            if let Some((packet, used)) = decoded.map_err(|_| Broken::Nonsense)? {
                drop(self.input.split_to(used));
                return Ok(packet);
            }
            self.read().await?;
        }
    }
}

/// A socket with a source address of its own where the loopback net has enough of them.
fn socket(server: SocketAddr, number: usize) -> std::io::Result<TcpSocket> {
    let SocketAddr::V4(address) = server else { return TcpSocket::new_v6() };
    let socket = TcpSocket::new_v4()?;
    if address.ip().is_loopback() {
        let source = u8::try_from(1 + number / FOR_EACH_SOURCE).unwrap_or(u8::MAX);
        socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 1, source)), 0))?;
    }
    Ok(socket)
}

fn introduction(person: &Person, number: usize) -> Connect {
    Connect {
        version: Version::V5,
        clean_start: true,
        keep_alive: 0,
        client_id: format!("bench-{number}"),
        user_name: Some(person.name.clone()),
        password: Some(person.password.clone()),
        will: None,
        session_expiry: None,
        receive_maximum: None,
        maximum_packet_size: None,
        topic_alias_maximum: None,
        request_response_information: None,
        request_problem_information: None,
        user_properties: Vec::new(),
        authentication_method: None,
        authentication_data: None,
    }
}

fn every_room() -> Subscribe {
    Subscribe {
        packet_id: PacketId(std::num::NonZeroU16::MIN),
        subscriptions: vec![Subscription {
            filter: "rooms/+/said".to_owned(),
            qos: Qos::AtLeastOnce,
            no_local: false,
            retain_as_published: false,
            retain_handling: RetainHandling::Never,
        }],
        subscription_id: None,
        user_properties: Vec::new(),
    }
}
