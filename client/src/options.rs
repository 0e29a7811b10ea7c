//! Who connects, to where, and how patiently.

use chat::Handle;
use secrecy::SecretString;
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
    pub(crate) outbox: usize,
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
            outbox: 1000,
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
        self.outbox = most;
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
