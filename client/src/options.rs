//! Who connects, to where, and how patiently.

use crate::hints::Server;
use crate::outbox::Limits;
use crate::proof::{Proof, Source};
use crate::tls::Tls;
use chat::Handle;
use secrecy::SecretString;
use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;

/// How a [`Client`](crate::Client) connects. Its `Debug` keeps the proof to itself.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) server: Server,
    pub(crate) tls: Option<Tls>,
    pub(crate) follows: bool,
    pub(crate) user: Handle,
    pub(crate) proof: Source,
    pub(crate) device: String,
    pub(crate) session_expiry: Duration,
    pub(crate) outbox: Limits,
    pub(crate) outbox_file: Option<PathBuf>,
    pub(crate) first_wait: Duration,
    pub(crate) longest_wait: Duration,
    pub(crate) patience: Patience,
}

/// How long a server may be silent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Whole seconds, 1 or more.
    pub(crate) keep_alive: Duration,
    pub(crate) answer: Duration,
}

impl Options {
    /// Connects as `user`, proved by an access token or by the account's password, to `localhost:1883`.
    ///
    /// `device` names this installation among the user's own (MQTT's client id): its session is kept under that
    /// name, so choose one that is the same at the next start, and that no other running program uses.
    #[must_use]
    pub fn new(user: Handle, proof: impl Into<SecretString>, device: &str) -> Options {
        Options::with(user, Source::Fixed(proof.into()), device)
    }

    /// The same with tokens that end: `provider` is asked for a [`Proof`] before the first connection, and before a
    /// later one when the last proof has run out, or the server did not take it any more.
    ///
    /// It may take 10 s. What it fails with is told as [`Offline::NoProof`](crate::Offline::NoProof), and it is asked
    /// again with the next attempt to connect.
    #[must_use]
    pub fn renewing<F, Fut, E>(user: Handle, provider: F, device: &str) -> Options
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Proof, E>> + Send + 'static,
        E: Display,
    {
        Options::with(user, Source::provider(provider), device)
    }

    /// The same for a device whose certificate proves who it is ([`Tls::certificate`]): it has neither token nor
    /// password, and connects to a port where the server asks for certificates.
    #[must_use]
    pub fn certified(user: Handle, tls: Tls, device: &str) -> Options {
        Options::with(user, Source::Certificate, device).tls(tls)
    }

    fn with(user: Handle, proof: Source, device: &str) -> Options {
        Options {
            server: Server { host: "localhost".to_owned(), port: 1883 },
            tls: None,
            follows: false,
            user,
            proof,
            device: device.to_owned(),
            session_expiry: Duration::from_secs(30 * 24 * 60 * 60),
            outbox: Limits { count: 1000, bytes: 16 * 1024 * 1024 },
            outbox_file: None,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            patience: Patience { keep_alive: Duration::from_secs(30), answer: Duration::from_secs(20) },
        }
    }

    /// Connects to this server.
    #[must_use]
    pub fn server(mut self, host: &str, port: u16) -> Options {
        self.server = Server { host: host.to_owned(), port };
        self
    }

    /// Connects by TLS, and no other way. By custom that is port 8883. A server that can't be trusted is told as
    /// [`Offline::Tls`](crate::Offline::Tls).
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Options {
        self.tls = Some(tls);
        self
    }

    /// Whether to go where a server sends us, by the Server Reference of a CONNACK or DISCONNECT: until an attempt
    /// there fails. No unless said otherwise, since the proof is shown to that other server.
    #[must_use]
    pub fn follow(mut self, follows: bool) -> Options {
        self.follows = follows;
        self
    }

    /// How long the server remembers what this device has heard after it went away: whole seconds, at most about
    /// 136 years; 30 days unless said otherwise. With 0 nothing comes again.
    #[must_use]
    pub fn session_expiry(mut self, expiry: Duration) -> Options {
        self.session_expiry = expiry;
        self
    }

    /// How many messages and read marks may wait for their PUBACK; 1,000 unless said otherwise. One more is
    /// [`SayError::OutboxFull`](crate::SayError::OutboxFull).
    #[must_use]
    pub fn outbox(mut self, most: usize) -> Options {
        self.outbox.count = most;
        self
    }

    /// How many bytes they may have together; 16 MiB unless said otherwise. A message that is larger alone is refused
    /// as [`Refused::TooLarge`](crate::Refused::TooLarge).
    #[must_use]
    pub fn outbox_bytes(mut self, most: usize) -> Options {
        self.outbox.bytes = most;
        self
    }

    /// Keeps the outbox in this file, which is made if it is not there: what was said survives the end of the
    /// program, and the next client with this file sends what has no PUBACK yet, under the same drafts, oldest first,
    /// and tells what became of it as [`Event::Answered`](crate::Event::Answered).
    ///
    /// Nothing is sent before it is synced to the file; much that is said at once costs few syncs. Messages stand in
    /// it as they are said, readable for this user of the system only. It has at most about twice as many bytes as
    /// may wait, and 256 KiB. One client at a time may use it: [`Client::close`](crate::Client::close) gives it free.
    /// Files with the same name and `.lock`, and for moments `.new`, stand beside it.
    #[must_use]
    pub fn outbox_file(mut self, path: impl Into<PathBuf>) -> Options {
        self.outbox_file = Some(path.into());
        self
    }

    /// How long to wait before a reconnect: a random time below `first` (1 s unless said otherwise), and below twice
    /// as long each time after that, up to `longest` (60 s). After a connection that lasted `longest` it begins with
    /// `first` again. Randomness keeps devices that a restart cut off from coming back at the same moment. Where the
    /// server said how long to stay away, that comes on top of it, at most 10 minutes.
    #[must_use]
    pub fn reconnect(mut self, first: Duration, longest: Duration) -> Options {
        self.first_wait = first;
        self.longest_wait = longest;
        self
    }

    /// How soon a network that went silent is noticed. The server is asked for a sign of life when nothing happened
    /// for `keep_alive` (whole seconds, 1 to 65,535; 30 s unless said otherwise), and every answer must come within
    /// `answer` (20 s; a server may take 10 s to store something): a connection is given up at the latest one and a
    /// half `keep_alive` and one `answer` after the last sign of life.
    #[must_use]
    pub fn patience(mut self, keep_alive: Duration, answer: Duration) -> Options {
        let keep_alive = Duration::from_secs(keep_alive.as_secs().clamp(1, u64::from(u16::MAX)));
        self.patience = Patience { keep_alive, answer };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_in_no_debug_output() {
        let options = Options::new(Handle::new("ann").unwrap(), "under the mat", "laptop");
        assert!(!format!("{options:?}").contains("mat"));
    }
}
