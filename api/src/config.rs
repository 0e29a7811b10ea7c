//! The bounds of the API, each with its reason.

use crate::host::Host;
use push_worker::ProviderName;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// What the API may be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The largest body of a request, in bytes: a message of the largest size and what stands around it.
    pub body_limit: usize,
    /// From the whole head of a request to its answer: longer than a commit may take, shorter than a client's patience.
    pub answer_within: Duration,
    /// Pages of which other sites may ask.
    pub origins: Origins,
    /// Requests a second of one user that only look, for long and at once.
    pub reads: (NonZeroU32, NonZeroU32),
    /// Requests a second of one user that change something.
    pub writes: (NonZeroU32, NonZeroU32),
    /// Requests a second of one address that has not said who it is, or not rightly: who guesses passwords or
    /// invitations gets no further.
    pub strangers: (NonZeroU32, NonZeroU32),
    /// What the program around lets administrators see of it.
    pub host: Host,
    /// For which apps devices may say where they are reached; none where nobody is pushed anything.
    pub push: Vec<PushApp>,
    /// Addresses to which that does not apply, beside this machine's own: a proxy that counts by itself.
    pub trusted: Vec<IpAddr>,
}

/// Which pages may ask (CORS).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Any: tokens travel in a header, never in a cookie, so a page has only those that it was given.
    Any,
    /// These, such as `https://chat.example.org`; none for pages of this server alone.
    These(Vec<String>),
}

/// An app whose devices are reached while people are away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushApp {
    /// What devices call it when they register.
    pub name: String,
    /// Those that reach its devices.
    pub providers: Vec<ProviderName>,
    /// The public VAPID key, for pages to subscribe with: 65 bytes in base64url. Absent without [`ProviderName::Web`].
    pub key: Option<String>,
}

const fn rate(rate: u32) -> NonZeroU32 {
    NonZeroU32::new(rate).expect("a rate is not zero")
}

impl Default for Config {
    fn default() -> Config {
        Config {
            body_limit: 256 * 1024,
            answer_within: Duration::from_secs(30),
            origins: Origins::These(Vec::new()),
            reads: (rate(50), rate(200)),
            writes: (rate(10), rate(50)),
            strangers: (rate(1), rate(30)),
            host: Host::default(),
            push: Vec::new(),
            trusted: Vec::new(),
        }
    }
}
