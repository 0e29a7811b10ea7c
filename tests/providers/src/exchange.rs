//! What came, and what is said to it.

use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
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

/// What a test wants to be said in place of what would be, and what was heard. Each copy is the same one.
#[derive(Debug, Clone, Default)]
pub struct Script(Arc<Inside>);

#[derive(Debug, Default)]
struct Inside {
    next: Mutex<VecDeque<Said>>,
    always: Mutex<Option<Said>>,
    heard: Mutex<Vec<Heard>>,
    count: watch::Sender<usize>,
}

impl Script {
    /// Says this to the next request, whatever it is; several come one after the other.
    pub fn next(&self, said: Said) {
        self.0.next.lock().push_back(said);
    }

    /// Says this to all requests, until it is taken back with `None`.
    pub fn always(&self, said: Option<Said>) {
        *self.0.always.lock() = said;
    }

    /// All requests so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.0.heard.lock().clone()
    }

    /// Waits, ten seconds at most, until so many requests came.
    pub async fn wait(&self, many: usize) -> Vec<Heard> {
        self.wait_for(many, Duration::from_secs(10)).await
    }

    /// Waits so long and no longer.
    pub async fn wait_for(&self, many: usize, time: Duration) -> Vec<Heard> {
        let mut count = self.0.count.subscribe();
        let came = tokio::time::timeout(time, count.wait_for(|count| *count >= many)).await;
        came.unwrap_or_else(|_| panic!("{} requests came, not {many}", self.0.heard.lock().len()))
            .expect("we have it");
        self.heard()
    }

    pub(crate) fn wanted(&self) -> Option<Said> {
        self.0.next.lock().pop_front().or_else(|| self.0.always.lock().clone())
    }

    pub(crate) fn hear(&self, heard: Heard) {
        let mut all = self.0.heard.lock();
        all.push(heard);
        self.0.count.send_replace(all.len());
    }
}
