//! One message as it is shown: what somebody said, what the room tells, or that something is missing.

use super::changes;
use crate::terminal::clean;
use chat::{Draft, Handle, Kind, Seq, Sign, Timestamp};
use client::{Content, What};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes shown of one message; a screen has no more. The rest is said to be there.
const SHOWN: usize = 8 * 1024;

/// What stands where a message was taken back.
const RECALLED: &str = "[recalled]";

/// Where it stands in its room: entries by their number. What has no number yet stands behind them all in the order of
/// its typing, and what was refused behind the entry that was the last one then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::terminal) struct Place {
    pub(super) seq: Seq,
    pub(super) turn: u64,
}

impl Place {
    /// The place of an entry.
    pub(super) fn of(seq: Seq) -> Place {
        Place { seq, turn: 0 }
    }

    /// Behind everything.
    pub(super) fn waiting(turn: u64) -> Place {
        Place { seq: Seq(u64::MAX), turn }
    }
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminal) struct Message {
    /// When the server took it; absent until it has.
    pub(in crate::terminal) at: Option<Timestamp>,
    pub(in crate::terminal) voice: Voice,
    /// Fit for a terminal.
    pub(in crate::terminal) text: String,
    /// Whether its words are others than at first.
    pub(super) is_edited: bool,
    /// Who put which sign to it.
    pub(super) signs: BTreeMap<Sign, BTreeSet<Handle>>,
    /// How many people did, where the server counts them because few are told who.
    pub(super) counted: Option<BTreeMap<Sign, u64>>,
    pub(in crate::terminal) fate: Fate,
    pub(super) draft: Option<Draft>,
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminal) enum Voice {
    Person(Handle),
    /// The room itself tells something.
    Room,
    /// Nobody: entries are not shown here.
    Gap,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminal) enum Fate {
    Stored,
    /// Not yet on the server's disk.
    Pending,
    /// Never will be; why.
    Refused(String),
}

/// An entry as the SDK tells it, without its ticket.
#[derive(Debug, Clone)]
pub(in crate::terminal) struct Told {
    pub(in crate::terminal) room: Handle,
    pub(in crate::terminal) seq: Seq,
    pub(in crate::terminal) from: Handle,
    pub(in crate::terminal) at: Timestamp,
    pub(in crate::terminal) draft: Option<Draft>,
    pub(in crate::terminal) what: What,
}

impl Told {
    /// Whether it is a message that can be unread.
    pub(super) fn counts(&self) -> bool {
        matches!(self.what, What::Message(_) | What::Recalled)
    }
}

impl Message {
    pub(super) fn told(told: &Told) -> Message {
        let person = || Voice::Person(told.from.clone());
        let (voice, text) = match &told.what {
            What::Message(content) => (person(), words(content)),
            What::Recalled => (person(), RECALLED.to_owned()),
            What::Created { members } => {
                let names: Vec<&str> = members.iter().map(Handle::as_str).collect();
                (Voice::Room, format!("the room begins, with {}", names.join(", ")))
            }
            What::Unknown { kind, .. } => (person(), format!("[{kind}]")),
            what => match changes::words(&told.from, what) {
                Some(words) => (Voice::Room, words),
                None => (person(), "[something this version does not know]".to_owned()),
            },
        };
        Message { at: Some(told.at), draft: told.draft, ..Message::new(voice, &text, Fate::Stored) }
    }

    pub(super) fn pending(me: &Handle, draft: Draft, text: &str) -> Message {
        Message { draft: Some(draft), ..Message::new(Voice::Person(me.clone()), text, Fate::Pending) }
    }

    pub(super) fn gap() -> Message {
        Message::new(Voice::Gap, "not everything is shown here", Fate::Stored)
    }

    fn new(voice: Voice, text: &str, fate: Fate) -> Message {
        let (text, signs) = (clean::cut(text, SHOWN), BTreeMap::new());
        Message { at: None, voice, text, is_edited: false, signs, counted: None, fate, draft: None }
    }

