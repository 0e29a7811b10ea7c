//! An evening in the tea room, played event by event.

mod deeds; // what is done to messages

use super::*;
use client::{Content, Deed, Sign, What, Wording};
use uuid::Uuid;

pub(in crate::terminal) fn handle(name: &str) -> Handle {
    Handle::new(name).unwrap()
}

/// The draft that is given out as number so many.
pub(in crate::terminal) fn draft(number: u128) -> Draft {
    Draft(Uuid::from_u128(number))
}

/// Ann, who has heard nothing yet.
pub(in crate::terminal) fn ann() -> State {
    let mut drafts = (1..).map(draft);
    let mut state = State::new(handle("ann"), "localhost:1883".to_owned(), UtcOffset::UTC, move || {
        drafts.next().expect("there are enough numbers")
    });
    assert_eq!(state.on(Happening::Resized(80, 24)), [Wish::Count]);
    state
}

/// Something said: the entry with this number, so many minutes after midnight.
pub(in crate::terminal) fn said(room: &str, seq: u64, from: &str, text: &str) -> Told {
    let at = Timestamp(1_795_392_000_000 + i64::try_from(seq).unwrap() * 60_000);
    let what = What::Message(Content::text(text.to_owned()));
    Told { room: handle(room), seq: Seq(seq), from: handle(from), at, draft: None, what }
}

impl State {
    pub(in crate::terminal) fn hears(&mut self, told: Told) -> Vec<Wish> {
        self.on(Happening::Told(told))
    }

    pub(in crate::terminal) fn enters(&mut self, line: &str) -> Vec<Wish> {
        self.on(Happening::Pasted(line.to_owned()));
        self.on(Happening::Key(Key::Enter))
    }

    fn counts(&mut self, room: &str, last: u64, unread: u64) -> Vec<Wish> {
        let (room, last) = (handle(room), Seq(last));
        self.on(Happening::Counted { room, with: None, last, at: Timestamp(1), unread })
    }

    fn unread(&self, room: &str) -> u64 {
        self.rooms.iter().find(|one| one.handle.as_str() == room).unwrap().unread
    }

    /// What stands in the open room, with a mark for its fate.
    fn reads(&self) -> Vec<String> {
        let (_, room) = self.rooms.open().unwrap();
        let mark = |fate: &Fate| match fate {
            Fate::Stored => "",
            Fate::Pending => " …",
            Fate::Refused(_) => " ✗",
        };
        room.messages().map(|(_, one)| format!("{}{}", one.shown(), mark(&one.fate))).collect()
    }

    fn order(&self) -> Vec<&str> {
        self.rooms.iter().map(|room| room.handle.as_str()).collect()
    }
}

fn receipt(room: &str, seq: u64) -> Result<Receipt, String> {
    Ok(Receipt { room: handle(room), seq: Seq(seq), at: Timestamp(5), duplicate: false })
}

/// A state whose history was asked for: the wish is taken out of what follows.
fn in_the_tea_room() -> State {
    let mut state = ann();
    state.counts("tea", 0, 0);
    state
}

#[test]
fn the_first_room_is_opened_filled_and_read_when_its_end_is_on_the_screen() {
    let mut state = ann();
    assert_eq!(state.counts("tea", 2, 2), [Wish::Newest(handle("tea"), PAGE)]);
    assert_eq!(state.hears(said("tea", 1, "bo", "hello")), [], "the end is not here yet");
    assert_eq!(state.unread("tea"), 2);
    assert_eq!(state.hears(said("tea", 2, "bo", "anybody?")), [Wish::Read(handle("tea"), Seq(2))]);
    assert_eq!((state.unread("tea"), state.reads()), (0, vec!["hello".to_owned(), "anybody?".to_owned()]));
    assert_eq!(state.hears(said("tea", 3, "bo", "hm")), [Wish::Read(handle("tea"), Seq(3))]);
}

#[test]
fn what_is_said_elsewhere_is_unread_until_one_looks() {
    let mut state = in_the_tea_room();
    state.counts("cake", 4, 3);
    state.hears(said("cake", 5, "bo", "any left?"));
    assert_eq!((state.unread("cake"), state.order()), (4, vec!["cake", "tea"]));
    let wishes = state.on(Happening::Key(Key::NextRoom));
    assert_eq!(wishes, [Wish::Newest(handle("cake"), PAGE), Wish::Read(handle("cake"), Seq(5))]);
    assert_eq!(state.unread("cake"), 0);
}

#[test]
fn an_entry_that_the_servers_count_has_in_it_is_not_counted_twice() {
    let mut state = in_the_tea_room();
    state.hears(said("cake", 3, "bo", "one"));
    state.hears(said("cake", 4, "bo", "two"));
    // The server counted when only the first was there.
    state.counts("cake", 3, 1);
    assert_eq!(state.unread("cake"), 2);
    state.counts("cake", 5, 3);
    state.hears(said("cake", 5, "bo", "three"));
    assert_eq!(state.unread("cake"), 3);
}

