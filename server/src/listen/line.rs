//! A line of `natter listen`: the topic, a tab, and the payload as `topics.md` has it.
//!
//! Beside being JSON it is fit for a terminal: whatever could steer one is written as an escape, which a reader of
//! JSON takes for the same.

use chat::{Act, Entry, Handle, Reach, RoomId, Seq, UserId};
use client::{Said, What};
use std::fmt::Write;
use topics::payload::{gap as marker, said as payload};
use topics::{Address, Format, Topic};

/// An entry.
pub(super) fn said(said: &Said) -> String {
    let act = match &said.what {
        What::Message(content) => Act::Said(content.clone()),
        What::Recalled => Act::Recalled,
        What::Did(deed) => Act::Did(deed.clone()),
        What::Created { members } => Act::Created { members: members.clone() },
        What::Joined { user } => Act::Joined { who: user.clone() },
        What::Left { user } => Act::Left { who: user.clone() },
        What::Banned { user } => Act::Banned { who: user.clone() },
        What::Unbanned { user } => Act::Unbanned { who: user.clone() },
        What::Appointed { user, role } => Act::Appointed { who: user.clone(), role: *role },
        What::Muted { user, until } => Act::Muted { who: user.clone(), until: *until },
        What::Unmuted { user } => Act::Unmuted { who: user.clone() },
        What::HandedOver { user } => Act::HandedOver { who: user.clone() },
        What::Set(new) => Act::Set(new.clone()),
        What::Reactions { of, signs } => Act::Reactions { of: *of, signs: signs.clone() },
        What::Invited { user, role, until } => Act::Invited { who: user.clone(), role: *role, until: *until },
        What::Uninvited { user } => Act::Uninvited { who: user.clone() },
        What::Requested { user } => Act::Requested { who: user.clone() },
        What::Declined { user } => Act::Declined { who: user.clone() },
        What::LinkMade { link, role, uses, until } => {
            Act::LinkMade { link: *link, role: *role, uses: *uses, until: *until }
        }
        What::LinkEnded { link } => Act::LinkEnded { link: *link },
        What::Unknown { payload, .. } => return line(&said.room, payload),
        // A later SDK knows more than this program.
        _ => return line(&said.room, b"{}"),
    };
    let entry = Entry {
        // The numbers inside are the server's; a payload has none of them.
        room: RoomId(0),
        sender: UserId(0),
        origin: None,
        expires_at: None,
        seq: said.seq,
        n: said.n,
        from: said.from.clone(),
        at: said.at,
        draft: said.draft,
        act,
        reach: Reach::everybody(said.seq),
    };
    line(&said.room, &payload::write(&entry, &said.room, Format::Json, Some(said.prev)))
}

/// The marker of entries that were not told.
pub(super) fn gap(room: &Handle, from: Seq, to: Seq) -> String {
    line(room, &marker::write(room, from, to, Format::Json).0)
}

fn line(room: &Handle, payload: &[u8]) -> String {
    let topic = Address { format: Format::Json, topic: Topic::Said(room.clone()) };
    let payload = String::from_utf8_lossy(payload);
    let mut line = String::with_capacity(payload.len() + 64);
    write!(line, "{topic}\t").expect("a text takes more text");
    for each in payload.chars() {
        match each {
            // Between the tokens of an object; inside a text they are escaped already.
            '\n' | '\r' | '\t' => line.push(' '),
            control if control.is_control() => {
                write!(line, "\\u{:04x}", u32::from(control)).expect("a text takes more text");
            }
            other => line.push(other),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_escaped_and_means_the_same() {
        let payload = "{\"body\":\"a\u{9b}2Jb\u{7f}\",\n\"n\":1}";
        let line = line(&Handle::new("tea").unwrap(), payload.as_bytes());
        assert_eq!(line, "rooms/tea/said\t{\"body\":\"a\\u009b2Jb\\u007f\", \"n\":1}");
        let (_, escaped) = line.split_once('\t').unwrap();
        let [plain, escaped] =
            [payload, escaped].map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
        assert_eq!(plain, escaped);
    }

    #[test]
    fn what_was_not_told_is_a_line_too() {
        let line = gap(&Handle::new("tea").unwrap(), Seq(42), Seq(9841));
        assert_eq!(line, r#"rooms/tea/said	{"kind":"gap","room":"tea","from":42,"to":9841}"#);
    }
}
