//! TCP: accepts, and never waits for anybody in particular.

use crate::application::Application;
use crate::broker::Broker;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tracing::{debug, warn};

/// After an accept that failed for want of files or memory: others will close theirs meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

impl<A: Application> Broker<A> {
    /// Accepts connections until the broker drains. Several listeners may be served at once.
    pub async fn serve_tcp(&self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                () = self.0.closing.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((socket, peer)) => self.welcome(socket, peer),
                Err(error) => {
                    warn!(%error, "could not accept a connection");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn welcome(&self, socket: TcpStream, peer: std::net::SocketAddr) {
        let Ok(permit) = self.permit(peer) else { return };
        // Writes are batched here, the kernel need not wait for more.
        if let Err(error) = socket.set_nodelay(true) {
            debug!(%error, "a connection was gone before it began");
            return;
        }
        let run = crate::connection::run(std::sync::Arc::clone(&self.0), socket, peer, permit);
        self.0.tasks.spawn(run);
    }
}
