//! What became of a room and of who is in it, in words.

use crate::terminal::clean;
use chat::{Handle, NewSettings};
use client::What;

/// Longest text of a setting that is shown, in bytes: a line.
const SHOWN: usize = 80;

/// The words for it; none for what is something else.
pub(super) fn words(from: &Handle, what: &What) -> Option<String> {
    Some(match what {
        What::Joined { user } if user == from => format!("{user} came in"),
        What::Joined { user } => format!("{from} brought {user} in"),
        What::Left { user } if user == from => format!("{user} went out"),
        What::Left { user } => format!("{from} showed {user} out"),
        What::Banned { user } => format!("{from} banned {user}"),
        What::Unbanned { user } => format!("{from} lets {user} come in again"),
        What::Appointed { user, role } => format!("{from} made {user} {}", with_article(role.word())),
        What::Muted { user, until: None } => format!("{from} muted {user}"),
        What::Muted { user, until: Some(_) } => format!("{from} muted {user} for a while"),
        What::Unmuted { user } => format!("{from} lets {user} speak again"),
        What::HandedOver { user } => format!("{from} made {user} the owner"),
        What::Set(new) => format!("{from} set {}", set(new)),
        What::Invited { user, .. } => format!("{from} invited {user}"),
        What::Uninvited { user } if user == from => format!("{user} declined"),
        What::Uninvited { user } => format!("{from} took back that {user} is invited"),
        What::Requested { user } => format!("{user} asks to be let in"),
        What::Declined { user } if user == from => format!("{user} asks no more to be let in"),
        What::Declined { user } => format!("{from} turned {user} away"),
        What::LinkMade { .. } => format!("{from} made a link into the room"),
        What::LinkEnded { .. } => format!("{from} took a link into the room back"),
        _ => return None,
    })
}

fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'o']) { "an" } else { "a" };
    format!("{article} {word}")
}

/// What was set, one after another.
fn set(new: &NewSettings) -> String {
    let text = |what: &str, text: &Option<Box<str>>| {
        text.as_deref().map(|text| match text {
            "" => format!("no {what}"),
            text => format!("the {what} \u{201c}{}\u{201d}", clean::cut(text, SHOWN)),
        })
    };
    let number = |what: &str, number: Option<u32>| {
        number.map(|number| if number == 0 { format!("no {what}") } else { format!("{what} {number}") })
    };
    let who = |what: &str, role: Option<chat::Role>| {
        role.map(|role| {
            format!(
                "that {} may {what}",
                if role == chat::Role::Owner {
                    "the owner".to_owned()
                } else {
                    format!("every {}", role.word())
                }
            )
        })
    };
    let parts = [
        text("name", &new.name),
        text("description", &new.description),
        text("picture", &new.avatar),
        new.join.map(|join| format!("joining: {}", join.word())),
        new.history.map(|history| format!("history for newcomers: {}", history.word().replace('_', " "))),
        who("write", new.write),
        who("pin", new.pin),
        who("invite", new.invite),
        who("call everybody", new.call_all),
        number("member limit", new.member_limit),
        number("slow mode", new.slow_mode),
        new.listed.map(|listed| {
            if listed { "that strangers find it" } else { "that strangers don\u{2019}t find it" }.to_owned()
        }),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "something".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Joining, LinkId, Role, Timestamp};

    fn ann(what: &What) -> String {
        words(&Handle::new("ann").unwrap(), what).unwrap()
    }

    #[test]
    fn what_is_done_to_people_is_told_with_who_did_it() {
        let bo = || Handle::new("bo").unwrap();
        let told = [
            (What::Joined { user: bo() }, "ann brought bo in"),
            (What::Left { user: bo() }, "ann showed bo out"),
            (What::Banned { user: bo() }, "ann banned bo"),
            (What::Unbanned { user: bo() }, "ann lets bo come in again"),
            (What::Appointed { user: bo(), role: Role::Admin }, "ann made bo an admin"),
            (What::Appointed { user: bo(), role: Role::Guest }, "ann made bo a guest"),
            (What::Muted { user: bo(), until: None }, "ann muted bo"),
            (What::Muted { user: bo(), until: Some(Timestamp(1)) }, "ann muted bo for a while"),
            (What::Unmuted { user: bo() }, "ann lets bo speak again"),
            (What::HandedOver { user: bo() }, "ann made bo the owner"),
            (What::Invited { user: bo(), role: Role::Guest, until: Timestamp(1) }, "ann invited bo"),
            (What::Uninvited { user: bo() }, "ann took back that bo is invited"),
            (What::Uninvited { user: Handle::new("ann").unwrap() }, "ann declined"),
            (What::Requested { user: bo() }, "bo asks to be let in"),
            (What::Declined { user: bo() }, "ann turned bo away"),
            (What::Declined { user: Handle::new("ann").unwrap() }, "ann asks no more to be let in"),
            (
                What::LinkMade { link: LinkId(9), role: Role::Guest, uses: None, until: None },
                "ann made a link into the room",
            ),
            (What::LinkEnded { link: LinkId(9) }, "ann took a link into the room back"),
            (What::Joined { user: Handle::new("ann").unwrap() }, "ann came in"),
            (What::Left { user: Handle::new("ann").unwrap() }, "ann went out"),
        ];
        for (what, expected) in told {
            assert_eq!(ann(&what), expected);
        }
    }

    #[test]
    fn what_is_set_is_told_in_words_and_steers_no_terminal() {
        let new = NewSettings {
            name: Some("Tea\u{1b}[2J".into()),
            description: Some("".into()),
            join: Some(Joining::Open),
            write: Some(Role::Guest),
            slow_mode: Some(30),
            member_limit: Some(0),
            ..NewSettings::default()
        };
        let told = ann(&What::Set(Box::new(new)));
        assert_eq!(
            told,
            "ann set the name \u{201c}Tea\u{241b}[2J\u{201d}, no description, joining: open, that every guest may write, \
             no member limit, slow mode 30"
        );
        assert_eq!(ann(&What::Set(Box::default())), "ann set something");
    }
}
