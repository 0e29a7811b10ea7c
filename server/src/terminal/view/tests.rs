//! The screen, cell by cell.

use super::draw;
use crate::terminal::keys::Key;
use crate::terminal::state::tests::{ann, draft, handle, said};
use crate::terminal::state::{Happening, Link, Panel, State, Told};
use crate::terminal::wrap::width;
use chat::{Seq, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};

fn screen(state: &State, columns: u16, rows: u16) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| draw(state, frame)).unwrap();
    terminal
}

/// Ann in the tea room, where a few things were said, and with something unread from bo.
fn evening() -> State {
    let mut state = ann();
    state.on(Happening::Resized(64, 10));
    state.hears(said("tea", 1, "bo", "the kettle is on"));
    state.hears(said("tea", 2, "cy", "茶 for everybody, and there is cake in the kitchen, too 🍰"));
    state.hears(Told { draft: Some(draft(9)), ..said("tea", 3, "ann", "coming") });
    state.hears(said("x7", 1, "bo", "psst"));
    let (room, with, at) = (handle("x7"), Some(handle("bo")), Timestamp(0));
    state.on(Happening::Counted { room, with, last: Seq(1), at, unread: 1 });
    state.on(Happening::Pasted("on my way".to_owned()));
    state
}

/// What stands in the cells, row by row.
fn text(terminal: &Terminal<TestBackend>) -> Vec<String> {
    let buffer = terminal.backend().buffer();
    let rows = buffer.content().chunks(usize::from(buffer.area.width).max(1));
    // The cell behind a wide character is hidden by it.
    rows.map(|row| {
        let mut shown = String::new();
        let mut skip = 0;
        for cell in row {
            if skip == 0 {
                shown.push_str(cell.symbol());
                skip = width(cell.symbol()).max(1);
            }
            skip -= 1;
        }
        shown.trim_end().to_owned()
    })
    .collect()
}

/// How the first cell looks that shows this.
fn style(terminal: &Terminal<TestBackend>, symbol: &str) -> (Color, Modifier) {
    let cell = terminal.backend().buffer().content().iter().find(|cell| cell.symbol() == symbol);
    let cell = cell.unwrap_or_else(|| panic!("{symbol} is not on the screen"));
    (cell.fg, cell.modifier)
}

#[test]
fn rooms_messages_state_and_line_have_their_places() {
    let mut screen = screen(&evening(), 64, 10);
    assert_eq!(
        text(&screen),
        [
            " tea          │ tea · unread in 1 more",
            " @bo        1 │",
            "              │",
            "              │            ── Mon 23 November 2026 ──",
            "              │ 00:01 bo: the kettle is on",
            "              │ 00:02 cy: 茶 for everybody, and there is cake in",
            "              │       the kitchen, too 🍰",
            "              │ 00:03 ann: coming ✓",
            "● connected · ann at localhost:1883",
            "> on my way",
        ]
    );
    screen.backend_mut().assert_cursor_position((11, 9));
}

#[test]
fn names_have_colours_and_what_is_unread_stands_out() {
    let screen = screen(&evening(), 64, 10);
    let unread = screen.backend().buffer().cell((12, 1)).unwrap();
    assert_eq!((unread.symbol(), unread.fg, unread.modifier), ("1", Color::Yellow, Modifier::BOLD));
    assert_eq!(style(&screen, "✓"), (Color::Green, Modifier::DIM));
    assert_eq!(style(&screen, "●").0, Color::Green);
    let colours = ["ann", "bo", "cy"].map(|name| super::rows::colour(&handle(name)));
    assert!(colours[0] != colours[1] && colours[1] != colours[2] && colours[0] != colours[2], "{colours:?}");
    assert_eq!(style(&screen, "t"), (Color::Reset, Modifier::REVERSED), "the open room");
}

#[test]
fn what_is_on_its_way_and_what_was_refused_can_be_told_apart() {
    let mut state = evening();
    state.editor.take();
    state.enters("let me in");
    state.on(Happening::Answered(draft(1), Err("you are not a member of this room".to_owned())));
    state.enters("and again");
    let screen = screen(&state, 64, 12);
    assert_eq!(
        text(&screen)[5..10],
        [
            "              │ 00:03 ann: coming ✓",
            "              │       ann: let me in",
            "              │       ✗ not said: you are not a member of this",
            "              │       room",
            "              │       ann: and again …",
        ]
    );
    assert_eq!(style(&screen, "✗"), (Color::Red, Modifier::BOLD));
}

#[test]
fn a_lost_connection_and_a_word_to_the_person_are_on_the_state_line() {
    let mut state = evening();
    state.editor.take();
    let line = |state: &State| text(&screen(state, 100, 10))[8].clone();
    assert!(line(&state).ends_with("Esc: leave"), "{}", line(&state));
    let why = "the connection was lost: reset".to_owned();
    state.on(Happening::Linked(Link::Down { why, again: 2 }));
    assert!(line(&state).starts_with("○ reconnecting in 2 s · the connection was"), "{}", line(&state));
    state.on(Happening::Second);
    assert!(line(&state).starts_with("○ reconnecting in 1 s"), "{}", line(&state));
    state.on(Happening::Second);
    state.on(Happening::Second);
    assert!(line(&state).starts_with("○ reconnecting · the connection was lost: reset"), "{}", line(&state));
    state.enters("/dance");
    assert!(line(&state).contains("reset · there is no /"), "{}", line(&state));
    state.on(Happening::Linked(Link::Gone("taken over\x1b[2J".to_owned())));
    assert!(line(&state).starts_with("✗ not connected · taken over␛[2J"), "{}", line(&state));
    state.on(Happening::Linked(Link::Up));
    assert!(line(&state).starts_with("● there is no /"), "{}", line(&state));
}

#[test]
fn help_and_the_list_of_rooms_lie_over_the_messages() {
    let mut state = evening();
    state.editor.take();
    state.enters("/help");
    let shown = text(&screen(&state, 64, 20));
    assert!(shown[1].contains("/help              what can be done"), "{shown:#?}");
    assert!(shown.iter().any(|row| row.contains("Esc, Ctrl-C        leave")), "{shown:#?}");
    state.enters("/rooms");
    let shown = text(&screen(&state, 30, 10));
    assert_eq!(shown[1..3], ["tea", "@bo  1 unread"], "{shown:#?}");
}

#[test]
fn a_small_screen_shows_the_newest_and_where_one_types() {
    let state = evening();
    assert_eq!(text(&screen(&state, 10, 3)), [" coming ✓", "● connect…", ">  my way"]);
    let shown = [
        "tea · unread in 1 m…",
        " the kitchen, too 🍰",
        "ann: coming ✓",
        "● connected · ann a…",
        "> on my way",
    ];
    assert_eq!(text(&screen(&state, 20, 5)), shown);
    assert_eq!(text(&screen(&state, 2, 1)), ["y"], "the cursor stands behind it");
    assert_eq!(
        text(&screen(&ann(), 30, 5))[1..3],
        ["You are in no room yet. Write", "to somebody: /to NAME TEXT"]
    );
}

#[test]
fn every_size_can_be_drawn() {
    let mut state = evening();
    for panel in [None, Some(Panel::Help), Some(Panel::Rooms)] {
        for (columns, rows) in (1..70).flat_map(|columns| (1..14).map(move |rows| (columns, rows))) {
            state.on(Happening::Resized(columns, rows));
            state.on(Happening::Key(Key::PageUp));
            state.panel = panel;
            let shown = text(&screen(&state, columns, rows));
            assert_eq!(shown.len(), usize::from(rows));
        }
    }
}
