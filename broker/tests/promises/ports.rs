//! Ports: balancers that say from where a connection comes, and how many there may be.

use crate::stage::*;
use broker::{Config, Event, Port};
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Version};
use std::net::SocketAddr;
use std::time::Duration;

/// A port for balancers of this network.
async fn behind(network: &str, config: Config) -> Stage {
    let networks = vec![network.parse().unwrap()];
    Stage::at(config, Script::default(), |port: Port| port.behind(networks)).await
}

/// How a balancer begins a connection of somebody who comes from there.
fn from(source: &str) -> Vec<u8> {
    format!("PROXY TCP4 {source} 10.0.0.7 40000 1883\r\n").into_bytes()
}

impl Stage {
    /// A socket that began so.
    async fn begun(&self, with: &[u8]) -> Client {
        let mut client = self.socket().await;
        client.send_bytes(with).await;
        client
    }
}

impl Client {
    async fn says_hello(&mut self, client_id: &str) -> ReasonCode {
        self.send(Packet::Connect(Box::new(hello(Version::V5, client_id)))).await;
        self.connack().await.code
    }
}

#[tokio::test]
async fn a_balancer_says_from_where_a_connection_comes() {
    let mut stage = behind("127.0.0.0/8", Config::default()).await;
    let version_2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x09\x0a\0\0\x07\x9c\x40\x07\x5b";
    for header in [from("192.0.2.9"), version_2.to_vec()] {
        let mut client = stage.begun(&header).await;
        assert_eq!(client.says_hello("phone").await, ReasonCode::Success);
        assert_eq!(stage.arrival().await.peer, SocketAddr::from(([192, 0, 2, 9], 40_000)));
        client.is_alive().await;
        drop(client);
        stage.departure().await;
    }
    // One that looks whether we are well speaks for itself.
    let mut balancer = stage.begun(b"PROXY UNKNOWN\r\n").await;
    assert_eq!(balancer.says_hello("phone").await, ReasonCode::Success);
    assert!(stage.arrival().await.peer.ip().is_loopback());
}

#[tokio::test]
async fn who_is_no_balancer_is_refused_whatever_they_say() {
    let none = Stage::at(Config::default(), Script::default(), |port| port.behind(Vec::new())).await;
    for stage in [behind("10.0.0.0/8", Config::default()).await, none] {
        let mut client = stage.begun(&from("10.0.0.9")).await;
        client.ends().await;
        assert_eq!(stage.counted(Event::RefusedStranger), 1);
    }
}

#[tokio::test]
async fn a_balancer_that_does_not_say_from_where_is_refused() {
    let config = Config { connect_within: Duration::from_millis(100), ..Config::default() };
    let stage = behind("127.0.0.1/32", config).await;
    let mut plain = stage.socket().await;
    plain.send(Packet::Connect(Box::new(hello(Version::V5, "phone")))).await;
    plain.ends().await;
    // And one that does not say it in time.
    for begun in [&b""[..], b"PROXY TCP4 192", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"] {
        stage.begun(begun).await.ends().await;
    }
    assert_eq!(stage.counted(Event::RefusedHeader), 4);
}

#[tokio::test]
async fn a_slow_balancer_holds_up_nobody() {
    let stage = behind("127.0.0.0/8", Config::default()).await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        slow.push(stage.begun(b"PROXY TCP4 192").await);
    }
    let mut swift = stage.begun(&from("192.0.2.9")).await;
    assert_eq!(swift.says_hello("phone").await, ReasonCode::Success);
}

#[tokio::test]
async fn limits_are_those_of_the_address_behind_the_balancer() {
    let config =
        Config { open_per_address: 1, new_per_address: 1, trust_loopback: false, ..Config::default() };
    let stage = behind("127.0.0.0/8", config).await;
    let mut unknown = Vec::new();
    for number in 1..=9 {
        unknown.push(stage.begun(&from(&format!("192.0.2.{number}"))).await);
    }
    for (number, client) in unknown.iter_mut().enumerate() {
        assert_eq!(client.says_hello(&format!("phone-{number}")).await, ReasonCode::Success);
    }
    let mut two = [stage.begun(&from("192.0.2.99")).await, stage.begun(&from("192.0.2.99")).await];
    while stage.counted(Event::RefusedAddress) == 0 {
        tokio::task::yield_now().await;
    }
    // Whichever came first.
    let told = [two[0].says_hello("phone").await, two[1].says_hello("tablet").await];
    assert!(told.contains(&ReasonCode::Success) && told.contains(&ReasonCode::QuotaExceeded), "{told:?}");
}

#[tokio::test]
async fn a_port_may_have_fewer_places_than_the_server() {
    let mut stage = Stage::at(Config::default(), Script::default(), |port| port.at_most(1)).await;
    let (first, _) = stage.client(hello(Version::V5, "phone")).await;
    stage.socket().await.ends().await;
    assert_eq!(stage.counted(Event::RefusedFull), 1);
    drop(first);
    stage.departure().await;
    // Its place is free a moment after the application has heard.
    let mut next = loop {
        let mut client = stage.socket().await;
        client.send(Packet::Connect(Box::new(hello(Version::V5, "desk")))).await;
        if let Some(Packet::Connack(_)) = client.next_or_end().await {
            break client;
        }
    };
    next.is_alive().await;
}