#[test]
fn who_says_something_on_another_device_has_read_the_room() {
    let mut state = in_the_tea_room();
    state.counts("cake", 4, 3);
    state.hears(said("cake", 5, "ann", "mine"));
    assert_eq!(state.unread("cake"), 0);
}

#[test]
fn what_one_says_is_pending_until_the_receipt_and_stands_once_whichever_comes_first() {
    let mut state = in_the_tea_room();
    let to = To::Room(handle("tea"));
    let wishes = state.enters("hello");
    assert_eq!(wishes, [Wish::Say { draft: draft(1), to, text: "hello".to_owned() }]);
    state.enters("and more");
    assert_eq!(state.reads(), ["hello …", "and more …"]);

    state.on(Happening::Answered(draft(1), receipt("tea", 7)));
    state.hears(Told { draft: Some(draft(1)), ..said("tea", 7, "ann", "hello") });
    assert_eq!(state.reads(), ["hello", "and more …"]);
    state.hears(Told { draft: Some(draft(2)), ..said("tea", 8, "ann", "and more") });
    state.on(Happening::Answered(draft(2), receipt("tea", 8)));
    assert_eq!(state.reads(), ["hello", "and more"]);
}

#[test]
fn what_is_refused_says_why_and_stays_where_it_was_said() {
    let mut state = in_the_tea_room();
    state.hears(said("tea", 1, "bo", "hello"));
    state.enters("no");
    state.on(Happening::Answered(draft(1), Err("you are\nnot a member".to_owned())));
    state.hears(said("tea", 2, "bo", "pardon?"));
    assert_eq!(state.reads(), ["hello", "no ✗", "pardon?"]);
    let (_, room) = state.rooms.open().unwrap();
    let refused = room.messages().find_map(|(_, one)| match &one.fate {
        Fate::Refused(why) => Some(why.clone()),
        _ => None,
    });
    assert_eq!(refused.as_deref(), Some("you are not a member"));
}

#[test]
fn history_is_put_in_its_order_and_comes_once() {
    let mut state = in_the_tea_room();
    state.hears(said("tea", 12, "bo", "twelve"));
    state.on(Happening::Missing { room: handle("tea"), from: Seq(1), to: Seq(10) });
    for (seq, text) in [(11, "eleven"), (12, "twelve"), (11, "eleven")] {
        state.hears(said("tea", seq, "bo", text));
    }
    assert_eq!(state.reads(), ["not everything is shown here", "eleven", "twelve"]);
}

#[test]
fn after_a_reconnect_the_rooms_that_were_seen_are_completed_once() {
    let mut state = in_the_tea_room();
    state.hears(said("tea", 3, "bo", "three"));
    state.hears(said("cake", 9, "bo", "never opened"));
    assert_eq!(state.on(Happening::Linked(Link::Down { why: "it is away".to_owned(), again: 1 })), []);
    let wishes = state.on(Happening::Linked(Link::Up));
    assert_eq!(wishes, [Wish::Count, Wish::Since(handle("tea"), Seq(3))]);
    let gap = |from, to| Happening::Missing { room: handle("tea"), from: Seq(from), to: Seq(to) };
    assert_eq!(state.on(gap(4, 5)), [], "that is what was asked for");
    for (seq, text) in [(4, "four"), (5, "five"), (6, "six")] {
        state.hears(said("tea", seq, "bo", text));
    }
    assert_eq!(state.reads(), ["three", "four", "five", "six"]);
    assert_eq!(state.on(gap(7, 8)), [Wish::Since(handle("tea"), Seq(6))]);
    assert_eq!(state.on(Happening::Linked(Link::Up)), [], "it was up");
}

#[test]
fn a_room_of_which_nothing_is_here_begins_with_a_page_also_after_a_reconnect() {
    let mut state = in_the_tea_room();
    state.on(Happening::Linked(Link::Down { why: "it is away".to_owned(), again: 1 }));
    state.enters("typed meanwhile");
    let wishes = state.on(Happening::Linked(Link::Up));
    assert_eq!(wishes, [Wish::Count, Wish::Newest(handle("tea"), PAGE)]);
}

#[test]
fn a_first_direct_message_opens_the_room_it_made() {
    let mut state = in_the_tea_room();
    let wishes = state.enters("/to bo are you there?");
    let to = To::User(handle("bo"));
    assert_eq!(wishes, [Wish::Say { draft: draft(1), to, text: "are you there?".to_owned() }]);
    state.on(Happening::Answered(draft(1), receipt("x7", 2)));
    state.hears(Told { draft: Some(draft(1)), ..said("x7", 2, "ann", "are you there?") });
    assert_eq!(
        (state.rooms.open().unwrap().1.title(), state.reads()),
        ("@bo".to_owned(), vec!["are you there?".to_owned()])
    );
    // From now on it is a room like any other.
    state.on(Happening::Key(Key::NextRoom));
    let wishes = state.enters("/to bo again");
    let (draft, to, text) = (draft(2), To::Room(handle("x7")), "again".to_owned());
    assert_eq!(wishes, [Wish::Say { draft, to, text }]);

    state.enters("/to zoe hi");
    state.on(Happening::Answered(self::draft(3), Err("there is nobody of this name".to_owned())));
    assert_eq!(state.notice.as_deref(), Some("to zoe: there is nobody of this name"));
}

