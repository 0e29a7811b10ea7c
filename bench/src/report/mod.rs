//! What is told in the end: a table for a person, an object for a program.

mod quantiles; // how long things took

mod server; // what they cost the server

mod flaws; // what must not happen

mod talk; // of speakers and listeners

mod replay; // of reading history meanwhile

mod idle; // of being there

mod back; // of coming back

mod offline; // with much to catch up on

mod storm; // all at once

pub use back::Return;
pub use flaws::Flaws;
pub use idle::Idle;
pub use offline::Offline;
pub use quantiles::Quantiles;
pub use replay::Replay;
pub use server::{Disk, Server};
pub use storm::{Others, Storm};
pub use talk::Talk;

use serde::Serialize;
use std::fmt;

/// What became of a load.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Report {
    /// Of speakers and listeners.
    Talk(Box<Talk>),
    /// Of being there.
    Idle(Idle),
    /// Of much that was missed by few.
    Offline(Box<Offline>),
    /// Of many who come back at once.
    Storm(Box<Storm>),
}

impl Report {
    /// What must not happen but did, in words; `None` when all went well.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        match self {
            Report::Talk(talk) => {
                let readers = talk.replay.as_ref().and_then(Replay::complaint);
                together(talk.flaws.complaint(), readers)
            }
            Report::Idle(idle) => idle.flaws.complaint(),
            Report::Offline(offline) => offline.back.flaws.complaint(),
            Report::Storm(storm) => {
                let others = storm.others.as_ref().and_then(|others| others.flaws.complaint());
                let others = others.map(|words| format!("among the others {words}"));
                together(storm.back.flaws.complaint(), others)
            }
        }
    }
}

fn together(some: Option<String>, others: Option<String>) -> Option<String> {
    let words: Vec<String> = some.into_iter().chain(others).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Report::Talk(talk) => talk.fmt(f),
            Report::Idle(idle) => idle.fmt(f),
            Report::Offline(offline) => offline.fmt(f),
            Report::Storm(storm) => storm.fmt(f),
        }
    }
}
