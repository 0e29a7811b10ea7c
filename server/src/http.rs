//! The HTTP ports: health for whoever watches over us, the API, and MQTT over WebSocket for browsers.

mod patient; // but not for ever

use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Router};
use broker::Event;
use broker::port::{Door, Port, Socket, Stream};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use patient::{Patient, Watch};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Everything such a port answers. `websocket` is the broker's, `api` what else can be asked; `draining` turns readiness off.
pub(crate) fn router(websocket: Router, api: Router, draining: CancellationToken) -> Router {
    Router::new()
        // The process runs and its runtime turns. A restart helps if this does not answer.
        .route("/livez", get(async || "alive\n"))
        // New work may come. Load balancers look elsewhere while it may not.
        .route("/readyz", get(async move || readiness(&draining)))
        .merge(websocket)
        .merge(api)
}

fn readiness(draining: &CancellationToken) -> (StatusCode, &'static str) {
    if draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}

/// How a connection is treated that is not MQTT yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    /// From the open socket, or the last answer, to the whole head of a request. 10 s: a slow phone needs 2, and
    /// whoever sends nothing holds a place no longer.
    pub(crate) request_within: Duration,
    /// How long somebody may take nothing of an answer. 120 s: a phone in a tunnel is back by then, and whoever is not holds
    /// a place no longer. The kernel has megabytes under way to a fast reader, so what is slow must not look like nothing.
    pub(crate) taken_within: Duration,
    /// Connections at once, those not counted that became WebSockets. 4,096: what a load balancer keeps open and
    /// a storm of browsers on top; more wait in the kernel's queue.
    pub(crate) connections: usize,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners {
            request_within: Duration::from_secs(10),
            taken_within: Duration::from_secs(120),
            connections: 4_096,
        }
    }
}

/// After an accept that failed for want of files: others will close theirs meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

/// What all ports share.
#[derive(Clone)]
pub(crate) struct Server {
    /// What is answered.
    pub(crate) router: Router,
    pub(crate) manners: Manners,
    /// Hears why a connection did not begin.
    pub(crate) refused: Arc<dyn Fn(Event) + Send + Sync>,
    /// The ports close.
    pub(crate) closed: CancellationToken,
}

