//! Programs that others wrote: mosquitto's clients, haproxy, and scripts for paho-mqtt, MQTT.js and the client of mqtt5.
//!
//! `tests/setup` installs what they need, and `target/tools/environment` says where it is.

use crate::patience::within;
use crate::process::Process;
use crate::world::World;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// One of mosquitto's clients, connected to `world`.
#[must_use]
pub fn mosquitto(world: &World, program: &str, words: &[&str]) -> Process {
    mosquitto_at(world.mqtt, program, words)
}

/// The same at another port.
#[must_use]
pub fn mosquitto_at(at: SocketAddr, program: &str, words: &[&str]) -> Process {
    // Into a pipe they would write in large blocks, and late.
    let mut command = Command::new("stdbuf");
    command
        .args(["-oL", program])
        .args(["-h", &at.ip().to_string(), "-p", &at.port().to_string()])
        .args(words);
    Process::start(program, command)
}

/// A haproxy that balances from one address to another, with these words on the server's line.
///
/// # Panics
/// When its configuration can't be written.
pub async fn haproxy(from: SocketAddr, to: SocketAddr, words: &str) -> (Process, TempDir) {
    let folder = TempDir::with_prefix("natter-haproxy-").expect("a temporary folder can be made");
    let file = folder.path().join("haproxy.cfg");
    let configuration = format!(
        "global\n    log stdout format raw daemon\n\
         defaults\n    mode tcp\n    log global\n    timeout connect 10s\n    timeout client 60s\n    timeout server 60s\n\
         frontend here\n    bind {from}\n    default_backend there\n\
         backend there\n    server natter {to} {words}\n"
    );
    std::fs::write(&file, configuration).expect("it is written");
    let mut command = Command::new("/usr/sbin/haproxy");
    // In the foreground.
    command.args(["-db", "-f"]).arg(file);
    let haproxy = Process::start("haproxy", command);
    // It says no word once it listens.
    let listening = async {
        while TcpStream::connect(from).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within("haproxy to listen", listening).await;
    (haproxy, folder)
}

/// A script of `tests/python`, run by the Python that has paho-mqtt.
#[must_use]
pub fn python(script: &str, words: &[&str]) -> Process {
    let python = tool("NATTER_PYTHON", "target/tools/venv/bin/python");
    run(&python, &folder().join("python").join(script), words)
}

/// A script of `tests/node`, run by Node.js.
#[must_use]
pub fn node(script: &str, words: &[&str]) -> Process {
    let node = std::env::var_os("NATTER_NODE").map_or_else(|| PathBuf::from("node"), PathBuf::from);
    run(&node, &folder().join("node").join(script), words)
}

/// The program of `tests/mqtt5`.
#[must_use]
pub fn mqtt5(words: &[&str]) -> Process {
    let mut command = Command::new(tool("NATTER_MQTT5", "target/tools/mqtt5/debug/mqtt5-round"));
    command.args(words);
    Process::start("mqtt5-round", command)
}

fn run(interpreter: &Path, script: &Path, words: &[&str]) -> Process {
    let mut command = Command::new(interpreter);
    command.arg(script).args(words).env("PYTHONUNBUFFERED", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    Process::start(&script.display().to_string(), command)
}

fn tool(variable: &str, usual: &str) -> PathBuf {
    let path = std::env::var_os(variable).map_or_else(|| folder().join("..").join(usual), PathBuf::from);
    assert!(path.exists(), "{} is not there; run tests/setup, or name it by {variable}", path.display());
    path
}

/// The folder of this package.
fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
