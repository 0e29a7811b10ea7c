//! Messages as rows of the screen, and which of them are on it.
//!
//! A message is its time, who said it, and its words, wrapped; rows after the first are indented. A day that begins has a
//! row of its own above its first message.

use super::state::{Fate, Message, Place, Room, Voice};
use super::wrap::{fit, width, wrap};
use chat::{Handle, Timestamp};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

/// Columns of a time and the space behind it.
const TIME: usize = 6;

/// Columns from which on there is room for times.
const WIDE: usize = 24;

/// The colours of names: those that can be read on black and on white.
const COLOURS: [Color; 10] = [
    Color::Green,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Yellow,
    Color::Red,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightRed,
    Color::LightGreen,
];

/// How rows are to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) me: &'a Handle,
    pub(super) zone: UtcOffset,
    /// In columns.
    pub(super) width: usize,
}

/// The last rows of a room that are on a screen of so many, the newest below.
pub(super) fn visible(room: &Room, look: &Look<'_>, height: u16) -> Vec<Line<'static>> {
    let height = usize::from(height);
    let (last, most) = room.bottom.map_or((None, usize::MAX), |(place, rows)| (Some(place), rows));
    let mut newest_first = Vec::with_capacity(height);
    let mut messages = room.messages().rev().peekable();
    while let Some((place, message)) = messages.next() {
        if last.is_some_and(|last| place > last) {
            continue;
        }
        let mut rows = of(message, messages.peek().map(|(_, before)| *before), look);
        if last == Some(place) {
            rows.truncate(most);
        }
        newest_first.extend(rows.into_iter().rev());
        if newest_first.len() >= height {
            break;
        }
    }
    newest_first.truncate(height);
    newest_first.reverse();
    newest_first
}

/// Where the screen ends after so many rows down (or up, below 0), and whether it shows the first row then.
pub(super) fn walk(room: &Room, look: &Look<'_>, down: isize, height: u16) -> (Option<(Place, usize)>, bool) {
    let mut before = None;
    let mut counts = Vec::new();
    for (place, message) in room.messages() {
        counts.push((place, of(message, before, look).len()));
        before = Some(message);
    }
    let all: usize = counts.iter().map(|(_, rows)| rows).sum();
    let now = room.bottom.map_or(all, |(last, most)| {
        let up_to = counts.iter().filter(|(place, _)| *place <= last);
        up_to.map(|(place, rows)| if *place == last { *rows.min(&most) } else { *rows }).sum()
    });
    let least = usize::from(height).min(all);
    let mut left = now.saturating_add_signed(down).clamp(least, all);
    let is_top = left <= usize::from(height);
    if left == all {
        return (None, is_top);
    }
    for (place, rows) in counts {
        if left <= rows {
            return (Some((place, left)), is_top);
        }
        left -= rows;
    }
    (None, is_top)
}

/// The rows of one message.
pub(super) fn of(message: &Message, before: Option<&Message>, look: &Look<'_>) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    rows.extend(new_day(message, before, look));
    match &message.voice {
        Voice::Person(who) => said(message, who, look, &mut rows),
        Voice::Room | Voice::Gap => told(message, look, &mut rows),
    }
    if let Fate::Refused(why) = &message.fate {
        let indent = indent(look);
        let why = wrap(&format!("✗ not said: {why}"), room(look, indent), room(look, indent));
        rows.extend(why.into_iter().map(|row| Line::from(vec![blank(indent), Span::raw(row).red().bold()])));
    }
    rows
}

fn said(message: &Message, who: &Handle, look: &Look<'_>, rows: &mut Vec<Line<'static>>) {
    let indent = indent(look);
    let mine = who == look.me;
    let mut text = message.shown();
    text.push_str(match &message.fate {
        Fate::Pending => " …",
        Fate::Stored if mine => " ✓",
        _ => "",
    });
    let style = match &message.fate {
        Fate::Stored => Style::new(),
        Fate::Pending => Style::new().dim(),
        Fate::Refused(_) => Style::new().red(),
    };
    let name = fit(who.as_str(), room(look, indent + 1));
    let mut first =
        vec![time(message, look), Span::raw(name.clone()).fg(colour(who)).bold(), Span::raw(": ")];
    let used = indent_of_time(look) + width(&name) + 2;
    let has_row_of_its_own = used * 2 > look.width;
    let columns = room(look, indent);
    let mut wrapped =
        wrap(&text, if has_row_of_its_own { columns } else { look.width - used }, columns).into_iter();
    if has_row_of_its_own {
        rows.push(Line::from(first));
    } else {
        first.extend(wrapped.next().map(|row| Span::styled(row, style)));
        rows.push(Line::from(first));
    }
    rows.extend(wrapped.map(|row| Line::from(vec![blank(indent), Span::styled(row, style)])));
    if mine && message.fate == Fate::Stored {
        rows.last_mut().map(paint_mark);
    }
}

/// The mark of what is stored is not part of the words.
fn paint_mark(row: &mut Line<'static>) {
    if let Some(last) = row.spans.last_mut()
        && let Some(words) = last.content.strip_suffix('✓')
    {
        last.content = words.to_owned().into();
        row.spans.push(Span::raw("✓").green().dim());
    }
}

fn told(message: &Message, look: &Look<'_>, rows: &mut Vec<Line<'static>>) {
    let indent = indent(look);
    let text = match message.voice {
        Voice::Gap => format!("… {} …", message.text),
        _ => format!("· {}", message.text),
    };
    for (number, row) in wrap(&text, room(look, indent), room(look, indent)).into_iter().enumerate() {
        let front = if number == 0 && indent == TIME { time(message, look) } else { blank(indent) };
        rows.push(Line::from(vec![front, Span::raw(row).dim().italic()]));
    }
}

fn new_day(message: &Message, before: Option<&Message>, look: &Look<'_>) -> Option<Line<'static>> {
    let day = date(message.at?, look.zone)?;
    let is_new = match before {
        None => true,
        Some(Message { at: Some(at), .. }) => date(*at, look.zone) != Some(day),
        Some(before) => before.voice == Voice::Gap,
    };
    let day =
        day.format(format_description!("[weekday repr:short] [day padding:none] [month repr:long] [year]"));
    let day = day.ok().filter(|_| is_new)?;
    Some(Line::from(Span::raw(fit(&format!("── {day} ──"), look.width)).dim()).centered())
}

fn time(message: &Message, look: &Look<'_>) -> Span<'static> {
    if look.width < WIDE {
        return Span::raw("");
    }
    let time = message.at.and_then(|at| local(at, look.zone));
    let time = time.and_then(|at| at.format(format_description!("[hour]:[minute] ")).ok());
    Span::raw(time.unwrap_or_else(|| "      ".to_owned())).dim()
}

fn indent_of_time(look: &Look<'_>) -> usize {
    if look.width < WIDE { 0 } else { TIME }
}

fn indent(look: &Look<'_>) -> usize {
    if look.width < WIDE { usize::from(look.width > 4) } else { TIME }
}

/// Columns behind an indent; at least one, so that wrapping ends.
fn room(look: &Look<'_>, indent: usize) -> usize {
    look.width.saturating_sub(indent).max(1)
}

fn blank(columns: usize) -> Span<'static> {
    Span::raw(" ".repeat(columns))
}

/// The same name has the same colour on every screen: a hash of it (FNV-1a) chooses.
pub(super) fn colour(who: &Handle) -> Color {
    let hash = who
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    COLOURS[hash as usize % COLOURS.len()]
}

fn local(at: Timestamp, zone: UtcOffset) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok()?.checked_to_offset(zone)
}

fn date(at: Timestamp, zone: UtcOffset) -> Option<Date> {
    local(at, zone).map(OffsetDateTime::date)
}
