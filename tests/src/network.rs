//! A network that fails: a TCP proxy that cuts, stalls and half-closes connections at random moments.
//!
//! It carries bytes in small pieces, so that it fails in the middle of packets too. What one connection suffers, and
//! when, comes from the generator it was given: the same seed fails in the same ways, at times that depend on
//! what the programs do.
//!
//! Start at [`Network::to`].

use fastrand::Rng;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// The longest that a connection goes well.
const GOES_WELL: Duration = Duration::from_secs(1);

/// How long a short pause is at most.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a stalled or half-closed connection is kept: longer than any client should.
const FORGOTTEN: Duration = Duration::from_secs(120);

/// Bytes carried at once: less than most packets have.
const PIECE: usize = 100;

/// What befalls a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It is gone, both ways.
    Cut,
    /// For a short time nothing is carried this way, or both.
    Pause(Way),
    /// Nothing is carried this way, or both, ever again, and nobody is told.
    Stall(Way),
    /// One side is told that the other has finished; the other way goes on.
    HalfClose(Way),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
    Both,
}

/// How often what happened.
#[derive(Debug, Default)]
struct Faults {
    cuts: AtomicU32,
    stalls: AtomicU32,
    half_closes: AtomicU32,
}

/// A way to a server that fails when it is told to. It is gone when this is dropped.
#[derive(Debug)]
pub struct Network {
    /// Where clients connect.
    pub address: SocketAddr,
    faults: Arc<Faults>,
    fails: watch::Sender<bool>,
    listening: JoinHandle<()>,
}

impl Network {
    /// A way to this server. Until [`Network::fails`] it carries everything.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(server: SocketAddr, chance: Rng) -> Network {
        let listener = TcpListener::bind((server.ip(), 0)).await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let (fails, told) = watch::channel(false);
        let faults = Arc::<Faults>::default();
        let listening = tokio::spawn(listen(listener, server, (chance, told, faults.clone())));
        Network { address, faults, fails, listening }
    }

    /// How many connections were cut, stalled for good, and half-closed so far.
    #[must_use]
    pub fn faults(&self) -> [u32; 3] {
        let Faults { cuts, stalls, half_closes } = &*self.faults;
        [cuts, stalls, half_closes].map(|count| count.load(Ordering::Relaxed))
    }

    /// From now on connections fail, old and new.
    pub fn fails(&self) {
        self.fails.send_replace(true);
    }

    /// From now on nothing more befalls them. What stalled before stays so.
    pub fn heals(&self) {
        self.fails.send_replace(false);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(
    listener: TcpListener,
    server: SocketAddr,
    (mut chance, fails, faults): (Rng, watch::Receiver<bool>, Arc<Faults>),
) {
    // Connections end with the one who listens.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let fate = Fate { chance: chance.fork(), fails: fails.clone(), faults: faults.clone() };
        connections.spawn(async move {
            if let Ok(server) = TcpStream::connect(server).await {
                connection(client, server, fate).await;
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

/// What will befall one connection.
struct Fate {
    chance: Rng,
    fails: watch::Receiver<bool>,
    faults: Arc<Faults>,
}

impl Fate {
    /// Waits for the next fault.
    async fn next(&mut self) -> Fault {
        loop {
            // The network lives as long as its connections.
            self.fails.wait_for(|fails| *fails).await.ok();
            // No event to wait for: the fault comes at a random moment, whatever the programs do.
            sleep(GOES_WELL.mul_f64(self.chance.f64())).await;
            if *self.fails.borrow() {
                return self.fault();
            }
        }
    }

    fn fault(&mut self) -> Fault {
        let way = [Way::Up, Way::Down, Way::Both][self.chance.usize(..3)];
        let (fault, count) = match self.chance.u8(..10) {
            0..4 => (Fault::Cut, &self.faults.cuts),
            4..6 => return Fault::Pause(way),
            6..8 => (Fault::Stall(way), &self.faults.stalls),
            _ => (Fault::HalfClose(way), &self.faults.half_closes),
        };
        count.fetch_add(1, Ordering::Relaxed);
        fault
    }
}

async fn connection(mut client: TcpStream, mut server: TcpStream, mut fate: Fate) {
    for socket in [&client, &server] {
        socket.set_nodelay(true).ok();
    }
    let [ends_up, ends_down] = [(); 2].map(|()| watch::Sender::new(false));
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let mut up = pin!(carry(&mut from_client, &mut to_server, ends_up.subscribe()));
    let mut down = pin!(carry(&mut from_server, &mut to_client, ends_down.subscribe()));
    let (mut up_goes_on, mut down_goes_on) = (true, true);
    loop {
        let fault = {
            let mut next = pin!(fate.next());
            loop {
                tokio::select! {
                    () = &mut up, if up_goes_on => up_goes_on = false,
                    () = &mut down, if down_goes_on => down_goes_on = false,
                    fault = &mut next => break fault,
                }
                if !up_goes_on && !down_goes_on {
                    return;
                }
            }
        };
        let (way, time) = match fault {
            Fault::Cut => return,
            Fault::Pause(way) => (way, PAUSE.mul_f64(fate.chance.f64())),
            Fault::Stall(way) => (way, FORGOTTEN),
            Fault::HalfClose(way) => {
                ends_up.send_replace(way != Way::Down);
                ends_down.send_replace(way != Way::Up);
                continue;
            }
        };
        let goes_on = async {
            match way {
                Way::Up if down_goes_on => down.as_mut().await,
                Way::Down if up_goes_on => up.as_mut().await,
                Way::Up | Way::Down | Way::Both => std::future::pending().await,
            }
        };
        match timeout(time, goes_on).await {
            Ok(()) => return,
            Err(_) if matches!(fault, Fault::Stall(_)) => return,
            Err(_) => {}
        }
    }
}

/// Carries bytes one way until one side ends, or it shall.
async fn carry(from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>, mut ends: watch::Receiver<bool>) {
    let mut piece = [0; PIECE];
    loop {
        let read = tokio::select! {
            read = from.read(&mut piece) => read.unwrap_or(0),
            _ = ends.wait_for(|ends| *ends) => 0,
        };
        if read == 0 || to.write_all(&piece[..read]).await.is_err() {
            break;
        }
    }
    to.shutdown().await.ok();
}
