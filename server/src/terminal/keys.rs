//! What a key means.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What a person wants by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Type(char),
    Enter,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Backspace,
    Delete,
    EraseWord,
    EraseBefore,
    EraseAfter,
    NextRoom,
    PreviousRoom,
    PageUp,
    PageDown,
    RowUp,
    RowDown,
    /// Away from what is open, or out.
    Escape,
    /// Out, whatever is open.
    Leave,
}

/// Reads a key; none if it means nothing here.
pub(super) fn read(key: KeyEvent) -> Option<Key> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let (control, alt) =
        (key.modifiers.contains(KeyModifiers::CONTROL), key.modifiers.contains(KeyModifiers::ALT));
    match key.code {
        // AltGr comes as both; it only types.
        KeyCode::Char(letter) if control && !alt => with_control(letter.to_ascii_lowercase()),
        KeyCode::Char(letter) if alt && !control => with_alt(letter.to_ascii_lowercase()),
        KeyCode::Char(letter) => Some(Key::Type(letter)),
        KeyCode::Enter if alt => Some(Key::Type('\n')),
        KeyCode::Left if control || alt => Some(Key::WordLeft),
        KeyCode::Right if control || alt => Some(Key::WordRight),
        KeyCode::Backspace if control || alt => Some(Key::EraseWord),
        code => plain(code),
    }
}

fn plain(code: KeyCode) -> Option<Key> {
    Some(match code {
        KeyCode::Enter => Key::Enter,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Tab => Key::NextRoom,
        KeyCode::BackTab => Key::PreviousRoom,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Up => Key::RowUp,
        KeyCode::Down => Key::RowDown,
        KeyCode::Esc => Key::Escape,
        _ => return None,
    })
}

/// As in a shell.
fn with_control(letter: char) -> Option<Key> {
    Some(match letter {
        'a' => Key::Home,
        'b' => Key::Left,
        'c' => Key::Leave,
        'd' => Key::Delete,
        'e' => Key::End,
        'f' => Key::Right,
        'h' => Key::Backspace,
        'j' | 'm' => Key::Enter,
        'k' => Key::EraseAfter,
        'n' => Key::NextRoom,
        'p' => Key::PreviousRoom,
        'u' => Key::EraseBefore,
        'w' => Key::EraseWord,
        _ => return None,
    })
}

fn with_alt(letter: char) -> Option<Key> {
    match letter {
        'b' => Some(Key::WordLeft),
        'f' => Some(Key::WordRight),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        read(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn rooms_are_changed_by_tab_and_by_control_letters() {
        assert_eq!(with(KeyCode::Tab, KeyModifiers::NONE), Some(Key::NextRoom));
        assert_eq!(with(KeyCode::BackTab, KeyModifiers::SHIFT), Some(Key::PreviousRoom));
        assert_eq!(with(KeyCode::Char('n'), KeyModifiers::CONTROL), Some(Key::NextRoom));
        assert_eq!(with(KeyCode::Char('P'), KeyModifiers::CONTROL), Some(Key::PreviousRoom));
    }

    #[test]
    fn letters_are_typed_with_shift_and_altgr_and_not_with_alt_or_control_alone() {
        let alt_gr = KeyModifiers::CONTROL | KeyModifiers::ALT;
        assert_eq!(with(KeyCode::Char('Q'), KeyModifiers::SHIFT), Some(Key::Type('Q')));
        assert_eq!(with(KeyCode::Char('@'), alt_gr), Some(Key::Type('@')));
        assert_eq!(with(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(with(KeyCode::Char('q'), KeyModifiers::CONTROL), None);
        assert_eq!(with(KeyCode::Enter, KeyModifiers::ALT), Some(Key::Type('\n')));
    }

    #[test]
    fn a_key_that_is_let_go_means_nothing() {
        let up = KeyEvent::new_with_kind(KeyCode::Enter, KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(read(up), None);
    }
}
