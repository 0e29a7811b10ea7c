//! The two lowest rows: how the connection fares, with a word to the person; and the line being typed.

use crate::terminal::state::{Link, State};
use crate::terminal::wrap::{fit, width};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};

/// What stands before the line being typed.
const PROMPT: &str = "> ";

/// Where there is nothing else to say.
const HINT: &str = "Tab: rooms · PgUp: back · /help · Esc: leave";

pub(super) fn state(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let (sign, colour, words) = match &state.link {
        Link::Up => ("●", Color::Green, format!("connected · {} at {}", state.me, state.place)),
        Link::Down { why, again: 0 } => ("○", Color::Yellow, format!("reconnecting · {why}")),
        Link::Down { why, again } => ("○", Color::Yellow, format!("reconnecting in {again} s · {why}")),
        Link::Gone(why) => ("✗", Color::Red, format!("not connected · {why}")),
    };
    let columns = usize::from(area.width);
    let (left, right) = match &state.notice {
        // What a person must know stands first.
        Some(notice) if state.link == Link::Up => (notice.clone(), String::new()),
        Some(notice) => (format!("{words} · {notice}"), String::new()),
        None => (words, HINT.to_owned()),
    };
    let left = fit(&left, columns.saturating_sub(2));
    let free = columns.saturating_sub(2 + width(&left));
    let right = if free > width(&right) + 1 { right } else { String::new() };
    let gap = " ".repeat(free - width(&right));
    let line = vec![
        Span::raw(sign).fg(colour),
        Span::raw(" "),
        Span::raw(left),
        Span::raw(gap),
        Span::raw(right).dim(),
    ];
    frame.render_widget(Line::from(line).style(Style::new().on_dark_gray().white()), area);
}

pub(super) fn input(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let prompt = if usize::from(area.width) > PROMPT.len() + 1 { PROMPT } else { "" };
    let before = u16::try_from(prompt.len()).unwrap_or(0);
    let (shown, cursor) = state.editor.shown(area.width.saturating_sub(before));
    frame.render_widget(Line::from(vec![Span::raw(prompt).bold(), Span::raw(shown)]), area);
    if !area.is_empty() {
        let x = area.x + (before + cursor).min(area.width - 1);
        frame.set_cursor_position(Position { x, y: area.y });
    }
}
