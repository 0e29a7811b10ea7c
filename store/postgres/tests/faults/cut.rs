//! A way to the database that cuts a connection at its COMMIT.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};

/// The packet of the simple query `commit`, as the documentation of PostgreSQL's protocol has it: the letter, the
/// length of what follows, the text, a zero.
const COMMIT: &[u8] = b"Q\0\0\0\x0bcommit\0";

/// When the way is cut. It is cut once, and then carries everything again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Cut {
    Never,
    /// The database does not hear of the COMMIT.
    BeforeCommit,
    /// The database has done it, and its answer does not arrive.
    AfterCommit,
}

pub(crate) struct Way {
    address: SocketAddr,
    cut: Arc<AtomicU8>,
}

impl Way {
    /// A way to the server at this URL.
    pub(crate) async fn to(url: &str) -> Way {
        let server: SocketAddr = url.split(['@', '/']).nth(3).unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, cut) = (listener.local_addr().unwrap(), Arc::new(AtomicU8::new(Cut::Never as u8)));
        let asked = cut.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, cut) = (TcpStream::connect(server).await.unwrap(), asked.clone());
                tokio::spawn(carry(client, server, cut));
            }
        });
        Way { address, cut }
    }

    /// The URL of the server over this way.
    pub(crate) fn url(&self) -> String {
        format!("postgres://natter@{}/postgres?sslmode=disable", self.address)
    }

    pub(crate) fn cuts(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }

    /// Whether it was cut since it was told to.
    pub(crate) fn was_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst) == Cut::Never as u8
    }
}

async fn carry(client: TcpStream, server: TcpStream, cut: Arc<AtomicU8>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let down = tokio::spawn(async move {
        copy(&mut from_server, &mut to_client).await.ok();
        from_server
    });
    let mut bytes = vec![0; 1 << 16];
    while let Ok(read @ 1..) = from_client.read(&mut bytes).await {
        let packet = &bytes[..read];
        let now = if packet.ends_with(COMMIT) { cut.load(Ordering::SeqCst) } else { Cut::Never as u8 };
        if now == Cut::BeforeCommit as u8 {
            cut.store(Cut::Never as u8, Ordering::SeqCst);
            break;
        }
        if now == Cut::AfterCommit as u8 {
            // From here on no answer goes to the client; the database does what it was told, and says goodbye.
            down.abort();
            to_server.write_all(packet).await.unwrap();
            to_server.write_all(b"X\0\0\0\x04").await.unwrap();
            cut.store(Cut::Never as u8, Ordering::SeqCst);
            return;
        }
        if to_server.write_all(packet).await.is_err() {
            break;
        }
    }
    down.abort();
}
