//! The page itself, and the examples on it.
//!
//! A test of this crate reads them through the payload code, and the system's tests send them through a
//! running server: so the page can't drift from the code. How an example is marked stands at the end of
//! the page.
//!
//! Start at [`examples`].

mod cbor; // what the bytes under `cbor/` say

pub use cbor::{in_json, keys};

use crate::realm::Realm;
use bytes::Bytes;

/// `topics.md`, as it was when this was built.
pub const TEXT: &str = include_str!("../../../topics.md");

/// Opens and closes a block.
const FENCE: &str = "```";

/// A fenced block of the page whose first line says who does what with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The line of the page it begins in, for the words of a failing test.
    pub line: usize,
    /// Whether it stands right below the one before it, fence on fence.
    pub right_below: bool,
    /// Who does what.
    pub direction: Direction,
    /// On which topic.
    pub topic: &'static str,
    /// The user properties with it.
    pub properties: Vec<(&'static str, &'static str)>,
    /// What is published: the lines of the block, without the line end before the closing fence; of a block in
    /// CBOR the bytes that it shows.
    pub payload: Bytes,
    /// What the bytes of a block in CBOR mean, in diagnostic notation; of other blocks nothing.
    pub meaning: String,
}

impl Example {
    /// Whether its topic is one of chat's: of others the server reads nothing.
    #[must_use]
    pub fn is_of_chat(&self) -> bool {
        Realm::of(self.topic) == Realm::Chat
    }
}

/// What happens in an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The client publishes it, and it is taken.
    Send,
    /// The client hears it. Right below a [`Direction::Send`] it is what became of that.
    Hear,
    /// The client publishes it, and it is refused with this reason code.
    Refuse(u8),
}

/// Commands of a shell on the page, and what they print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// The line of the page they begin in.
    pub line: usize,
    /// What is typed.
    pub typed: String,
    /// What the block right below shows; empty where there is none.
    pub printed: String,
}

/// What is run on the page, in its order.
#[must_use]
pub fn commands() -> Vec<Commands> {
    let mut commands: Vec<Commands> = Vec::new();
    let mut below = 0;
    for (line, fence, block) in blocks() {
        if fence.strip_prefix(FENCE) == Some("sh run") {
            commands.push(Commands { line, typed: block.join("\n"), printed: String::new() });
        } else if line == below
            && let Some(last) = commands.last_mut()
        {
            last.printed = block.join("\n");
        }
        // Right below the commands, fence on fence.
        below = if fence.ends_with(" run") { line + block.len() + 2 } else { 0 };
    }
    commands
}

/// The fenced blocks of the page: the line each begins in, its fence and what stands in it.
fn blocks() -> impl Iterator<Item = (usize, &'static str, Vec<&'static str>)> {
    let mut lines = TEXT.lines().zip(1..);
    std::iter::from_fn(move || {
        let (fence, line) = lines.find(|(text, _)| text.starts_with(FENCE))?;
        let block = lines.by_ref().map(|(text, _)| text).take_while(|text| *text != FENCE).collect();
        Some((line, fence, block))
    })
}

/// The examples, in the order of the page.
///
/// # Panics
/// When a block is marked as no example can be. A test of this crate shows that none is.
#[must_use]
pub fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    let mut below = 0;
    for (line, fence, block) in blocks() {
        examples.extend(example(line, line == below, fence, &block));
        below = line + block.len() + 2;
    }
    examples
}

/// The example behind an opening fence; a block that is marked with nothing but its language is none.
fn example(line: usize, right_below: bool, fence: &'static str, block: &[&str]) -> Option<Example> {
    let wrong = |what: &str| -> ! { panic!("line {line} of topics.md: {what}") };
    let mut words = fence.trim_start_matches('`').split_ascii_whitespace();
    let is_cbor = words.next()? == "cbor";
    let direction = match words.next()? {
        // See `commands`.
        "run" => return None,
        "send" => Direction::Send,
        "hear" => Direction::Hear,
        "refuse" => Direction::Refuse(code(words.next()).unwrap_or_else(|| wrong("no reason code"))),
        _ => wrong("no direction"),
    };
    let topic = words.next().unwrap_or_else(|| wrong("no topic"));
    let property = |word: &'static str| word.split_once('=').unwrap_or_else(|| wrong("no user property"));
    let properties = words.map(property).collect();
    let (payload, meaning) = match is_cbor {
        true => cbor::bytes(block).unwrap_or_else(|| wrong("no bytes")),
        false => (block.join("\n").into(), String::new()),
    };
    Some(Example { line, right_below, direction, topic, properties, payload, meaning })
}

/// `0x99`, as the tables of the page write it.
fn code(word: Option<&str>) -> Option<u8> {
    u8::from_str_radix(word?.strip_prefix("0x")?, 16).ok()
}
