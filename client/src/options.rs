//! Who connects, to where, and how patiently.

use crate::outbox::Limits;
use chat::Handle;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;

/// How a [`Client`](crate::Client) connects. Its `Debug` keeps the proof to itself.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Handle,
    pub(crate) proof: SecretString,
    pub(crate) device: String,
    pub(crate) session_expiry: Duration,
    pub(crate) outbox: Limits,
    pub(crate) outbox_file: Option<PathBuf>,
    pub(crate) first_wait: Duration,
    pub(crate) longest_wait: Duration,
}

impl Options {
    /// Connects as `user`, proved by an access token or by the account's password, to `localhost:1883`.
    ///
    /// `device` names this installation among the user's own (MQTT's client id): its session is kept under that
    /// name, so choose one that is the same at the next start, and that no other running program uses.
    #[must_use]
    pub fn new(user: Handle, proof: impl Into<SecretString>, device: &str) -> Options {
        Options {
            host: "localhost".to_owned(),
            port: 1883,
            user,
            proof: proof.into(),
            device: device.to_owned(),
            session_expiry: Duration::from_secs(30 * 24 * 60 * 60),
            outbox: Limits { count: 1000, bytes: 16 * 1024 * 1024 },
            outbox_file: None,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
        }
    }

    /// Connects to this server.
    #[must_use]
    pub fn server(mut self, host: &str, port: u16) -> Options {
        host.clone_into(&mut self.host);
        self.port = port;
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
    /// `first` again. Randomness keeps devices that a restart cut off from coming back at the same moment.
    #[must_use]
    pub fn reconnect(mut self, first: Duration, longest: Duration) -> Options {
        self.first_wait = first;
        self.longest_wait = longest;
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
