//! What came, and what is said to it.

use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::sync::watch;

/// A request, as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// By which connection, counted from 1.
    pub connection: usize,
    /// `POST`.
    pub method: String,
    /// From the first `/` on.
    pub path: String,
    /// The headers, by names in small letters.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Bytes,
    /// The status it was answered with; 0 if it was not.
    pub status: u16,
}

impl Heard {
    /// A header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// What is said to a request.
#[derive(Debug, Clone)]
pub struct Said {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) after: Duration,
    pub(crate) way: Way,
}

/// How it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Answer,
    Silence,
    Cut,
}

impl Said {
    /// An answer without a body.
    #[must_use]
    pub fn status(status: u16) -> Said {
        Said { status, headers: Vec::new(), body: String::new(), after: Duration::ZERO, way: Way::Answer }
    }

    /// With JSON.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Said {
        Said::status(status).header("content-type", "application/json").body(body.to_string())
    }

    /// The connection is closed in place of an answer.
    #[must_use]
    pub fn cut() -> Said {
        Said { way: Way::Cut, ..Said::status(0) }
    }

    /// No answer ever comes.
    #[must_use]
    pub fn silence() -> Said {
        Said { way: Way::Silence, ..Said::status(0) }
    }

    /// And this header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Said {
        self.headers.push((name, value.into()));
        self
    }

    /// This body.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Said {
        self.body = body.into();
        self
    }

    /// Not before.
    #[must_use]
    pub fn after(mut self, after: Duration) -> Said {
        self.after = after;
        self
    }
}

/// What a test wants to be said in place of what would be, and what was heard.
#[derive(Debug)]
pub(crate) struct Script {
    next: Mutex<VecDeque<Said>>,
    always: Mutex<Option<Said>>,
    heard: Mutex<Vec<Heard>>,
    count: watch::Sender<usize>,
}

impl Default for Script {
    fn default() -> Script {
        let (next, always, heard) = Default::default();
        Script { next, always, heard, count: watch::Sender::new(0) }
    }
}

impl Script {
    pub(crate) fn next(&self, said: Said) {
        self.next.lock().push_back(said);
    }

    pub(crate) fn always(&self, said: Option<Said>) {
        *self.always.lock() = said;
    }

    pub(crate) fn wanted(&self) -> Option<Said> {
        self.next.lock().pop_front().or_else(|| self.always.lock().clone())
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().clone()
    }

    pub(crate) fn hear(&self, heard: Heard) {
        let mut all = self.heard.lock();
        all.push(heard);
        self.count.send_replace(all.len());
    }

    /// Waits, ten seconds at most, until so many requests came.
    pub(crate) async fn wait(&self, many: usize) -> Vec<Heard> {
        let mut count = self.count.subscribe();
        let came =
            tokio::time::timeout(Duration::from_secs(10), count.wait_for(|count| *count >= many)).await;
        came.unwrap_or_else(|_| panic!("{} requests came, not {many}", self.heard.lock().len()))
            .expect("we have it");
        self.heard()
    }
}
