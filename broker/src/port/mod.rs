//! A port: where connections come in, and what each passes before its first byte of MQTT or HTTP.
//!
//! ```text
//! accept ──▶ header of a balancer ──▶ TLS handshake ──▶ a stream, from where, and whom its certificate names
//! ```
//! [`Port::accept`] waits for nobody in particular. What comes after it takes as long as the other side likes, up to the
//! time that whoever asks gives it, so it belongs into the task of the connection. Which addresses may come how often is
//! not decided here.

mod socket; // TCP, or a file

mod balancer; // what stands in front of a connection that came through one

mod certificate; // whom it names

pub use certificate::{Certified, Field, Naming};
pub use socket::Socket;

use crate::counters::Event;
use ipnet::IpNet;
use socket::Listening;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::debug;

/// See the module.
#[derive(Debug)]
pub struct Port {
    listening: Listening,
    door: Door,
}

/// What a connection of a port passes. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// Who may connect; from where, their header says. Without it, anybody.
    balancers: Option<Arc<[IpNet]>>,
    tls: Option<Tls>,
    /// Places, where there are fewer than the whole server has.
    seats: Option<Arc<Semaphore>>,
}

/// How TLS is spoken on a port.
#[derive(Clone)]
pub struct Tls {
    /// By this. A newer one is for whoever comes after it.
    pub acceptor: watch::Receiver<TlsAcceptor>,
    /// Where in a client's certificate its user is found. The acceptor decides who must show one.
    pub naming: Option<Arc<Naming>>,
}

/// What carries the bytes.
#[derive(Debug)]
pub enum Stream {
    /// As they are.
    Plain(Socket),
    /// Sealed.
    Tls(Box<TlsStream<Socket>>),
}

impl Port {
    /// A port for whoever comes by TCP.
    #[must_use]
    pub fn tcp(listener: TcpListener) -> Port {
        Port { listening: Listening::Tcp(listener), door: Door::default() }
    }

    /// A port for whoever may open a file of this machine.
    #[must_use]
    pub fn unix(listener: UnixListener) -> Port {
        Port { listening: Listening::Unix(listener), door: Door::default() }
    }

    /// Only balancers come there, from these networks, and each connection begins with a header of the PROXY protocol.
    /// `[SEMANTICS 26]`
    #[must_use]
    pub fn behind(mut self, balancers: Vec<IpNet>) -> Port {
        self.door.balancers = Some(balancers.into());
        self
    }

    /// TLS is spoken there.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Port {
        self.door.tls = Some(tls);
        self
    }

    /// It has so many connections at most, 1 or more.
    #[must_use]
    pub fn at_most(mut self, connections: usize) -> Port {
        self.door.seats = Some(Arc::new(Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS))));
        self
    }

    /// What its connections pass.
    #[must_use]
    pub fn door(&self) -> Door {
        self.door.clone()
    }

    /// The next connection, and who is at its other end. Who opened a file counts as this machine.
    ///
    /// # Errors
    /// What the system lacks: files, most likely. The next try may go better.
    pub async fn accept(&self) -> io::Result<(Socket, SocketAddr)> {
        self.listening.accept().await
    }
}

impl Door {
    /// Whether anything stands between a connection and its first byte.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.balancers.is_none() && self.tls.is_none()
    }

    /// Whether the other end is a balancer, so that its own address says nothing.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.balancers.is_some()
    }

    /// Whether TLS is spoken there.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.tls.is_some()
    }

    /// A place for a connection from there; with [`Door::is_behind`], if it is one of the balancers. None where the port
    /// counts no places.
    ///
    /// # Errors
    /// What is counted instead.
    pub fn enter(&self, peer: SocketAddr) -> Result<Option<OwnedSemaphorePermit>, Event> {
        let address = peer.ip().to_canonical();
        let is_one = |balancers: &Arc<[IpNet]>| balancers.iter().any(|net| net.contains(&address));
        if !self.balancers.as_ref().is_none_or(is_one) {
            return Err(Event::RefusedStranger);
        }
        let seat = self.seats.as_ref().map(|seats| Arc::clone(seats).try_acquire_owned());
        seat.transpose().map_err(|_| Event::RefusedFull)
    }

    /// From where it comes: as its header says, or as it is. The bytes after the header are left where they are.
    ///
    /// # Errors
    /// What is counted if there is no such header in time.
    pub async fn origin(
        &self,
        socket: &mut Socket,
        peer: SocketAddr,
        until: Instant,
    ) -> Result<SocketAddr, Event> {
        if self.balancers.is_none() {
            return Ok(peer);
        }
        let why = match timeout_at(until, balancer::origin(socket, peer)).await {
            Ok(Ok(origin)) => return Ok(origin),
            Ok(Err(why)) => why.to_string(),
            Err(late) => late.to_string(),
        };
        debug!(%peer, why, "a connection without a header of the PROXY protocol");
        Err(Event::RefusedHeader)
    }

    /// The stream that carries the rest, and whom its certificate names.
    ///
    /// # Errors
    /// What is counted if the handshake comes to nothing in time.
    pub async fn secure(
        &self,
        socket: Socket,
        until: Instant,
    ) -> Result<(Stream, Option<Box<Certified>>), Event> {
        let Some(tls) = &self.tls else { return Ok((Stream::Plain(socket), None)) };
        let acceptor = tls.acceptor.borrow().clone();
        let why = match timeout_at(until, acceptor.accept(socket)).await {
            Ok(Ok(stream)) => {
                let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
                let named = tls.naming.as_ref().zip(shown).map(|(naming, shown)| naming.read(shown));
                return Ok((Stream::Tls(Box::new(stream)), named.map(Box::new)));
            }
            Ok(Err(why)) => why.to_string(),
            Err(late) => late.to_string(),
        };
        debug!(why, "a TLS handshake failed");
        Err(Event::RefusedHandshake)
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("naming", &self.naming).finish_non_exhaustive()
    }
}