#[test]
fn a_room_nobody_has_told_of_is_counted_so_that_its_people_are_known() {
    let mut state = in_the_tea_room();
    assert_eq!(state.hears(said("x7", 2, "bo", "psst")), [Wish::Count]);
    let (room, with, at) = (handle("x7"), Some(handle("bo")), Timestamp(9));
    state.on(Happening::Counted { room, with, last: Seq(2), at, unread: 1 });
    assert_eq!(state.rooms.iter().next().unwrap().title(), "@bo");
}

#[test]
fn a_command_is_not_said_and_a_panel_goes_at_the_next_key() {
    let mut state = in_the_tea_room();
    assert_eq!(state.enters("/help"), []);
    assert_eq!(state.panel, Some(Panel::Help));
    assert_eq!(state.on(Happening::Key(Key::Escape)), [], "Esc closes it and does no more");
    assert_eq!(state.panel, None);
    state.enters("/rooms");
    assert_eq!(state.hears(said("tea", 1, "bo", "psst")), [], "nobody reads what is covered");
    let wishes = state.on(Happening::Key(Key::Type('h')));
    assert_eq!(wishes, [Wish::Read(handle("tea"), Seq(1))]);
    assert_eq!((state.panel, state.editor.take()), (None, "h".to_owned()));
    assert_eq!(state.enters("/hlep"), []);
    assert_eq!(state.notice.as_deref(), Some("there is no /hlep; did you mean /help?"));
    state.enters("words");
    assert_eq!(state.notice, None);
}

#[test]
fn one_leaves_by_escape_by_control_c_by_a_word_and_by_a_signal() {
    let mut state = in_the_tea_room();
    for leave in [Happening::Key(Key::Escape), Happening::Key(Key::Leave), Happening::Dismissed] {
        assert_eq!(state.on(leave), [Wish::Leave]);
    }
    assert_eq!(state.enters("/quit"), [Wish::Leave]);
}

#[test]
fn without_a_room_nothing_is_said_and_the_line_says_what_to_do() {
    let mut state = ann();
    assert_eq!(state.enters("hello?"), []);
    assert!(state.notice.as_deref().unwrap().contains("/to NAME TEXT"));
    assert_eq!(state.on(Happening::Key(Key::NextRoom)), []);
    assert_eq!(state.enters("/open tea"), [Wish::Newest(handle("tea"), PAGE)]);
}

#[test]
fn scrolling_back_stays_where_it_is_while_more_is_said_and_reads_nothing() {
    let mut state = in_the_tea_room();
    for seq in 1..=60 {
        state.hears(said("tea", seq, "bo", &format!("message {seq}")));
    }
    let top = |state: &State| {
        let (_, room) = state.rooms.open().unwrap();
        rows_of(state, room)[0].clone()
    };
    state.on(Happening::Key(Key::PageUp));
    let seen = top(&state);
    assert_eq!(seen, "00:20 bo: message 20", "21 rows, one of them seen before");
    assert_eq!(state.hears(said("tea", 61, "bo", "news")), []);
    assert_eq!((top(&state), state.unread("tea")), (seen, 1));
    state.on(Happening::Key(Key::RowUp));
    assert_eq!(top(&state), "00:19 bo: message 19");
    let wishes = state.on(Happening::Key(Key::PageUp));
    assert_eq!(wishes, [Wish::Newest(handle("tea"), 500)], "there is no more here");
    assert_eq!(state.on(Happening::Key(Key::PageUp)), [], "it is asked for once");
    let mut wishes = Vec::new();
    for _ in 0..4 {
        wishes.extend(state.on(Happening::Key(Key::PageDown)));
    }
    assert_eq!((wishes, state.unread("tea")), (vec![Wish::Read(handle("tea"), Seq(61))], 0));
}

fn rows_of(state: &State, room: &Room) -> Vec<String> {
    let areas = crate::terminal::layout::Areas::of(state.size);
    let rows =
        crate::terminal::rows::visible(room, &state.look_of(areas.messages.width), areas.messages.height);
    rows.iter().map(ToString::to_string).collect()
}

#[test]
fn memory_has_limits() {
    let mut state = in_the_tea_room();
    for seq in 1..=2000 {
        state.hears(said("tea", seq, "bo", "words"));
    }
    assert_eq!(state.reads().len(), 500);
    for seq in 2001..=2100 {
        state.hears(said("tea", seq, "bo", &"x".repeat(60_000)));
    }
    let kept: usize = state.reads().iter().map(String::len).sum();
    assert!(kept <= 256 * 1024 && kept > 128 * 1024, "{kept}");
    for number in 0..300 {
        state.hears(said(&format!("room-{number}"), 1, "bo", "hi"));
    }
    assert_eq!(state.rooms.iter().len(), ROOMS);
    assert_eq!(state.rooms.open().unwrap().1.handle, handle("tea"), "the open room stays");
    for _ in 0..200 {
        state.enters("/to zoe hi");
    }
    assert_eq!(state.letters.len(), LETTERS);
}
