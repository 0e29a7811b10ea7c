//! Text broken into rows of so many columns.
//!
//! It breaks at spaces, beside characters of two columns (Chinese, Japanese, emoji), and within a word only where that is
//! longer than a row. Columns are counted as the screen counts them.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

/// What stands for a character that is wider than a row.
const TOO_WIDE: &str = "?";

/// The rows of `text`: the first of so many columns, the others of `columns`. There is at least one.
pub(super) fn wrap(text: &str, first: usize, columns: usize) -> Vec<String> {
    let mut rows =
        Rows { done: Vec::new(), row: String::new(), width: 0, limit: first, columns, break_at: None };
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            rows.end_row();
        }
        line.graphemes(true).for_each(|each| rows.put(each));
    }
    rows.end_row();
    rows.done
}

struct Rows {
    done: Vec<String>,
    row: String,
    width: usize,
    /// Columns of this row.
    limit: usize,
    /// Columns of the next.
    columns: usize,
    /// Where this row may be broken, in bytes.
    break_at: Option<usize>,
}

impl Rows {
    fn put(&mut self, each: &str) {
        let mut each = each;
        if width(each) > self.limit.max(self.columns) {
            each = TOO_WIDE;
        }
        let wide = width(each);
        if wide == 2 && !self.row.is_empty() {
            self.break_at = Some(self.row.len());
        }
        if self.width + wide > self.limit {
            if each == " " {
                return self.end_row();
            }
            self.break_row();
            if self.width + wide > self.limit {
                self.end_row();
            }
        }
        self.row.push_str(each);
        self.width += wide;
        if each == " " || wide == 2 {
            self.break_at = Some(self.row.len());
        }
    }

    /// What stands behind the last place to break goes on in the next row; a word that would fit there, as a whole.
    fn break_row(&mut self) {
        let is_shorter = self.limit < self.columns;
        let at = self.break_at.or(is_shorter.then_some(0));
        let rest = at.map(|at| self.row.split_off(at)).unwrap_or_default();
        self.end_row();
        self.width = width(&rest);
        self.row = rest;
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        self.done.push(row.trim_end_matches(' ').to_owned());
        (self.width, self.limit, self.break_at) = (0, self.columns, None);
    }
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    usize::from(text.cell_width())
}

/// As much of the front of a text as fits into so many columns; what is left out is shown as a sign.
pub(super) fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut fits = String::new();
    for each in text.graphemes(true) {
        if width(&fits) + width(each) + 1 > columns {
            break;
        }
        fits.push_str(each);
    }
    if columns > 0 {
        fits.push('…');
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("the kettle is on", 10, 10), ["the kettle", "is on"]);
        assert_eq!(wrap("the kettle is on", 5, 9), ["the", "kettle is", "on"]);
        assert_eq!(wrap("kettle", 5, 9), ["", "kettle"], "a short first row may stay empty");
        assert_eq!(wrap("one  two", 4, 4), ["one", "two"]);
        assert_eq!(wrap("", 5, 5), [""]);
    }

    #[test]
    fn a_word_longer_than_a_row_is_broken() {
        assert_eq!(wrap("a teapotteapot", 6, 6), ["a", "teapot", "teapot"]);
        assert_eq!(wrap("teapot", 0, 4), ["", "teap", "ot"]);
    }

    #[test]
    fn wide_characters_take_two_columns_and_may_be_parted() {
        assert_eq!(wrap("茶茶茶", 5, 5), ["茶茶", "茶"]);
        assert_eq!(wrap("ab茶cd", 4, 4), ["ab茶", "cd"]);
        assert_eq!(wrap("🍵🍵", 3, 3), ["🍵", "🍵"]);
        assert_eq!(wrap("茶", 1, 1), ["?"]);
    }

    #[test]
    fn joined_emoji_and_accents_are_never_parted() {
        assert_eq!(wrap("👩‍👩‍👧👩‍👩‍👧", 3, 3), ["👩‍👩‍👧", "👩‍👩‍👧"]);
        assert_eq!(wrap("e\u{301}e\u{301}e\u{301}", 2, 2), ["e\u{301}e\u{301}", "e\u{301}"]);
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(wrap("a\n\nb", 5, 5), ["a", "", "b"]);
    }

    #[test]
    fn no_row_is_wider_than_it_may_be_and_nothing_is_lost() {
        let text = "Ein 茶 für die ÄÖÜ, zwei 🍵🍵 und noch ein sehrsehrlangeswort";
        let letters = |text: &str| text.replace(' ', "");
        for columns in 2..40 {
            let rows = wrap(text, columns, columns);
            assert!(rows.iter().all(|row| width(row) <= columns), "{columns}: {rows:?}");
            assert_eq!(letters(&rows.concat()), letters(text), "{columns}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_with_a_sign() {
        assert_eq!(
            (fit("tea", 3), fit("teapot", 4), fit("茶茶", 3), fit("tea", 0)),
            ("tea".into(), "tea…".into(), "茶…".into(), String::new())
        );
    }
}
