//! The program under test: where it is, where it listens, how it starts.

use crate::process::Process;
use crate::settings::Settings;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The program under test: `NATTER_BIN`, or what cargo built beside this test.
#[must_use]
pub fn natter_program() -> PathBuf {
    if let Some(path) = std::env::var_os("NATTER_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().expect("a test knows where it is");
    let built = test
        .parent()
        .and_then(Path::parent)
        .expect("tests are built in target/<profile>/deps")
        .join("natter");
    assert!(
        built.exists(),
        "build the server first (cargo build -p natter), or name it by NATTER_BIN: no {built:?}"
    );
    built
}

/// Everything from 127.0.0.0 to 127.255.255.255 is this machine. An address that nobody else uses keeps its ports
/// free while the server is away.
#[must_use]
pub fn own_address() -> SocketAddr {
    static WORLDS: AtomicU32 = AtomicU32::new(1);
    let [high, low] = (std::process::id() as u16).to_be_bytes();
    let world = WORLDS.fetch_add(1, Ordering::Relaxed) as u8;
    // 127.0.0.0/16 is left to others.
    SocketAddr::from(([127, high | 1, low, world.max(1)], 0))
}

/// Starts a server and waits until it is ready; gives where MQTT and HTTP are.
pub(super) async fn start(
    settings: &Settings,
    data: &Path,
    mqtt: SocketAddr,
    http: SocketAddr,
) -> (Process, SocketAddr, SocketAddr) {
    let mut command = Command::new(natter_program());
    command.arg("serve").arg("--data").arg(data);
    command.args(["--mqtt", &mqtt.to_string(), "--http", &http.to_string()]);
    if settings.is_demo {
        command.arg("--demo");
    }
    command.envs(settings.variables.iter().map(|(name, value)| (name, value)));
    let mut server = Process::start("natter", command);
    server.wrote("ready: MQTT on").await;
    let file = data.join("addresses");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("cannot read {file:?}: {error}"));
    (server, address(&text, "mqtt"), address(&text, "http"))
}

/// `mqtt = "127.0.0.1:1883"`
pub(super) fn address(text: &str, name: &str) -> SocketAddr {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix('='));
    let value = value.unwrap_or_else(|| panic!("the addresses do not name {name}: {text}"));
    value.trim().trim_matches('"').parse().expect("it is an address")
}
