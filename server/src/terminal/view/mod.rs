//! What the chat looks like: the state, drawn. It changes nothing.
//!
//! ```text
//!  tea        2 │ tea
//!  @bo          │ 10:02 bo: the kettle is on
//!  kitchen      │ 10:03 ann: coming ✓
//!  ● connected · ann at 127.0.0.1:1883
//! > what is being typed
//! ```

mod list; // the rooms

mod foot; // the state, and the line being typed

mod panel; // what lies over the messages

#[cfg(test)]
mod tests;

use super::layout::Areas;
use super::rows;
use super::state::State;
use super::wrap::fit;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Stylize;
use ratatui::text::{Line, Text};

/// Draws everything.
pub(super) fn draw(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    let areas = Areas::of((area.width, area.height));
    if let Some(rooms) = areas.rooms {
        list::draw(state, frame, rooms);
    }
    if let Some(title) = areas.title {
        frame.render_widget(self::title(state, title), title);
    }
    match state.panel {
        Some(panel) => panel::draw(panel, state, frame, areas.messages),
        None => messages(state, frame, areas.messages),
    }
    foot::state(state, frame, areas.state);
    foot::input(state, frame, areas.input);
}

/// The name of the room, and whether newer messages are below the screen.
fn title(state: &State, area: Rect) -> Line<'static> {
    let Some((_, room)) = state.rooms.open() else { return Line::from("no room yet").bold() };
    let mut title = room.title();
    if room.bottom.is_some() {
        title.push_str(" · newer below");
    }
    let elsewhere = state.rooms.iter().filter(|one| one.unread > 0 && one.handle != room.handle).count();
    if elsewhere > 0 {
        title.push_str(&format!(" · unread in {elsewhere} more"));
    }
    Line::from(fit(&title, usize::from(area.width))).bold().underlined()
}

/// The newest rows stand at the bottom.
fn messages(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let rows = match state.rooms.open() {
        Some((_, room)) => rows::visible(room, &state.look_of(area.width), area.height),
        None => panel::no_room(area),
    };
    let used = u16::try_from(rows.len()).unwrap_or(area.height).min(area.height);
    let bottom = Rect { y: area.y + area.height - used, height: used, ..area };
    frame.render_widget(Text::from(rows), bottom);
}
