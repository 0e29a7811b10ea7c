//! Ports with settings of their own: balancers in front of them, other addresses, sockets that are files.

use mqtt::packet::{Packet, Version};
use std::net::{Ipv6Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tests::{Authority, Settings, WebSocket, Wire, World, haproxy, own_address, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream, UnixStream};

/// CONNECT of an MQTT 3.1.1 client without a name, and how an answer to it begins.
const CONNECT: &[u8] = b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0";
const CONNACK: u8 = 0x20;

fn listeners(mqtt: &str, http: &str) -> Settings {
    Settings::default().set("mqtt.listeners", mqtt).set("http.listeners", http)
}

/// From where an administrator sees these devices.
async fn seen_from(world: &World, device: &str) -> String {
    let seen = world.natter(&["ask", "admin.connections", "--as", "root", "--json"]).await;
    let seen: serde_json::Value = serde_json::from_str(&seen).expect("it is JSON");
    let list = seen["connections"].as_array().expect("a list");
    let found = list.iter().find(|one| one["device"] == device);
    found.unwrap_or_else(|| panic!("{device} is not among {seen}"))["peer"].to_string()
}

#[tokio::test]
async fn behind_haproxy_a_client_has_the_address_that_it_has_in_front_of_it() {
    let behind = r#"[{listen = "127.0.0.1:0", proxy = "required", proxy_from = ["127.0.0.0/8"]}]"#;
    let mut world = World::with(listeners(behind, behind)).await;
    world.users(["ann"]).await;
    world.administrator("root").await;
    let (mqtt, http) = (world.address("mqtt-1"), world.address("http-1"));
    // Everything from 127.0.0.0 to 127.255.255.255 is this machine, and may be told apart.
    let own = SocketAddr::new(own_address().ip(), 0);
    for (words, device) in [("send-proxy", "phone"), ("send-proxy-v2", "tablet")] {
        let front = SocketAddr::new(own_address().ip(), 1883);
        let (_haproxy, _folder) = haproxy(front, mqtt, words).await;
        let mut wire = Wire::over(comes_from(own, front).await, Version::V5);
        wire.send(hello(&world, device)).await;
        assert!(matches!(wire.next().await, Packet::Connack(_)));
        assert!(seen_from(&world, device).await.contains(&own.ip().to_string()));
    }
    let front = SocketAddr::new(own_address().ip(), 8080);
    let (_haproxy, _folder) = haproxy(front, http, "send-proxy-v2").await;
    let mut browser = WebSocket::over(comes_from(own, front).await, Version::V5).await;
    browser.send(hello(&world, "browser")).await;
    assert!(matches!(browser.next().await, Packet::Connack(_)));
    assert!(seen_from(&world, "browser").await.contains(&own.ip().to_string()));
    let ready = reqwest::get(format!("http://{front}/readyz")).await.expect("an answer");
    assert!(ready.status().is_success());
}

fn hello(world: &World, device: &str) -> Packet {
    Packet::Connect(Box::new(world.device("ann", device).hello))
}

/// Connects from an address of one's own.
async fn comes_from(own: SocketAddr, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(own).expect("the address is this machine's");
    within("a connection", socket.connect(to)).await.expect("somebody listens")
}

#[tokio::test]
async fn who_is_no_balancer_comes_in_by_no_port_of_balancers() {
    let authority = Authority::new();
    let (certificate, key) = (authority.certificate(), authority.key());
    let behind = format!(
        r#"[{{listen = "127.0.0.1:0", proxy = "required"}},
            {{listen = "127.0.0.1:0", proxy = "required", proxy_from = ["127.0.0.1"]}},
            {{listen = "127.0.0.1:0", proxy = "required", proxy_from = ["127.0.0.1"], tls = true,
              certificate = {certificate:?}, key = {key:?}}}]"#
    );
    let mut world = World::with(listeners(&behind, &behind)).await;
    world.server_mut().wrote("nobody may connect to").await;
    let header = b"PROXY TCP4 192.0.2.9 192.0.2.1 40000 1883\r\n";
    for (port, begun, is_taken) in [
        ("mqtt-1", [&header[..], CONNECT].concat(), false),
        ("mqtt-2", CONNECT.to_vec(), false),
        ("mqtt-2", [&header[..], CONNECT].concat(), true),
        ("http-1", [&header[..], b"GET /readyz HTTP/1.0\r\n\r\n"].concat(), false),
        ("http-2", b"GET /readyz HTTP/1.0\r\n\r\n".to_vec(), false),
        ("http-2", [&header[..], b"GET /readyz HTTP/1.0\r\n\r\n"].concat(), true),
    ] {
        let mut io = TcpStream::connect(world.address(port)).await.expect("somebody listens");
        io.write_all(&begun).await.ok();
        let answer = within("an answer or an end", io.read_u8()).await;
        assert_eq!(answer.is_ok(), is_taken, "{port}");
    }
    // The header comes before TLS.
    for port in ["mqtt-3", "http-3"] {
        let mut io = TcpStream::connect(world.address(port)).await.expect("somebody listens");
        io.write_all(header).await.expect("it is taken");
        authority.shake(io, "").await.expect("TLS begins after it");
        authority.connect(world.address(port), "").await.expect_err("and not without it");
    }
}

#[tokio::test]
async fn a_port_may_be_of_ipv6_or_of_both() {
    let world =
        World::with(listeners(r#"[{listen = "[::1]:0"}, {listen = "[::]:0"}]"#, r#"[{listen = "[::1]:0"}]"#));
    let mut world = world.await;
    world.users(["ann"]).await;
    let six = world.address("mqtt-1");
    assert!(six.is_ipv6());
    let both = world.address("mqtt-2").port();
    for (number, at) in [
        six,
        SocketAddr::from((Ipv6Addr::LOCALHOST, both)),
        // As Linux does it unless told otherwise.
        SocketAddr::from(([127, 0, 0, 1], both)),
    ]
    .into_iter()
    .enumerate()
    {
        world.device_at(at, "ann", &format!("phone-{number}")).connect().await.is_alive().await;
    }
    let ready = reqwest::get(format!("http://{}/readyz", world.address("http-1"))).await;
    assert!(ready.expect("an answer").status().is_success());
}

#[tokio::test]
async fn a_port_may_be_a_file_that_comes_and_goes_with_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mqtt, http) = (folder.path().join("mqtt.sock"), folder.path().join("http.sock"));
    let list = |path: &Path| format!("[{{listen = \"unix:{}\"}}]", path.display());
    let mut world = World::with(listeners(&list(&mqtt), &list(&http))).await;
    for _ in 0..2 {
        let mut io = UnixStream::connect(&mqtt).await.expect("somebody listens");
        io.write_all(CONNECT).await.expect("it is taken");
        assert_eq!(within("a CONNACK", io.read_u8()).await.expect("one comes"), CONNACK);
        let mut io = UnixStream::connect(&http).await.expect("somebody listens");
        io.write_all(b"GET /readyz HTTP/1.0\r\n\r\n").await.expect("it is taken");
        let mut answer = String::new();
        within("an answer", io.read_to_string(&mut answer)).await.expect("it is text");
        assert!(answer.contains("ready"), "{answer}");
        let mode = std::fs::metadata(&mqtt).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o660);
        // What a dead server leaves is replaced by the next.
        world.restart().await;
    }
    assert!(world.terminate().await.success());
    assert!(!mqtt.exists() && !http.exists());
}
