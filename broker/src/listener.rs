//! TCP, with TLS or without: accepts, and never waits for anybody in particular.

use crate::application::Application;
use crate::broker::{Broker, House, Permit};
use crate::connection;
use crate::counters::Event;
use crate::handshake::handshake;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{debug, warn};

/// After an accept that failed for want of files or memory: others will close theirs meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

impl<A: Application> Broker<A> {
    /// Accepts connections until the broker drains. Several listeners may be served at once.
    pub async fn serve_tcp(&self, listener: TcpListener) {
        self.accept(listener, |socket, peer, permit| {
            self.0.tasks.spawn(connection::run(Arc::clone(&self.0), socket, peer, permit));
        })
        .await;
    }

    /// The same with TLS. Handshakes go side by side, and none takes longer than a CONNECT may.
    pub async fn serve_tls(&self, listener: TcpListener, tls: TlsAcceptor) {
        self.accept(listener, |socket, peer, permit| {
            let (house, tls) = (Arc::clone(&self.0), tls.clone());
            self.0.tasks.spawn(async move {
                // In a box that is gone afterwards, as everything that a connection does once.
                let Some(stream) = Box::pin(shake(&house, &tls, socket)).await else { return };
                connection::run(house, stream, peer, permit).await;
            });
        })
        .await;
    }

    async fn accept(&self, listener: TcpListener, welcome: impl Fn(TcpStream, SocketAddr, Permit)) {
        loop {
            let accepted = tokio::select! {
                () = self.0.closing.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((socket, peer)) => {
                    let Ok(permit) = self.permit(peer) else { continue };
                    // Writes are batched here, the kernel need not wait for more.
                    match socket.set_nodelay(true) {
                        Ok(()) => welcome(socket, peer, permit),
                        Err(error) => debug!(%error, "a connection was gone before it began"),
                    }
                }
                Err(error) => {
                    warn!(%error, "could not accept a connection");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// The handshake of one; none if it came to nothing, which is counted.
async fn shake<A>(house: &House<A>, tls: &TlsAcceptor, socket: TcpStream) -> Option<TlsStream<TcpStream>> {
    let (stream, otherwise) = tokio::select! {
        stream = handshake(tls, socket, house.config.connect_within) => (stream, Event::RefusedHandshake),
        () = house.closing.cancelled() => (None, Event::RefusedDraining),
    };
    if stream.is_none() {
        house.counters.count(otherwise);
    }
    stream
}
