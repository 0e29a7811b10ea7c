//! Programs that others wrote: mosquitto's clients, and scripts for paho-mqtt and MQTT.js.
//!
//! `tests/setup` installs what they need, and `target/tools/environment` says where it is.

use crate::process::Process;
use crate::world::World;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One of mosquitto's clients, connected to `world`.
#[must_use]
pub fn mosquitto(world: &World, program: &str, words: &[&str]) -> Process {
    // Into a pipe they would write in large blocks, and late.
    let mut command = Command::new("stdbuf");
    command
        .args(["-oL", program])
        .args(["-h", &world.mqtt.ip().to_string(), "-p", &world.mqtt.port().to_string()])
        .args(words);
    Process::start(program, command)
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
