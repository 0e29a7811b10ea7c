//! The ports of MQTT: connections are accepted, and nobody in particular is waited for.

use crate::application::Application;
use crate::broker::{Broker, House, Permit, Visitor};
use crate::connection;
use crate::counters::Event;
use crate::port::{Door, Port, Socket, Stream};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tracing::warn;

/// After an accept that failed for want of files or memory: others will close theirs meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

impl<A: Application> Broker<A> {
    /// Accepts connections by TCP until the broker drains, for whoever comes.
    pub async fn serve_tcp(&self, listener: TcpListener) {
        self.serve(Port::tcp(listener)).await;
    }

    /// Accepts connections of a port until the broker drains. Several ports may be served at once. What a connection passes
    /// before its CONNECT goes on beside all others, and takes no longer than a CONNECT may, but for the wait for its turn.
    pub async fn serve(&self, port: Port) {
        let door = port.door();
        loop {
            let accepted = tokio::select! {
                () = self.0.closing.cancelled() => return,
                accepted = port.accept() => accepted,
            };
            match accepted {
                Ok((socket, peer)) => {
                    match self.permit_at(&door, peer) {
                        Ok(permit) => self.begin(socket, peer, permit, &door),
                        // Who speaks TLS is not told: a handshake costs more than what the limit saves.
                        Err(why) if door.is_open() => {
                            self.0.tasks.spawn(connection::turn_away(Arc::clone(&self.0), socket, why));
                        }
                        Err(_) => {}
                    }
                }
                Err(error) => {
                    warn!(%error, "could not accept a connection");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn begin(&self, socket: Socket, peer: SocketAddr, permit: Permit, door: &Door) {
        let house = Arc::clone(&self.0);
        if door.is_open() {
            self.0.tasks.spawn(connection::run(house, socket, peer.into(), permit));
            return;
        }
        // In a box that is gone afterwards, as everything that a connection does once.
        let passing = Box::pin(pass(Arc::clone(&house), door.clone(), socket, peer, permit));
        self.0.tasks.spawn(async move {
            match passing.await {
                Some((Stream::Plain(socket), visitor, permit)) => {
                    connection::run(house, socket, visitor, permit).await;
                }
                Some((Stream::Tls(stream), visitor, permit)) => {
                    connection::run(house, *stream, visitor, permit).await;
                }
                None => {}
            }
        });
    }
}

/// Passes the door in time, or not at all; why not, is counted.
async fn pass<A>(
    house: Arc<House<A>>,
    door: Door,
    mut socket: Socket,
    peer: SocketAddr,
    mut permit: Permit,
) -> Option<(Stream, Visitor, Permit)> {
    let (mut origin, mut until) = (peer, Instant::now() + house.config.connect_within);
    if door.is_behind() {
        let said = in_time(&house, door.origin(&mut socket, peer, until)).await;
        origin = said.map_err(|why| house.refuses(peer, why)).ok()?;
        if let Err(why) = house.enter(&mut permit, origin) {
            house.refuses(origin, why);
            if !door.is_sealed() {
                connection::turn_away(house, socket, why).await;
            }
            return None;
        }
    }
    let waits = Instant::now();
    permit.turn(&house.closing).await;
    until += waits.elapsed();
    let secured = in_time(&house, door.secure(socket, until)).await;
    let (stream, certified) = secured.map_err(|why| house.refuses(origin, why)).ok()?;
    Some((stream, Visitor { peer: origin, certified }, permit))
}

/// A step at the door, unless the server ends meanwhile.
async fn in_time<A, T>(house: &House<A>, step: impl Future<Output = Result<T, Event>>) -> Result<T, Event> {
    tokio::select! {
        taken = step => taken,
        () = house.closing.cancelled() => Err(Event::RefusedDraining),
    }
}
