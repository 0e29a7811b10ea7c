//! What is told in the end: a table for a person, an object for a program.

mod quantiles; // how long things took

mod server; // what they cost the server

mod flaws; // what must not happen

mod talk; // of speakers and listeners

mod idle; // of being there

pub use flaws::Flaws;
pub use idle::Idle;
pub use quantiles::Quantiles;
pub use server::{Disk, Server};
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
}

impl Report {
    /// What must not happen but did, in words; `None` when all went well.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        let Report::Talk(talk) = self else { return None };
        talk.flaws.complaint()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Report::Talk(talk) => talk.fmt(f),
            Report::Idle(idle) => idle.fmt(f),
        }
    }
}
