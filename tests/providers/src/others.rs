//! Programs that nobody here wrote: clients and servers in Node.js and Python, by which ours are measured.
//!
//! `tests/setup` installs what they need, and `target/tools/environment` says where it is.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// How long one of them may take to say a line.
const PATIENCE: Duration = Duration::from_secs(60);

/// A script that runs, until it is dropped.
#[derive(Debug)]
pub struct Program {
    name: String,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    /// Ended with us.
    _child: Child,
}

/// A script of `tests/node`.
#[must_use]
pub fn node(script: &str, words: &[&str]) -> Program {
    let node = std::env::var_os("NATTER_NODE").map_or_else(|| PathBuf::from("node"), PathBuf::from);
    Program::start(Command::new(node).arg(folder().join("node").join(script)).args(words), script)
}

/// A script of `tests/python`, which trusts this authority's file.
#[must_use]
pub fn python(script: &str, words: &[&str], authority: &Path) -> Program {
    let usual = || folder().join("../target/tools/venv/bin/python");
    let python = std::env::var_os("NATTER_PYTHON").map_or_else(usual, PathBuf::from);
    assert!(
        python.exists(),
        "{} is not there; run tests/setup, or name it by NATTER_PYTHON",
        python.display()
    );
    let mut command = Command::new(python);
    command.arg(folder().join("python").join(script)).args(words);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("REQUESTS_CA_BUNDLE", authority);
    Program::start(&mut command, script)
}

/// The folder `tests`.
fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it lies there")
}

impl Program {
    fn start(command: &mut Command, name: &str) -> Program {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} can't be run: {error}"));
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Program { name: name.to_owned(), input: child.stdin.take(), lines, _child: child }
    }

    /// Says a line to it.
    pub async fn say(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it hears");
        input.write_all(format!("{line}\n").as_bytes()).await.expect("it hears");
    }

    /// Says no more.
    pub fn done(&mut self) {
        self.input = None;
    }

    /// The next line that it says.
    pub async fn line(&mut self) -> String {
        let line = timeout(PATIENCE, self.lines.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("{} says nothing", self.name)).expect("it can be read");
        line.unwrap_or_else(|| panic!("{} has ended", self.name))
    }

    /// The same, as JSON.
    pub async fn json(&mut self) -> Value {
        let line = self.line().await;
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{}: {line}", self.name))
    }
}
