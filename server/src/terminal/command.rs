//! What an entered line means: words for the room, or a command behind a slash.

use chat::{Handle, Sign};

/// Every command, as `/help` lists them: how it is written, and what it does.
pub(super) const COMMANDS: [(&str, &str); 8] = [
    ("/help", "what can be done"),
    ("/rooms", "all rooms"),
    ("/open ROOM", "go to a room, also to one that is not listed"),
    ("/to NAME TEXT", "say something to one person"),
    ("/edit TEXT", "give your last message other words"),
    ("/recall", "take your last message back"),
    ("/react SIGN", "put a sign to the last message, such as /react +1"),
    ("/quit", "leave, like Esc"),
];

/// See the module.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Nothing was entered.
    Nothing,
    /// To be said in the room that is open.
    Say(String),
    To(Handle, String),
    Open(Handle),
    Edit(String),
    Recall,
    React(Sign),
    Help,
    Rooms,
    Quit,
    /// Not meant like this; what to do instead.
    Wrong(String),
}

/// Reads a line. Two slashes at its front are one that is said.
pub(super) fn read(line: &str) -> Line {
    if line.trim().is_empty() {
        return Line::Nothing;
    }
    match line.strip_prefix('/') {
        None => Line::Say(line.to_owned()),
        Some(rest) if rest.starts_with('/') => Line::Say(rest.to_owned()),
        Some(rest) => {
            let (word, rest) = split(rest);
            command(word, rest)
        }
    }
}

fn command(word: &str, rest: &str) -> Line {
    match word {
        "help" => Line::Help,
        "rooms" => Line::Rooms,
        "quit" => Line::Quit,
        "edit" if !rest.trim().is_empty() => Line::Edit(rest.to_owned()),
        "edit" => Line::Wrong("write /edit and the words it shall have".to_owned()),
        "recall" => Line::Recall,
        "react" => match Sign::new(rest.trim()) {
            Ok(sign) => Line::React(sign),
            Err(_) => Line::Wrong("write /react and one sign, such as /react +1".to_owned()),
        },
        "open" => match Handle::new(rest.trim()) {
            Ok(room) => Line::Open(room),
            Err(_) => Line::Wrong("write /open and the name of a room".to_owned()),
        },
        "to" => {
            let (name, text) = split(rest);
            match Handle::new(name.trim_start_matches('@')) {
                Ok(name) if !text.trim().is_empty() => Line::To(name, text.to_owned()),
                _ => Line::Wrong("write /to, a name, and what to say".to_owned()),
            }
        }
        word => Line::Wrong(unknown(word)),
    }
}

fn split(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

fn unknown(word: &str) -> String {
    let names = COMMANDS.iter().filter_map(|(written, _)| written.split(' ').next()?.strip_prefix('/'));
    let near = names.map(|name| (strsim::damerau_levenshtein(name, word), name)).min();
    match near {
        Some((distance, name)) if distance <= 2 => format!("there is no /{word}; did you mean /{name}?"),
        _ => format!("there is no /{word}; /help lists what there is, and // begins a message with a slash"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(name: &str) -> Handle {
        Handle::new(name).unwrap()
    }

    #[test]
    fn a_line_is_said_as_it_was_typed_and_two_slashes_are_one() {
        assert_eq!(read("  the kettle\nis on "), Line::Say("  the kettle\nis on ".to_owned()));
        assert_eq!(read("//help is a command"), Line::Say("/help is a command".to_owned()));
        assert_eq!(read(" \n "), Line::Nothing);
    }

    #[test]
    fn a_direct_message_has_a_name_and_words() {
        assert_eq!(read("/to bo are you there?"), Line::To(handle("bo"), "are you there?".to_owned()));
        assert_eq!(read("/to @bo  hi"), Line::To(handle("bo"), "hi".to_owned()));
        for wrong in ["/to", "/to bo", "/to bo  ", "/to B! hi"] {
            assert!(matches!(read(wrong), Line::Wrong(hint) if hint.contains("/to, a name")), "{wrong}");
        }
    }

    #[test]
    fn what_is_done_to_a_message_says_what() {
        assert_eq!(read("/edit the kettle is off"), Line::Edit("the kettle is off".to_owned()));
        assert_eq!(read("/react +1"), Line::React(Sign::new("+1").unwrap()));
        for wrong in ["/edit", "/edit  ", "/react", "/react two words"] {
            assert!(matches!(read(wrong), Line::Wrong(_)), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_command_gets_a_hint() {
        assert_eq!(read("/hlep"), Line::Wrong("there is no /hlep; did you mean /help?".to_owned()));
        assert!(matches!(read("/dance"), Line::Wrong(hint) if hint.contains("/help lists")));
        assert_eq!(read("/open Tea!"), Line::Wrong("write /open and the name of a room".to_owned()));
    }

    #[test]
    fn every_listed_command_is_one() {
        for (written, _) in COMMANDS {
            let line = written
                .replace("ROOM", "tea")
                .replace("NAME", "bo")
                .replace("TEXT", "hi")
                .replace("SIGN", "+1");
            assert!(!matches!(read(&line), Line::Wrong(_) | Line::Say(_)), "{line}");
        }
    }
}