/// Serves a port until it closes, then finishes requests that are under way.
pub(crate) async fn serve(port: Port, server: Server) {
    let seats = Arc::new(Semaphore::new(server.manners.connections));
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = server.closed.cancelled() => break,
            accepted = accept(&port, &seats) => accepted,
        };
        match accepted {
            Ok((seat, socket, peer)) => {
                let (server, door) = (server.clone(), port.door());
                open.spawn(async move {
                    server.take(&door, socket, peer).await;
                    drop(seat);
                });
            }
            Err(error) => {
                tracing::warn!("cannot take an HTTP connection: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(port);
    open.close();
    open.wait().await;
}

impl Server {
    /// One connection, to its end or until it became a WebSocket.
    async fn take(&self, door: &Door, socket: Socket, peer: SocketAddr) {
        let passed = tokio::select! {
            passed = Box::pin(self.pass(door, socket, peer)) => passed,
            () = self.closed.cancelled() => return,
        };
        let ended = match passed {
            Ok((Stream::Plain(socket), peer)) => self.converse(socket, peer).await,
            Ok((Stream::Tls(stream), peer)) => self.converse(stream, peer).await,
            Err(why) => return (self.refused)(why),
        };
        if let Err(error) = ended {
            tracing::debug!("an HTTP connection ended: {error}");
        }
    }

    /// What comes before the first request takes no longer than the head of one may.
    async fn pass(
        &self,
        door: &Door,
        mut socket: Socket,
        peer: SocketAddr,
    ) -> Result<(Stream, SocketAddr), Event> {
        // Places are counted here for all ports of HTTP.
        let _no_seat = door.enter(peer)?;
        let until = Instant::now() + self.manners.request_within;
        let peer = door.origin(&mut socket, peer, until).await?;
        let (stream, _) = door.secure(socket, until).await?;
        Ok((stream, peer))
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        socket: S,
        peer: SocketAddr,
    ) -> Result<(), hyper::Error> {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.manners.request_within);
        let watch = Watch::default();
        let socket = Patient::new(socket, self.manners.taken_within, watch.clone());
        let router = self.router.clone().layer(Extension(ConnectInfo(peer)));
        let service = TowerToHyperService::new(router);
        let mut connection = pin!(http.serve_connection(TokioIo::new(socket), service).with_upgrades());
        let served = tokio::select! {
            served = connection.as_mut() => served,
            () = self.closed.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        // What goes on now is a WebSocket.
        watch.ends();
        served
    }
}

/// The next connection, and the place it takes.
async fn accept(
    port: &Port,
    seats: &Arc<Semaphore>,
) -> std::io::Result<(OwnedSemaphorePermit, Socket, SocketAddr)> {
    let seat = seats.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (socket, peer) = port.accept().await?;
    Ok((seat, socket, peer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    async fn status(port: SocketAddr, path: &str) -> String {
        let mut socket = TcpStream::connect(port).await.unwrap();
        socket.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// A server on a port of its own: where it is, what turns readiness off, and what ends it.
    async fn start(manners: Manners) -> (SocketAddr, CancellationToken, impl AsyncFnOnce()) {
        start_with(manners, Router::new()).await
    }

    async fn start_with(
        manners: Manners,
        api: Router,
    ) -> (SocketAddr, CancellationToken, impl AsyncFnOnce()) {
        start_at(manners, api, |port| port).await
    }

    async fn start_at(
        manners: Manners,
        api: Router,
        at: impl FnOnce(Port) -> Port,
    ) -> (SocketAddr, CancellationToken, impl AsyncFnOnce()) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap();
        let (draining, closed) = (CancellationToken::new(), CancellationToken::new());
        let router = router(Router::new(), api, draining.clone());
        let server = Server { router, manners, refused: Arc::new(|_| ()), closed: closed.clone() };
        let served = tokio::spawn(serve(at(Port::tcp(listener)), server));
        let end = async move || {
            closed.cancel();
            served.await.unwrap();
        };
        (port, draining, end)
    }

    #[tokio::test]
    async fn while_draining_the_server_is_alive_and_not_ready() {
        let (port, draining, end) = start(Manners::default()).await;
        assert_eq!(status(port, "/livez").await, "200");
        assert_eq!(status(port, "/readyz").await, "200");
        assert_eq!(status(port, "/").await, "404");
        draining.cancel();
        assert_eq!(status(port, "/livez").await, "200");
        assert_eq!(status(port, "/readyz").await, "503");
        end().await;
    }

    #[tokio::test]
    async fn who_says_nothing_loses_the_place_to_who_does() {
        let manners =
            Manners { request_within: Duration::from_millis(50), connections: 1, ..Manners::default() };
        let (port, _, end) = start(manners).await;
        let mut silent = TcpStream::connect(port).await.unwrap();
        // The only place is taken; this answer can come only when it is free again.
        assert_eq!(status(port, "/livez").await, "200");
        let mut rest = Vec::new();
        // It may hear why; what counts is that there is an end.
        silent.read_to_end(&mut rest).await.unwrap();
        end().await;
    }

    #[tokio::test]
    async fn a_balancer_that_does_not_say_from_where_loses_the_place_too() {
        let manners =
            Manners { request_within: Duration::from_millis(50), connections: 1, ..Manners::default() };
        let balancers = vec!["127.0.0.0/8".parse().unwrap()];
        let (port, _, end) = start_at(manners, Router::new(), |port| port.behind(balancers)).await;
        let mut silent = TcpStream::connect(port).await.unwrap();
        silent.write_all(b"PROXY TCP4 192").await.unwrap();
        let mut says = TcpStream::connect(port).await.unwrap();
        says.write_all(b"PROXY UNKNOWN\r\nGET /livez HTTP/1.0\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        says.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("alive\n"), "{answer}");
        let mut rest = Vec::new();
        silent.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty());
        end().await;
    }

    #[tokio::test]
    async fn who_takes_nothing_of_an_answer_loses_the_place_too() {
        let manners =
            Manners { taken_within: Duration::from_millis(50), connections: 1, ..Manners::default() };
        let endless = || async {
            let parts = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![7; 64 << 10]));
            axum::body::Body::from_stream(parts)
        };
        let api = Router::new().route("/endless", get(endless));
        let (port, _, end) = start_with(manners, api).await;
        let mut idle = TcpStream::connect(port).await.unwrap();
        idle.write_all(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert_eq!(status(port, "/livez").await, "200", "the only place is free again");
        end().await;
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_hold_up_the_end() {
        let (port, _, end) = start(Manners::default()).await;
        let mut idle = TcpStream::connect(port).await.unwrap();
        idle.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        idle.read_exact(&mut [0; 15]).await.unwrap();
        end().await;
        let mut rest = Vec::new();
        idle.read_to_end(&mut rest).await.unwrap();
    }
}
