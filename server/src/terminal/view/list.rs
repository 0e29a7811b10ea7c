//! The rooms, the one where something was said last first.

use crate::terminal::layout::EDGE;
use crate::terminal::state::{Room, State};
use crate::terminal::wrap::{fit, width};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Style, Stylize};
use ratatui::text::{Line, Span, Text};

/// What stands for more unread messages than anybody counts.
const MANY: u64 = 999;

pub(super) fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let height = usize::from(area.height);
    let open = state.rooms.open().map_or(0, |(at, _)| at);
    // The open room is always in sight.
    let from = (open + 1).saturating_sub(height);
    let rooms = state.rooms.iter().enumerate().skip(from).take(height);
    let mut lines: Vec<Line<'_>> =
        rooms.map(|(at, room)| row(room, at == open, usize::from(area.width))).collect();
    lines.resize_with(height, || {
        Line::from(vec![Span::raw(" ".repeat(usize::from(area.width).saturating_sub(EDGE))), edge()])
    });
    frame.render_widget(Text::from(lines), area);
}

fn row(room: &Room, is_open: bool, columns: usize) -> Line<'static> {
    let count = match room.unread {
        0 => String::new(),
        1..=MANY => room.unread.to_string(),
        _ => format!("{MANY}+"),
    };
    // A space before the name, and one before and behind the count.
    let columns = columns.saturating_sub(EDGE + 2);
    let title = fit(&room.title(), columns.saturating_sub(1 + count.len()));
    let gap = columns.saturating_sub(width(&title) + count.len());
    let style = if is_open { Style::new().reversed() } else { Style::new() };
    let name = if room.unread > 0 { Span::raw(title).bold() } else { Span::raw(title) };
    let line = vec![
        Span::raw(" "),
        name.patch_style(style),
        Span::raw(" ".repeat(gap)).patch_style(style),
        Span::raw(count).yellow().bold().patch_style(style),
        Span::raw(" "),
        edge(),
    ];
    Line::from(line)
}

fn edge() -> Span<'static> {
    Span::raw("│ ").dim()
}
