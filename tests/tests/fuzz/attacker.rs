//! Who plays the scripts: many at once, each on a connection of its own.

use crate::script::{End, Script};
use bytes::BytesMut;
use mqtt::packet::Side;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tests::{World, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Scripts played at once: enough for them to meet, and few enough for a small machine to get on.
const AT_ONCE: u64 = 96;

/// How long a connection waits for the answer to a good CONNECT. It may be owed none: a later packet may have ended
/// it, or a client that takes little.
const ANSWERED: Duration = Duration::from_secs(2);

/// How long it waits for more when it has said everything.
const MOMENT: Duration = Duration::from_millis(150);

/// Those who play scripts.
#[derive(Debug, Clone)]
pub(crate) struct Attackers {
    server: SocketAddr,
    seed: u64,
    token: Arc<str>,
}

impl Attackers {
    pub(crate) fn new(world: &World, seed: u64) -> Attackers {
        Attackers { server: world.mqtt, seed, token: world.token("eve").into() }
    }

    /// Plays the scripts with these numbers.
    ///
    /// # Panics
    /// When nobody listens, or the server answers what MQTT forbids.
    pub(crate) async fn attack(&self, scripts: Range<u64>) {
        let next = Arc::new(AtomicU64::new(scripts.start));
        let mut all = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (this, next) = (self.clone(), Arc::clone(&next));
            all.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= scripts.end {
                        break;
                    }
                    this.play(number).await;
                }
            });
        }
        all.join_all().await;
    }

    async fn play(&self, number: u64) {
        let script = Script::new(self.seed, number, &self.token);
        let opening = within("a connection", TcpStream::connect(self.server));
        let mut io = opening.await.expect("the server takes connections");
        io.set_nodelay(true).expect("a socket has this option");
        let mut answers = Answers { script: &script, number, come: BytesMut::new() };
        for piece in &script.pieces {
            // That the server closed already, or reads no more of this, is fine.
            let writing = timeout(ANSWERED, io.write_all(piece));
            if !matches!(writing.await, Ok(Ok(()))) {
                break;
            }
        }
        if script.end == End::Abrupt {
            return;
        }
        answers.read(&mut io, if script.takes.is_some() { ANSWERED } else { MOMENT }).await;
        if script.end == End::Orderly {
            io.shutdown().await.unwrap_or_default();
            answers.read(&mut io, MOMENT).await;
        }
    }
}

/// Reads after which a connection has heard enough: somebody who subscribed to everything never stops hearing.
const READS: usize = 40;

/// What the server answered to one script.
struct Answers<'a> {
    script: &'a Script,
    number: u64,
    come: BytesMut,
}

impl Answers<'_> {
    /// Reads until nothing more comes for a moment, at first for so long.
    async fn read(&mut self, io: &mut TcpStream, mut patience: Duration) {
        for _ in 0..READS {
            let Ok(Ok(1..)) = timeout(patience, io.read_buf(&mut self.come)).await else { return };
            self.are_packets();
            patience = MOMENT;
        }
    }

    /// Whatever the client did, the server keeps to the protocol.
    fn are_packets(&mut self) {
        let Script { version, pieces, takes, .. } = self.script;
        let Some(limits) = takes else { return self.come.clear() };
        loop {
            match mqtt::decode(&self.come, Side::Server, *version, limits) {
                Ok(Some((_, used))) => drop(self.come.split_to(used)),
                Ok(None) => return,
                Err(flaw) => {
                    let (number, come) = (self.number, &self.come[..self.come.len().min(80)]);
                    panic!(
                        "script {number} was answered by no packet ({flaw}): {come:02x?} to {pieces:02x?}"
                    );
                }
            }
        }
    }
}
