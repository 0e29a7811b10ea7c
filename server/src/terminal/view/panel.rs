//! What lies over the messages until a key is pressed: help, the list of all rooms; and what stands where no room is.

use crate::terminal::command::COMMANDS;
use crate::terminal::state::{Panel, ROOMS, State};
use crate::terminal::wrap::{fit, wrap};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Stylize;
use ratatui::text::{Line, Span, Text};

/// What keys do.
const KEYS: [(&str, &str); 7] = [
    ("Enter", "say it"),
    ("Alt-Enter", "a new line in it"),
    ("Tab, Ctrl-N", "next room"),
    ("Shift-Tab, Ctrl-P", "previous room"),
    ("PgUp, PgDn, ↑, ↓", "back and forth"),
    ("Ctrl-W, Ctrl-U", "erase a word, the line"),
    ("Esc, Ctrl-C", "leave"),
];

/// Columns of what is explained.
const NAMES: usize = 19;

pub(super) fn draw(panel: Panel, state: &State, frame: &mut Frame<'_>, area: Rect) {
    let lines = match panel {
        Panel::Help => help(area),
        Panel::Rooms => rooms(state, area),
    };
    frame.render_widget(Text::from(lines), area);
}

/// Where nobody has anything to say yet.
pub(super) fn no_room(area: Rect) -> Vec<Line<'static>> {
    let words = "You are in no room yet. Write to somebody: /to NAME TEXT";
    let columns = usize::from(area.width).max(1);
    wrap(words, columns, columns).into_iter().map(|row| Line::from(row).dim()).collect()
}

fn help(area: Rect) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (name, words) in COMMANDS.iter().chain(&KEYS) {
        let rest = usize::from(area.width).saturating_sub(NAMES);
        let name = format!("{name:NAMES$}");
        lines.push(Line::from(vec![
            Span::raw(fit(&name, usize::from(area.width).min(NAMES))).bold(),
            Span::raw(fit(words, rest)),
        ]));
    }
    lines
}

fn rooms(state: &State, area: Rect) -> Vec<Line<'static>> {
    let columns = usize::from(area.width);
    let mut lines: Vec<Line<'static>> = Vec::new();
    for room in state.rooms.iter().take(usize::from(area.height)) {
        let unread = if room.unread > 0 { format!("  {} unread", room.unread) } else { String::new() };
        lines.push(Line::from(fit(&format!("{}{unread}", room.title()), columns)));
    }
    if lines.is_empty() {
        return no_room(area);
    }
    if state.rooms.iter().len() == ROOMS {
        lines.push(Line::from(fit(&format!("only the {ROOMS} liveliest are listed"), columns)).dim());
    }
    lines
}
