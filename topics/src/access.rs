//! Who may use which topic: one table.
//!
//! The table names parties, it doesn't know people: whether somebody is a member is judged in `chat`,
//! when the store has told who is. What stands here is what no membership can change.
//!
//! Start at [`RULES`].

use crate::{Section, Topic};
use std::fmt;

/// Those who may do a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// Members of the room that the topic names.
    Members,
    /// Every user who is connected.
    Anyone,
    /// The one user that `me` stands for.
    Oneself,
    /// Whoever may see the user that the topic names.
    Seers,
    /// The server, and no client.
    Server,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The topic.
    pub section: Section,
    /// Who may publish to it.
    pub publish: Party,
    /// Who may subscribe to it.
    pub subscribe: Party,
}

/// The table, in the order of the page: for each section, who publishes and who subscribes.
pub const RULES: [Rule; Section::ALL.len()] = [
    rule(Section::Say, Party::Members, Party::Server),
    rule(Section::SayTo, Party::Anyone, Party::Server),
    rule(Section::Said, Party::Server, Party::Members),
    rule(Section::Read, Party::Members, Party::Server),
    rule(Section::Receipts, Party::Server, Party::Members),
    rule(Section::Typing, Party::Members, Party::Members),
    rule(Section::Signal, Party::Members, Party::Members),
    rule(Section::Events, Party::Server, Party::Oneself),
    rule(Section::Replies, Party::Server, Party::Oneself),
    rule(Section::MyPresence, Party::Oneself, Party::Server),
    rule(Section::Presence, Party::Server, Party::Seers),
    rule(Section::Rpc, Party::Anyone, Party::Server),
];

const fn rule(section: Section, publish: Party, subscribe: Party) -> Rule {
    Rule { section, publish, subscribe }
}

/// The row for a topic.
#[must_use]
pub fn of(topic: &Topic) -> &'static Rule {
    &RULES[topic.section() as usize]
}

/// Whether any client may publish to this topic; membership is judged later.
#[must_use]
pub fn may_publish(topic: &Topic) -> bool {
    of(topic).publish != Party::Server
}

/// Whether any client may subscribe to this topic; membership decides what is heard.
#[must_use]
pub fn may_subscribe(topic: &Topic) -> bool {
    of(topic).subscribe != Party::Server
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Party::Members => "members of the room",
            Party::Anyone => "anyone connected",
            Party::Oneself => "the user whom `me` stands for",
            Party::Seers => "whoever may see that user",
            Party::Server => "the server",
        })
    }
}
