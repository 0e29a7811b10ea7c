//! HTTP and TLS on a port of this machine, until it is dropped.

use crate::authority::Authority;
use crate::exchange::{Heard, Said, Way};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Bytes of the largest body that is read.
const LARGEST: usize = 64 << 10;
/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Whoever answers.
pub(crate) trait House: Send + Sync + 'static {
    /// What is said to a request.
    fn answer(&self, heard: &Heard) -> Said;
    /// The request was answered like this.
    fn answered(&self, heard: Heard);
}

/// A server.
#[derive(Debug)]
pub(crate) struct Server {
    at: SocketAddr,
    connections: Arc<AtomicUsize>,
    away: watch::Sender<usize>,
    task: JoinHandle<()>,
}

/// What every connection has.
struct Shared<H> {
    house: Arc<H>,
    tls: TlsAcceptor,
    http: auto::Builder<TokioExecutor>,
    away: watch::Receiver<usize>,
}

impl Server {
    /// One that speaks these protocols.
    pub(crate) async fn start<H: House>(authority: &Authority, protocols: &[&str], house: Arc<H>) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port of this machine");
        let at = listener.local_addr().expect("it has one");
        let connections = Arc::new(AtomicUsize::new(0));
        let away = watch::Sender::new(0);
        let mut http = auto::Builder::new(TokioExecutor::new());
        http.http2().max_concurrent_streams(1000);
        let tls = TlsAcceptor::from(authority.server(protocols));
        let shared = Arc::new(Shared { house, tls, http, away: away.subscribe() });
        let counter = connections.clone();
        let task = tokio::spawn(async move {
            // They end with us.
            let mut open = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let number = counter.fetch_add(1, Relaxed) + 1;
                open.spawn(connection(shared.clone(), socket, number));
                while open.try_join_next().is_some() {}
            }
        });
        Server { at, connections, away, task }
    }

    pub(crate) fn port(&self) -> u16 {
        self.at.port()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Relaxed)
    }

    /// Says GOAWAY on all connections, and ends them when what is under way is answered.
    pub(crate) fn go_away(&self) {
        self.away.send_modify(|times| *times += 1);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connection<H: House>(shared: Arc<Shared<H>>, socket: TcpStream, number: usize) {
    let _ = socket.set_nodelay(true);
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, shared.tls.accept(socket)).await else { return };
    let cut = Arc::new(tokio::sync::Notify::new());
    let (house, cutter) = (shared.house.clone(), cut.clone());
    let service = service_fn(move |request| {
        let (house, cutter) = (house.clone(), cutter.clone());
        async move {
            let heard = hear(request, number).await;
            let said = house.answer(&heard);
            tokio::time::sleep(said.after).await;
            house.answered(Heard { status: said.status, ..heard });
            match said.way {
                Way::Answer => {}
                Way::Silence => std::future::pending().await,
                Way::Cut => cutter.notify_one(),
            }
            respond(said)
        }
    });
    let mut away = shared.away.clone();
    away.mark_unchanged();
    let mut serving = pin!(shared.http.serve_connection(TokioIo::new(stream), service));
    let mut leaving = false;
    loop {
        tokio::select! {
            biased;
            () = cut.notified() => return,
            changed = away.changed(), if !leaving => {
                leaving = true;
                if changed.is_err() {
                    return;
                }
                serving.as_mut().graceful_shutdown();
            }
            _ = serving.as_mut() => return,
        }
    }
}

async fn hear(request: Request<Incoming>, connection: usize) -> Heard {
    let (parts, body) = request.into_parts();
    let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers: HashMap<String, String> =
        parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    // HTTP/2 says it elsewhere.
    if let Some(authority) = parts.uri.authority() {
        headers.insert("host".to_owned(), authority.to_string());
    }
    let body = Limited::new(body, LARGEST).collect().await.map(http_body_util::Collected::to_bytes);
    Heard {
        connection,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        headers,
        body: body.unwrap_or_default(),
        status: 0,
    }
}

fn respond(said: Said) -> Result<Response<Full<Bytes>>, std::io::Error> {
    if said.way == Way::Cut {
        return Err(std::io::Error::other("cut"));
    }
    let mut response = Response::builder().status(said.status);
    for (name, value) in said.headers {
        response = response.header(name, value);
    }
    response.body(Full::new(said.body.into())).map_err(std::io::Error::other)
}

/// What several houses share: their own answer, or what a test wants.
#[derive(Debug)]
pub(crate) struct Port(pub(crate) Mutex<u16>);

impl Port {
    pub(crate) fn origin(&self) -> String {
        format!("https://localhost:{}", *self.0.lock())
    }
}
