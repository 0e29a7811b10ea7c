//! How much of everything: one place for all limits of the broker, each with its reason.

use std::net::IpAddr;
use std::time::Duration;

/// Limits and habits of a broker. The default is meant for production.
#[derive(Debug, Clone)]
pub struct Config {
    /// Sizes of packets, topics and lists, and the number of topic aliases.
    pub packets: mqtt::Limits,
    /// From the open socket to the whole CONNECT. 5 s: a slow phone needs 2, and whoever sends nothing holds a
    /// place no longer.
    pub connect_within: Duration,
    /// PUBLISHes above QoS 0 a client may have unanswered; 1 or more. 256: fills a commit batch, and bounds what one
    /// connection can pile up.
    pub receive_maximum: u16,
    /// Deliveries above QoS 0 a client may leave unacknowledged, however many it allows; 1 or more. 256: the list is part
    /// of the session row.
    pub window: u16,
    /// Bytes that may wait to be written to one client. 256 KiB: a second of a good phone's link; whoever falls
    /// behind reads the log instead.
    pub queue_bytes: u32,
    /// Deliveries that may wait for one client. 2,048: many small ones weigh more than their bytes.
    pub queue_count: u32,
    /// Notices that may wait for one client. 64: as many as are kept while it is away.
    pub notices: u16,
    /// The longest keep alive, in seconds; a client that asks for more, or for none, is told this (MQTT 5 only:
    /// 3.1.1 can't be told and keeps its own). None: whatever it asks.
    pub maximum_keep_alive: Option<u16>,
    /// How long the last words of a connection may take. 1 s: a client that does not read must not delay its
    /// successor or the end of the server.
    pub farewell_within: Duration,
    /// How long a client may take to close its side after ours. 1 s: closing earlier could destroy our last
    /// words on their way.
    pub linger: Duration,
    /// How long a device waits for the end of its earlier connection. 5 s: that end is one write to the store.
    pub takeover_within: Duration,
    /// Open connections of the whole server. 100,000: about 300 MB when they are idle.
    pub connections: usize,
    /// Clients that may come back in a second after a restart: over how long they are told to spread. 2,000: each
    /// opens a session in the store, and those who are here already say something too.
    pub returns_per_second: u32,
    /// Connections one address may open in a second and not authenticate; what is more waits for its turn. 100: an office
    /// behind one address does authenticate; a guesser of passwords does not.
    pub new_per_address: u32,
    /// Connections of one address that are open and not authenticated. 1,000: as above.
    pub open_per_address: u32,
    /// How long a connection waits for its turn where its address opens too many, before it is refused. 5 s: a storm
    /// behind one address comes in one after the other, and no client has given up meanwhile.
    pub turn_within: Duration,
    /// Whether loopback has no address limits: whoever can use it is on the machine already.
    pub trust_loopback: bool,
    /// Addresses without address limits, such as a load balancer's.
    pub trusted: Vec<IpAddr>,
    /// Topics that have a short name on the way to one client, if it takes so many. 16: who hears more topics at once
    /// has a filter with wildcards, and hardly any of them twice.
    pub topic_aliases: u16,
    /// Whether CONNACK promises shared subscriptions. True: a service may share what its rooms say.
    pub shared_subscriptions: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            packets: mqtt::Limits::default(),
            connect_within: Duration::from_secs(5),
            receive_maximum: 256,
            window: 256,
            queue_bytes: 256 * 1024,
            queue_count: 2_048,
            notices: 64,
            maximum_keep_alive: None,
            farewell_within: Duration::from_secs(1),
            linger: Duration::from_secs(1),
            takeover_within: Duration::from_secs(5),
            connections: 100_000,
            returns_per_second: 2_000,
            new_per_address: 100,
            open_per_address: 1_000,
            turn_within: Duration::from_secs(5),
            trust_loopback: true,
            trusted: Vec::new(),
            topic_aliases: 16,
            shared_subscriptions: true,
        }
    }
}
