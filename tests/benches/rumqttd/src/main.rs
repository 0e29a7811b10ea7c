//! rumqttd on two ports of this machine: `rumqttd-for-comparison ADDRESS-FOR-3.1.1 ADDRESS-FOR-5`.
//!
//! It is set so that it shows its best: no metrics, no console, logs that cannot be turned on, and a log for each
//! filter so large that a load of some minutes does not outrun it. It ends when it gets SIGTERM, or when whoever
//! started it closes its standard input, so that none is left behind.

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Packets it takes from a connection, and gives to one, in one go. Its queues have room for 200.
const AT_ONCE: usize = 200;

/// Bytes of a part of a filter's log. Small, since a part is one vector that is copied when it grows.
const SEGMENT: usize = 1 << 20;

/// Parts of it that are kept: 1 GiB for each filter, as in the configuration it comes with. A subscriber that is
/// further behind loses messages.
const SEGMENTS: usize = 1_024;

fn main() -> ExitCode {
    let addresses: Vec<SocketAddr> = std::env::args().skip(1).map_while(|word| word.parse().ok()).collect();
    let [v4, v5] = addresses[..] else {
        eprintln!("usage: rumqttd-for-comparison ADDRESS-FOR-3.1.1 ADDRESS-FOR-5");
        return ExitCode::from(2);
    };
    std::thread::spawn(move || {
        let ended = Broker::new(config(v4, v5)).start();
        eprintln!("rumqttd ended: {ended:?}");
        std::process::exit(1);
    });
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).ok();
    ExitCode::SUCCESS
}

fn config(v4: SocketAddr, v5: SocketAddr) -> Config {
    Config {
        router: RouterConfig {
            max_connections: 60_000, // more than the largest load has
            max_outgoing_packet_count: AT_ONCE as u64,
            max_segment_size: SEGMENT,
            max_segment_count: SEGMENTS,
            ..RouterConfig::default()
        },
        v4: Some(listener("v4", v4)),
        v5: Some(listener("v5", v5)),
        ..Config::default()
    }
}

fn listener(name: &str, listen: SocketAddr) -> HashMap<String, ServerSettings> {
    let settings = ServerSettings {
        name: name.to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 0, // it comes with 1, which is at most 1,000 connections a second
        connections: ConnectionSettings {
            connection_timeout_ms: 60_000,
            max_payload_size: 256 << 10, // Natter's largest packet
            max_inflight_count: AT_ONCE,
            auth: None,
            external_auth: None,
            dynamic_filters: true, // a topic nobody listens to is no reason to end a connection
        },
    };
    HashMap::from([(name.to_owned(), settings)])
}
