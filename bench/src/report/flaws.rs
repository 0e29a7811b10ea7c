//! What must not happen under a load, counted.

use crate::talk::Said;
use crate::wire::Broken;
use serde::Serialize;
use std::fmt;

/// What must not happen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Flaws {
    /// Messages acknowledged (of QoS 0, said) but not heard by a listener, once for each; of who reads history,
    /// messages passed over.
    pub lost: u64,
    /// Messages heard again; of who reads history, in the same round.
    pub doubled: u64,
    /// Messages heard after a later one.
    pub reordered: u64,
    /// Messages heard by somebody who is not in their room.
    pub strayed: u64,
    /// Messages refused.
    pub refused: u64,
    /// Messages neither acknowledged nor refused.
    pub unanswered: u64,
    /// Connections that ended too early.
    pub broken: u64,
    /// Why the first of them did.
    pub first_broken: Option<String>,
}

impl Flaws {
    pub(crate) fn add_said(&mut self, said: &Said) {
        self.refused += said.refused;
        self.unanswered += said.unanswered;
        self.add_broken(said.broken.as_ref());
    }

    /// What else went wrong.
    pub(crate) fn add(&mut self, others: &Flaws) {
        self.lost += others.lost;
        self.doubled += others.doubled;
        self.reordered += others.reordered;
        self.strayed += others.strayed;
        self.refused += others.refused;
        self.unanswered += others.unanswered;
        self.broken += others.broken;
        if self.first_broken.is_none() {
            self.first_broken.clone_from(&others.first_broken);
        }
    }

    pub(crate) fn add_broken(&mut self, broken: Option<&Broken>) {
        if let Some(why) = broken {
            self.broken += 1;
            self.first_broken.get_or_insert_with(|| why.to_string());
        }
    }

    /// Those that happened, in words; `None` when all went well.
    pub(crate) fn complaint(&self) -> Option<String> {
        let flaws = self.counts().into_iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = flaws.map(|(count, what)| format!("{count} {what}")).collect();
        let why = self.first_broken.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        (!words.is_empty()).then(|| words.join(", ") + &why)
    }

    fn counts(&self) -> [(u64, &'static str); 7] {
        [
            (self.lost, "lost"),
            (self.doubled, "doubled"),
            (self.reordered, "reordered"),
            (self.strayed, "strayed"),
            (self.refused, "refused"),
            (self.unanswered, "not answered"),
            (self.broken, "of the connections broken"),
        ]
    }
}

impl fmt::Display for Flaws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts().into_iter().try_for_each(|(count, what)| writeln!(f, "{what:<26}{count:>8}"))
    }
}