    /// It says something else from now on.
    pub(super) fn says(&mut self, text: &str) {
        self.text = clean::cut(text, SHOWN);
        self.is_edited = true;
    }

    /// It was taken back.
    pub(super) fn is_recalled(&mut self) {
        self.text = RECALLED.to_owned();
        self.is_edited = false;
        self.signs.clear();
        self.counted = None;
    }

    /// Whether it has no words any more.
    pub(super) fn is_gone(&self) -> bool {
        self.text == RECALLED
    }

    /// Its words, and what was done to them since.
    pub(in crate::terminal) fn shown(&self) -> String {
        let mut shown = self.text.clone();
        if self.is_edited {
            shown.push_str(" (edited)");
        }
        for (sign, people) in self.people() {
            shown.push_str(&format!("  {} {people}", clean::line(sign.as_str())));
        }
        shown
    }

    /// How many people have put which sign to it.
    fn people(&self) -> Vec<(&Sign, u64)> {
        match &self.counted {
            Some(counted) => counted.iter().map(|(sign, people)| (sign, *people)).collect(),
            None => self.signs.iter().map(|(sign, people)| (sign, people.len() as u64)).collect(),
        }
    }

    /// Bytes it takes in memory, about.
    pub(super) fn size(&self) -> usize {
        let people: usize = self.signs.values().map(BTreeSet::len).sum();
        self.text.len() + 128 + people * 32
    }
}

fn words(content: &Content) -> String {
    in_words(content.kind, &content.body)
}

/// A body, in words.
pub(super) fn in_words(kind: Kind, body: &[u8]) -> String {
    match (kind, std::str::from_utf8(body)) {
        (Kind::Text, Ok(body)) => body.to_owned(),
        (kind, Ok(body)) => format!("[{}] {body}", kind.word()).trim_end().to_owned(),
        (kind, Err(_)) => format!("[{}, {} bytes]", kind.word(), body.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(what: What) -> (Voice, String) {
        let ann = Handle::new("ann").unwrap();
        let told = Told {
            room: Handle::new("tea").unwrap(),
            seq: Seq(1),
            from: ann,
            at: Timestamp(0),
            draft: None,
            what,
        };
        let message = Message::told(&told);
        (message.voice, message.text)
    }

    #[test]
    fn every_kind_of_entry_is_shown_in_words() {
        let (ann, bo) = (Handle::new("ann").unwrap(), Handle::new("bo").unwrap());
        let said =
            |kind, body: &[u8]| shown(What::Message(Content { kind, ..Content::text(body.to_vec()) })).1;
        assert_eq!(said(Kind::Text, b"hello"), "hello");
        assert_eq!(said(Kind::Image, b"a cat"), "[image] a cat");
        assert_eq!(said(Kind::File, b""), "[file]");
        assert_eq!(said(Kind::Sealed, b"\xff\0\x7b"), "[sealed, 3 bytes]");
        let members = vec![ann.clone(), bo.clone()];
        assert_eq!(
            shown(What::Created { members }),
            (Voice::Room, "the room begins, with ann, bo".to_owned())
        );
        assert_eq!(shown(What::Joined { user: bo.clone() }), (Voice::Room, "ann brought bo in".to_owned()));
        assert_eq!(shown(What::Left { user: bo }), (Voice::Room, "ann showed bo out".to_owned()));
        assert_eq!(shown(What::Recalled).1, "[recalled]");
        let unknown = What::Unknown { kind: "poll\x1b".into(), payload: Default::default() };
        assert_eq!(shown(unknown), (Voice::Person(ann), "[poll␛]".to_owned()));
    }

    #[test]
    fn a_long_message_is_cut_and_says_so() {
        let (_, text) = shown(What::Message(Content::text("x".repeat(SHOWN + 5))));
        assert!(text.ends_with("x … (5 more bytes)"));
    }
}
