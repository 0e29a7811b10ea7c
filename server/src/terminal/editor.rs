//! The line a person types: its text, and where the cursor stands in it.
//!
//! The cursor moves by what a person calls a character: a letter with its accents, a whole emoji. A line may hold ends of
//! lines, which come by pasting or by Alt-Enter; they are shown as a sign.

use super::clean;
use super::wrap::width;
use unicode_segmentation::UnicodeSegmentation;

/// Bytes of the longest line. Longer things are files, and a server takes 64 KiB unless configured otherwise.
const LONGEST: usize = 16 * 1024;

/// What an end of a line looks like.
const NEWLINE: &str = "↵";

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Editor {
    text: String,
    /// In bytes, always between two characters.
    cursor: usize,
}

impl Editor {
    /// Puts something in at the cursor; false if there was not room for all of it.
    pub(super) fn insert(&mut self, text: &str) -> bool {
        let text = clean::lines(text);
        let room = text.floor_char_boundary(LONGEST - self.text.len());
        self.text.insert_str(self.cursor, &text[..room]);
        // What was typed may have joined with what stands behind it.
        self.cursor = self.boundary_at_or_behind(self.cursor + room);
        room == text.len()
    }

    /// Takes the line away.
    pub(super) fn take(&mut self) -> String {
        self.cursor = 0;
        std::mem::take(&mut self.text)
    }

    pub(super) fn left(&mut self) {
        self.cursor = self.before();
    }

    pub(super) fn right(&mut self) {
        self.cursor = self.after();
    }

    pub(super) fn home(&mut self) {
        self.cursor = 0;
    }

    pub(super) fn end(&mut self) {
        self.cursor = self.text.len();
    }

    pub(super) fn word_left(&mut self) {
        self.cursor = self.word_before();
    }

    pub(super) fn word_right(&mut self) {
        let mut words = self.text.unicode_word_indices().map(|(at, word)| at + word.len());
        self.cursor = words.find(|end| *end > self.cursor).unwrap_or(self.text.len());
    }

    pub(super) fn backspace(&mut self) {
        self.erase(self.before(), self.cursor);
    }

    pub(super) fn delete(&mut self) {
        self.erase(self.cursor, self.after());
    }

    pub(super) fn erase_word(&mut self) {
        self.erase(self.word_before(), self.cursor);
    }

    pub(super) fn erase_before(&mut self) {
        self.erase(0, self.cursor);
    }

    pub(super) fn erase_after(&mut self) {
        self.erase(self.cursor, self.text.len());
    }

    /// What fits into so many columns, with the cursor in it, and the cursor's column there.
    pub(super) fn shown(&self, columns: u16) -> (String, u16) {
        let columns = usize::from(columns);
        let before: Vec<&str> = self.text[..self.cursor].graphemes(true).map(sign).collect();
        // The cursor has a column of its own behind the last character.
        let mut room = columns.saturating_sub(1);
        let mut from = before.len();
        while from > 0 && width(before[from - 1]) <= room {
            from -= 1;
            room -= width(before[from]);
        }
        let mut shown = before[from..].concat();
        let cursor = width(&shown);
        let mut left = columns.saturating_sub(cursor);
        for each in self.text[self.cursor..].graphemes(true).map(sign) {
            if width(each) > left {
                break;
            }
            left -= width(each);
            shown.push_str(each);
        }
        (shown, u16::try_from(cursor).unwrap_or(u16::MAX))
    }

    fn erase(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = self.boundary_at_or_behind(from);
    }

    fn before(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |next| self.cursor + next.len())
    }

    fn word_before(&self) -> usize {
        self.text[..self.cursor].unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn boundary_at_or_behind(&self, place: usize) -> usize {
        let mut ends = self.text.grapheme_indices(true).map(|(at, each)| at + each.len());
        if place == 0 { 0 } else { ends.find(|end| *end >= place).unwrap_or(self.text.len()) }
    }
}

fn sign(each: &str) -> &str {
    if each == "\n" { NEWLINE } else { each }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line with `|` where the cursor is.
    fn look(editor: &Editor) -> String {
        format!("{}|{}", &editor.text[..editor.cursor], &editor.text[editor.cursor..])
    }

    fn typed(text: &str) -> Editor {
        let mut editor = Editor::default();
        assert!(editor.insert(text));
        editor
    }

    #[test]
    fn typing_happens_at_the_cursor() {
        let mut editor = typed("te");
        editor.left();
        editor.insert("hrough");
        editor.end();
        editor.insert("!");
        assert_eq!(look(&editor), "throughe!|");
        editor.home();
        editor.insert("¿");
        assert_eq!(look(&editor), "¿|throughe!");
        assert_eq!(editor.take(), "¿throughe!");
        assert_eq!(look(&editor), "|");
    }

    #[test]
    fn the_cursor_moves_and_erases_by_what_a_person_calls_a_character() {
        let mut editor = typed("a👩‍👩‍👧e\u{301}茶");
        editor.backspace();
        assert_eq!(look(&editor), "a👩‍👩‍👧e\u{301}|");
        editor.left();
        editor.left();
        assert_eq!(look(&editor), "a|👩‍👩‍👧e\u{301}");
        editor.delete();
        assert_eq!(look(&editor), "a|e\u{301}");
        editor.right();
        editor.backspace();
        editor.backspace();
        editor.backspace();
        editor.delete();
        assert_eq!(look(&editor), "|");
    }

    #[test]
    fn an_accent_typed_before_nothing_joins_the_letter_and_the_cursor_is_behind_both() {
        let mut editor = typed("e");
        editor.insert("\u{301}");
        assert_eq!(look(&editor), "e\u{301}|");
        editor.backspace();
        assert_eq!(look(&editor), "|");
    }

    #[test]
    fn words_are_passed_and_erased_as_a_whole() {
        let mut editor = typed("the kettle is on");
        editor.erase_word();
        assert_eq!(look(&editor), "the kettle is |");
        editor.word_left();
        editor.word_left();
        assert_eq!(look(&editor), "the |kettle is ");
        editor.word_right();
        assert_eq!(look(&editor), "the kettle| is ");
        editor.erase_after();
        assert_eq!(look(&editor), "the kettle|");
        editor.word_left();
        editor.erase_before();
        assert_eq!(look(&editor), "|kettle");
    }

    #[test]
    fn what_is_pasted_keeps_its_lines_and_loses_what_steers_a_terminal() {
        let mut editor = typed("a\r\nb\x1b[2J");
        assert_eq!(editor.shown(80), ("a↵b␛[2J".to_owned(), 7));
        assert_eq!(editor.take(), "a\nb␛[2J");
    }

    #[test]
    fn a_line_has_a_limit_and_says_when_it_is_reached() {
        let mut editor = typed(&"x".repeat(LONGEST - 1));
        assert!(!editor.insert("茶"));
        assert!(editor.insert("y"));
        assert!(!editor.insert("z"));
        assert_eq!(editor.take().len(), LONGEST);
    }

    #[test]
    fn the_cursor_is_always_in_sight() {
        let mut editor = typed("茶茶茶 abc");
        assert_eq!(editor.shown(80), ("茶茶茶 abc".to_owned(), 10));
        assert_eq!(editor.shown(6), (" abc".to_owned(), 4), "half a character is none");
        editor.home();
        assert_eq!(editor.shown(5), ("茶茶".to_owned(), 0));
        assert_eq!(editor.shown(1), (String::new(), 0));
        assert_eq!(editor.shown(0), (String::new(), 0));
    }
}
