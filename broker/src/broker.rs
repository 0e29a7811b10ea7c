//! The broker as the rest of the program holds it: sockets go in, an end can be asked for.

use crate::addresses::{Addresses, Unknown};
use crate::application::{Application, Farewell};
use crate::config::Config;
use crate::connection;
use crate::counters::{Counters, Event};
use crate::outbound::Ending;
use crate::port::{Certified, Door};
use crate::seats::Seats;
use mqtt::ReasonCode;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::debug;

/// Connections at once that are told that there is no place for them: enough for honest ones, and little memory.
const TOLD_AT_ONCE: usize = 256;

/// A broker. Clones are the same one.
pub struct Broker<A: Application>(pub(crate) Arc<House<A>>);

/// What all connections share.
pub(crate) struct House<A> {
    pub(crate) application: Arc<A>,
    pub(crate) config: Config,
    pub(crate) counters: Counters,
    pub(crate) seats: Arc<Seats>,
    pub(crate) addresses: Arc<Addresses>,
    /// Places for those who are told that there is none.
    pub(crate) turning_away: Semaphore,
    /// No more CONNECTs.
    pub(crate) closing: CancellationToken,
    pub(crate) tasks: TaskTracker,
    pub(crate) open: Arc<AtomicUsize>,
    /// Connections there were when the end began: as many want to come back.
    pub(crate) crowd: AtomicUsize,
}

/// Who is at the other end, as far as the way there says.
#[derive(Debug)]
pub(crate) struct Visitor {
    /// From where.
    pub(crate) peer: SocketAddr,
    /// Whom the certificate names that was shown.
    pub(crate) certified: Option<Box<Certified>>,
}

/// Leave for one connection. Dropping it gives the place back.
pub(crate) struct Permit {
    pub(crate) unknown: Option<Unknown>,
    /// Its place among those of its port, where that counts them.
    _seat: Option<OwnedSemaphorePermit>,
    open: Arc<AtomicUsize>,
}

impl<A: Application> Broker<A> {
    /// A broker that asks this application.
    #[must_use]
    pub fn new(application: Arc<A>, config: Config) -> Broker<A> {
        Broker(Arc::new(House {
            application,
            addresses: Addresses::new(&config),
            config,
            counters: Counters::default(),
            seats: Arc::default(),
            turning_away: Semaphore::new(TOLD_AT_ONCE),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
            open: Arc::default(),
            crowd: AtomicUsize::new(0),
        }))
    }

    /// Serves one connection to its end: any stream that carries MQTT. Address limits apply to `peer`.
    pub async fn serve_stream<S>(&self, io: S, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        match self.permit(peer) {
            Ok(permit) => self.serve_permitted(io, peer, permit).await,
            Err(why) => connection::turn_away(Arc::clone(&self.0), io, why).await,
        }
    }

    /// How often what happened since start.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.0.counters
    }

    /// Counts what happened at a port of another protocol, as if it were ours.
    pub fn count(&self, event: Event) {
        self.0.counters.count(event);
    }

    /// Open connections, those before their CONNECT included.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    /// Devices that have their seat or wait for it.
    #[must_use]
    pub fn seated(&self) -> usize {
        self.0.seats.len()
    }

    /// Ends all connections of a user; MQTT 5 clients hear the code. Gives their number.
    pub fn end_user(&self, user: &str, code: ReasonCode) -> usize {
        self.0.seats.end(Some(user), Ending::because(code))
    }

    /// Ends everything: no new CONNECTs, answers that are due go out, MQTT 5 clients hear 0x8B and when to come back,
    /// others are closed, and the application hears of each that is gone. Gives the number of connections that were
    /// still there at the deadline.
    pub async fn drain(&self, deadline: Instant) -> usize {
        self.0.crowd.store(self.open(), Ordering::Relaxed);
        self.0.closing.cancel();
        let code = Some(ReasonCode::ServerShuttingDown);
        self.0.seats.end(None, Ending { code, farewell: Farewell::Draining });
        self.0.tasks.close();
        // At the deadline the number says what is left; there is nothing else to do about it.
        let _ = tokio::time::timeout_at(deadline.into(), self.0.tasks.wait()).await;
        self.0.tasks.len()
    }

    /// Leave for a connection from there, or the reason it is refused, which is then counted.
    pub(crate) fn permit(&self, peer: SocketAddr) -> Result<Permit, Event> {
        self.permit_at(&Door::default(), peer)
    }

    /// The same at this door. Where a balancer stands there, the address that counts is not known yet.
    pub(crate) fn permit_at(&self, door: &Door, peer: SocketAddr) -> Result<Permit, Event> {
        let house = &self.0;
        house.counters.count(Event::Accepted);
        // Taken before it is looked at, so that many at once do not all see the last place free.
        let before = house.open.fetch_add(1, Ordering::Relaxed);
        house.counters.are_open(before as u64 + 1);
        let mut permit = Permit { unknown: None, _seat: None, open: Arc::clone(&house.open) };
        if before >= house.config.connections {
            return Err(house.refuses(peer, Event::RefusedFull));
        }
        permit._seat = door.enter(peer).map_err(|why| house.refuses(peer, why))?;
        if !door.is_behind() {
            house.enter(&mut permit, peer).map_err(|why| house.refuses(peer, why))?;
        }
        Ok(permit)
    }

    pub(crate) async fn serve_permitted<S>(&self, io: S, peer: SocketAddr, permit: Permit)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let run = connection::run(Arc::clone(&self.0), io, Visitor::from(peer), permit);
        self.0.tasks.track_future(run).await;
    }
}

impl<A> House<A> {
    /// The connection counts for this address until it is known whose it is; or why it can't.
    pub(crate) fn enter(&self, permit: &mut Permit, peer: SocketAddr) -> Result<(), Event> {
        let unknown = self.addresses.enter(peer.ip())?;
        if unknown.turn.is_some() {
            self.counters.count(Event::Waited);
        }
        permit.unknown = Some(unknown);
        Ok(())
    }

    /// Counts why a connection does not begin.
    pub(crate) fn refuses(&self, peer: SocketAddr, why: Event) -> Event {
        self.counters.count(why);
        debug!(%peer, ?why, "a connection was refused");
        why
    }
}

impl Permit {
    /// Waits until it is the connection's turn, or the server ends.
    pub(crate) async fn turn(&mut self, closing: &CancellationToken) {
        if let Some(turn) = self.unknown.as_mut().and_then(|unknown| unknown.turn.take()) {
            tokio::select! {
                () = tokio::time::sleep_until(turn.into()) => {}
                () = closing.cancelled() => {}
            }
        }
    }
}

impl From<SocketAddr> for Visitor {
    fn from(peer: SocketAddr) -> Visitor {
        Visitor { peer, certified: None }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<A: Application> Clone for Broker<A> {
    fn clone(&self) -> Self {
        Broker(Arc::clone(&self.0))
    }
}

impl<A: Application> fmt::Debug for Broker<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broker").field("open", &self.open()).finish_non_exhaustive()
    }
}
