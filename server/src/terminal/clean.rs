//! Words that somebody else wrote, made fit for a terminal.
//!
//! Whatever could steer the terminal, or make a line read otherwise than it is written, is shown as a sign that stands
//! for it. Everything on the screen that was not written by us came through here.

use std::fmt::Write;

/// Columns of a tab, wherever it stands.
const TAB: &str = "    ";

/// What stands for a character that is not shown.
const HIDDEN: char = '\u{fffd}';

/// Several lines: ends of lines stay, whatever the system that wrote them.
pub(super) fn lines(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(each) = rest.next() {
        match each {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            '\t' => clean.push_str(TAB),
            other => clean.push(shown(other)),
        }
    }
    clean
}

/// One line: an end of a line becomes a space.
pub(super) fn line(text: &str) -> String {
    lines(text).replace('\n', " ")
}

/// At most so many bytes of it, and a word about the rest.
pub(super) fn cut(text: &str, most: usize) -> String {
    let front = &text[..text.floor_char_boundary(most)];
    let mut cut = lines(front);
    if front.len() < text.len() {
        write!(cut, " … ({} more bytes)", text.len() - front.len()).expect("a text takes more text");
    }
    cut
}

fn shown(each: char) -> char {
    match each {
        // The signs that Unicode has for them: ␀, ␛, ␡.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(each)).unwrap_or(HIDDEN),
        '\x7f' => '\u{2421}',
        // C1, and what turns the direction of a line around.
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{61c}' => HIDDEN,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        assert_eq!(lines("a\x1b[2Jb\x07\x7f\u{9b}31m\0"), "a␛[2Jb␇␡\u{fffd}31m␀");
        let all: String = (0..=0x9f).filter_map(char::from_u32).collect();
        assert!(lines(&all).chars().all(|each| each == '\n' || !each.is_control()));
        assert!(!line(&all).chars().any(char::is_control));
    }

    #[test]
    fn a_line_reads_in_the_direction_in_which_it_is_written() {
        assert_eq!(line("pay \u{202e}001\u{2069} euro"), "pay \u{fffd}001\u{fffd} euro");
    }

    #[test]
    fn letters_of_all_languages_and_joined_emoji_stay_as_they_are() {
        let text = "茶 чай شاي 👩‍👩‍👧 e\u{301}";
        assert_eq!(lines(text), text);
    }

    #[test]
    fn ends_of_lines_are_one_and_tabs_are_spaces() {
        assert_eq!(lines("a\r\nb\rc\nd\te"), "a\nb\nc\nd    e");
        assert_eq!(line("a\r\nb"), "a b");
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters_and_says_so() {
        assert_eq!(cut("茶茶茶", 4), "茶 … (6 more bytes)");
        assert_eq!(cut("茶", 3), "茶");
    }
}
