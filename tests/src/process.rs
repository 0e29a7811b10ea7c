//! A program that runs: its output is kept, and it ends when the test does.

use crate::patience::within_time;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Lines of output shown when a test fails; the rest is rarely what went wrong.
const SHOWN: usize = 200;

/// A child process. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    count: watch::Receiver<usize>,
}

impl Process {
    /// Starts `command`; both of its outputs are kept, line by line.
    ///
    /// # Panics
    /// When the program can't be started.
    #[must_use]
    pub fn start(name: &str, mut command: Command) -> Process {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("cannot start {name} ({command:?}): {error}"));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (counted, count) = watch::channel(0);
        let counted = Arc::new(counted);
        keep(child.stdout.take().expect("it is piped"), lines.clone(), counted.clone());
        keep(child.stderr.take().expect("it is piped"), lines.clone(), counted);
        Process { name: name.to_owned(), child, lines, count }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it wrote so far.
    #[must_use]
    pub fn output(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it wrote a line with these words, and gives that line.
    ///
    /// # Panics
    /// When it ends, or the time does, before that.
    pub async fn wrote(&mut self, words: &str) -> String {
        let what = format!("{} to write `{words}`", self.name);
        let (mut seen, mut ended) = (0, false);
        within_time(crate::PATIENCE, what, async {
            loop {
                let output = self.output();
                if let Some(line) = output.iter().skip(seen).find(|line| line.contains(words)) {
                    return line.clone();
                }
                assert!(!ended, "{} ended and never wrote `{words}`:\n{}", self.name, output.join("\n"));
                seen = output.len();
                ended = self.count.changed().await.is_err();
            }
        })
        .await
    }

    /// Waits until it ends by itself, and until everything it wrote is kept.
    ///
    /// # Panics
    /// When it does not end within `time`.
    pub async fn ends(&mut self, time: Duration) -> ExitStatus {
        let name = self.name.clone();
        let closed = async { while self.count.changed().await.is_ok() {} };
        within_time(time, format!("{name} to close its output"), closed).await;
        let child = &mut self.child;
        within_time(time, format!("{name} to end"), async {
            // Asked for before the first look, so that no exit comes between the two. It tells of every child of this
            // process, so each time is a look of its own.
            let mut exits = signal(SignalKind::child()).expect("a process hears of its children");
            loop {
                if let Some(status) = child.try_wait().expect("a child can be waited for") {
                    return status;
                }
                exits.recv().await;
            }
        })
        .await
    }

    /// Ends it at once, without a chance to tidy up.
    pub fn kill_9(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Sends a signal, such as `TERM`.
    ///
    /// # Panics
    /// When there is no such signal or process.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([&format!("-{signal}"), &self.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "cannot send SIG{signal} to {}", self.name);
    }

    /// The time that processors spent on it so far.
    ///
    /// # Panics
    /// When it runs no more.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).expect("the process runs");
        // What stands behind the name, which may have anything in it: the 14th and 15th field of all are ticks of 10 ms.
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
        let ticks: u64 = [11, 12].iter().filter_map(|field| fields.get(*field)?.parse::<u64>().ok()).sum();
        Duration::from_millis(10 * ticks)
    }

    /// Bytes of memory it holds now: its resident set.
    ///
    /// # Panics
    /// When it runs no more.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number of kB") * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_9();
        if std::thread::panicking() {
            let output = self.output();
            let skipped = output.len().saturating_sub(SHOWN);
            println!(
                "── {} wrote ({skipped} lines before these):\n{}",
                self.name,
                output[skipped..].join("\n")
            );
        }
    }
}

/// A thread, not a task: a test that is busy must not stop the program from writing.
fn keep(
    pipe: impl Read + Send + 'static,
    lines: Arc<Mutex<Vec<String>>>,
    counted: Arc<watch::Sender<usize>>,
) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            counted.send_modify(|count| *count += 1);
        }
    });
}
