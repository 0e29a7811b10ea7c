//! The program in a folder of its own. A server that a test leaves behind is killed with the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long anything may take before the test gives up. Nothing waits for it that works.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder.
pub(crate) struct Folder(tempfile::TempDir);

/// A server on it.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    /// What it has logged so far.
    pub(crate) log: Vec<String>,
    pub(crate) mqtt: SocketAddr,
    pub(crate) http: SocketAddr,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    /// The data folder itself, which the program makes.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// A file beside the data folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A command, ready to run. The test's own environment must not configure it.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_natter"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NATTER_"))
        {
            if name != "NATTER_TEST_RUN" {
                command.env_remove(name);
            }
        }
        command.current_dir(self.0.path()).env("NATTER_SERVER__DATA", self.data()).args(words);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs a command with something to read.
    pub(crate) fn run_with(&self, words: &[&str], input: &str) -> Output {
        let mut command = self.command(words);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What a command prints that works.
    pub(crate) fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What a command says that does not work: one line, exit code 1.
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        refusal(&self.run(words))
    }

    pub(crate) fn add_user(&self, name: &str, password: &str) -> String {
        let output = self.run_with(&["user", "add", name, "--password-stdin"], &format!("{password}\n"));
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    /// A server on ports that the system chooses, once it is ready.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"])
    }

    pub(crate) fn serve_with(&self, words: &[&str]) -> Server {
        Server::start(&mut self.command(words))
    }
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = lines_of(child.stderr.take().unwrap());
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut server = Server { child, lines, log: Vec::new(), mqtt: nowhere, http: nowhere };
        let ready = server.wait_for("ready: ");
        (server.mqtt, server.http) = (address(&ready, "mqtt"), address(&ready, "http"));
        server
    }

    /// The next log line with these words.
    pub(crate) fn wait_for(&mut self, words: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("never logged `{words}`, but: {:#?}", self.log));
            self.log.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    /// What HTTP answers: status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut socket = TcpStream::connect(self.http).unwrap();
        socket.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop and waits; gives its exit code and the whole log.
    pub(crate) fn stop(mut self) -> (Option<i32>, Vec<String>) {
        signal(&self.child, "TERM");
        let code = self.child.wait().unwrap().code();
        let mut log = std::mem::take(&mut self.log);
        log.extend(self.lines.iter());
        (code, log)
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Sends a signal.
pub(crate) fn signal(child: &Child, signal: &str) {
    let words = format!("kill -{signal} {}", child.id());
    assert!(Command::new("sh").args(["-c", &words]).status().unwrap().success());
}

/// Lines as they come.
pub(crate) fn lines_of(from: impl Read + Send + 'static) -> Receiver<String> {
    let (line, lines) = channel();
    std::thread::spawn(move || {
        for each in BufReader::new(from).lines().map_while(Result::ok) {
            if line.send(each).is_err() {
                return;
            }
        }
    });
    lines
}

/// The next line.
pub(crate) fn next(lines: &Receiver<String>) -> String {
    lines.recv_timeout(PATIENCE).expect("a line should come")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Whether an answer has this key, and this value in its line.
pub(crate) fn says(answer: &str, key: &str, value: &str) -> bool {
    answer.lines().any(|line| line.split_once(' ').is_some_and(|(k, v)| k == key && v.trim() == value))
}

/// The one line of a command that did not work.
pub(crate) fn refusal(output: &Output) -> String {
    let words = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert_eq!(words.lines().filter(|line| line.starts_with("natter: ")).count(), 1, "{words}");
    assert!(!words.contains("panicked") && !words.contains("backtrace"), "{words}");
    words.lines().find_map(|line| line.strip_prefix("natter: ")).unwrap().to_owned()
}

/// The bits of a file's mode that say who may do what.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn address(line: &str, name: &str) -> SocketAddr {
    let start = line.find(&format!("\"{name}\":\"")).expect("the log is JSON") + name.len() + 4;
    line[start..].split('"').next().unwrap().parse().unwrap()
}
