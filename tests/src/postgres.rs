//! A real PostgreSQL of a test's own, which can be killed and paused. `tests/postgres` starts it, and ends it when this
//! is dropped or the test's process dies.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The server.
#[derive(Debug)]
pub struct Postgres {
    /// Where it is: a database that is empty at first.
    pub url: String,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Postgres {
    /// Starts it, with nothing in it.
    ///
    /// # Panics
    /// When PostgreSQL's programs are not there.
    #[must_use]
    pub fn start() -> Postgres {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("postgres");
        let started = Command::new(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| panic!("cannot start {}: {error}", script.display()));
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("it is piped"));
        let mut postgres = Postgres { url: String::new(), child, input, output: BufReader::new(output) };
        postgres.url = postgres.says();
        assert!(postgres.url.starts_with("postgres://"), "{} gives a URL", script.display());
        postgres
    }

    /// A place of its own in this database, for a test that shares the server: what `schema` names is made with it.
    #[must_use]
    pub fn url_of(&self, schema: &str) -> String {
        format!("{}?options[search_path]={schema}", self.url)
    }

    /// The same with a place that is made now, and empty; its address.
    #[must_use]
    pub fn new_schema(&mut self, schema: &str) -> String {
        self.told(&format!("schema {schema}"));
        self.url_of(schema)
    }

    /// Ends all of it at once, as a power cut would.
    pub fn kill_9(&mut self) {
        self.told("kill");
    }

    /// Starts it again on what the last one left.
    pub fn start_again(&mut self) {
        self.told("start");
    }

    /// From now on it says nothing and does nothing, and every connection stays open.
    pub fn pause(&mut self) {
        self.told("pause");
    }

    /// It goes on.
    pub fn resume(&mut self) {
        self.told("resume");
    }

    fn told(&mut self, word: &str) {
        let input = self.input.as_mut().expect("it is open until the end");
        writeln!(input, "{word}").expect("the script listens");
        assert_eq!(self.says(), word);
    }

    fn says(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the script answers");
        line.trim_end().to_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The end of its input is the end of the script.
        drop(self.input.take());
        self.child.wait().ok();
    }
}
