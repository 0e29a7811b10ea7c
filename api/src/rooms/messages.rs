//! What is said in a room, and how far it is read.

use super::history::{Around, read_page};
use super::list::written;
use super::threads::{Became, became};
use super::{READ, SAY, heard, readable};
use crate::ask::Ask;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use bridge::identity::Scope;
use bytes::Bytes;
use chat::Seq;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use store::Readable;
use store::stored::now;
use utoipa::ToSchema;

/// A page of what was said: around one place or time, or the newest.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessagesPage {
    room: Name,
    /// What was said before this `seq`.
    #[schema(minimum = 1)]
    before: Option<u64>,
    /// What was said after this `seq`.
    after: Option<u64>,
    /// This `seq`, and half a page before and after it.
    #[schema(minimum = 1)]
    around: Option<u64>,
    /// What was said before this time.
    before_at: Option<At>,
    /// What was said at this time, and after it.
    after_at: Option<At>,
    /// This time, and half a page before and after it.
    around_at: Option<At>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Of a large room also who came, went and put which sign to what, which few are told.
    all: Option<bool>,
}

/// One entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThisMessage {
    pub(crate) room: Name,
    /// Its place in the room.
    #[schema(value_type = u64)]
    pub(crate) seq: Digits,
}

/// A whole number of a path, where it is a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digits(pub(super) u64);

impl Digits {
    /// The number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Digits, D::Error> {
        let number = match Value::deserialize(from)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        number.map(Digits).ok_or_else(|| serde::de::Error::custom("`seq` is a whole number"))
    }
}

/// Something to say, or to do to a message: as the payload of `rooms/{room}/say`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Say {
    room: Name,
    /// Your own name for the message: said again under it, it is said once.
    draft: Option<String>,
    /// What sort of message; `text` without it. Or what is done to one: `edit`, `recall`, `react`, `unreact`, `pin`,
    /// `unpin`.
    kind: Option<String>,
    /// The `seq` of the message that something is done to, or that is said here too.
    of: Option<u64>,
    /// The room of the message that shall be said here too, as it is worded now: with `of` and nothing else.
    of_room: Option<Name>,
    /// The words.
    body: Option<String>,
    /// Or bytes that are no text, in base 64.
    body_base64: Option<String>,
    /// The `seq` it answers.
    reply_to: Option<u64>,
    /// Whom it calls: up to 50 handles, or `@all` for everybody.
    mentions: Option<Vec<String>>,
    /// Anything else that a client wants to say of it.
    #[schema(value_type = Option<Object>)]
    data: Option<Map<String, Value>>,
    /// The number of the upload that it shows.
    media: Option<String>,
}

/// It is in the log.
#[derive(Debug, Serialize, ToSchema)]
struct Said {
    room: Name,
    /// Its place in the room.
    seq: u64,
    /// When it was taken.
    at: At,
    /// Whether it had been said before, under the same draft.
    duplicate: bool,
}

/// What was said, oldest first, as on `rooms/{room}/said`.
#[derive(Debug, Serialize, ToSchema)]
struct Messages {
    #[schema(value_type = Vec<Object>)]
    messages: Vec<Box<RawValue>>,
    /// What has become of them: of those to which something was done, as long as you are in the room.
    became: Vec<Became>,
    /// `before` of the page that comes before this one; absent where nothing does.
    before: Option<u64>,
    /// `after` of the page that comes after this one; absent where nothing does.
    after: Option<u64>,
}

/// One entry, as on `rooms/{room}/said`.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    #[schema(value_type = Object)]
    message: Box<RawValue>,
}

/// A read mark.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Read {
    room: Name,
    /// Everything up to this `seq` is read. A mark never goes back.
    #[schema(minimum = 1)]
    seq: u64,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("messages.list", (Verb::Get, "/v1/rooms/{room}/messages"), READ, "What was said", list)
            .may(&[Code::NotFound]),
        Method::new("messages.get", (Verb::Get, "/v1/rooms/{room}/messages/{seq}"), READ, "One entry", get)
            .may(&[Code::NotFound]),
        Method::new(
            "messages.say",
            (Verb::Post, "/v1/rooms/{room}/messages"),
            SAY,
            "Say something, or do something to a message",
            say,
        )
        .creates()
        .may(&[Code::NotAllowed, Code::NotFound, Code::DraftReused, Code::Invalid]),
        Method::new("messages.read", (Verb::Post, "/v1/rooms/{room}/read"), SAY, "Mark a room as read", mark)
            .may(&[Code::NotFound, Code::Invalid]),
    ]
}

/// Around what a page was asked for: a place, or a time and what the last entry before it makes of that.
enum Asked {
    Place(Around),
    Time(At, fn(Seq) -> Around),
}

fn asked(input: &MessagesPage) -> Result<Asked, Problem> {
    let MessagesPage { before, after, around, before_at, after_at, around_at, .. } = input;
    let place = |seq: &Option<u64>, side: fn(Seq) -> Around| seq.map(|seq| Asked::Place(side(Seq(seq))));
    let time = |at: &Option<At>, side: fn(Seq) -> Around| at.map(|at| Asked::Time(at, side));
    let all = [
        place(before, Around::Before),
        place(after, Around::After),
        place(around, Around::Here),
        time(before_at, |last| Around::Before(last.next())),
        time(after_at, Around::After),
        time(around_at, |last| Around::Here(last.next())),
    ];
    let mut given = all.into_iter().flatten();
    match (given.next(), given.next()) {
        (None, _) => Ok(Asked::Place(Around::Newest)),
        (Some(asked), None) => Ok(asked),
        _ => Err(Problem::bad_request(
            "give one of `before`, `after` and `around`, as a `seq` or with `_at`, as a time",
        )),
    }
}

async fn list(ask: Ask, input: MessagesPage) -> Result<Messages, Problem> {
    let limit = crate::cursor::limit(input.limit)?;
    let asked = asked(&input)?;
    let readable = readable(&ask, &input.room).await?;
    let standing = &readable.standing;
    let around = match asked {
        Asked::Place(around) => around,
        Asked::Time(at, side) => side(ask.store().place_at(standing.room, at.0).await?),
    };
    let page = read_page(ask.store(), &readable, (around, input.all == Some(true)), limit, now()).await?;
    let messages: Result<_, Problem> =
        page.entries.iter().map(|one| written(one, &standing.handle)).collect();
    Ok(Messages {
        messages: messages?,
        became: became(&ask, standing, &page).await?,
        before: page.before.map(|seq| seq.0),
        after: page.after.map(|seq| seq.0),
    })
}

async fn get(ask: Ask, input: ThisMessage) -> Result<Message, Problem> {
    let Readable { standing, intervals, .. } = readable(&ask, &input.room).await?;
    let seq = Seq(input.seq.0);
    let none = || Problem::not_found("message");
    if seq.0 > i64::MAX.cast_unsigned() || !heard(&intervals, seq) {
        return Err(none());
    }
    let found = ask.store().pick(&[(standing.room, seq)]).await?;
    let now = now();
    let there = found.iter().find(|entry| entry.expires_at.is_none_or(|end| end > now)).ok_or_else(none)?;
    Ok(Message { message: written(there, &standing.handle)? })
}

async fn say(ask: Ask, input: Say) -> Result<Said, Problem> {
    // Who says a message on reads it first.
    if input.of_room.is_some() && !ask.caller()?.scopes.has(Scope::MessagesRead) {
        let words = format!("`of_room` needs a credential with the scope `{}`", Scope::MessagesRead.word());
        return Err(Problem::new(Code::NotAllowed, words));
    }
    let Say { room, draft, kind, of, of_room, body, body_base64, reply_to, mentions, data, media } = input;
    let mut payload = Map::new();
    let mut put =
        |key: &str, value: Option<Value>| drop(value.map(|value| payload.insert(key.to_owned(), value)));
    put("draft", draft.map(Value::from));
    put("kind", kind.map(Value::from));
    put("of", of.map(Value::from));
    put("of_room", of_room.map(|room| Value::from(room.0.as_str())));
    put("body", body.map(Value::from));
    put("body_base64", body_base64.map(Value::from));
    put("reply_to", reply_to.map(Value::from));
    put("mentions", mentions.map(Value::from));
    put("data", data.map(Value::Object));
    put("media", media.map(Value::from));
    let payload = Bytes::from(Value::Object(payload).to_string());
    let receipt = ask.bridge().say_json(&ask.caller()?.account, &room.0, payload).await?;
    Ok(Said { room, seq: receipt.seq.0, at: At(receipt.at), duplicate: receipt.duplicate })
}

async fn mark(ask: Ask, input: Read) -> Result<Done, Problem> {
    ask.bridge().mark_read(&ask.caller()?.account, &input.room.0, Seq(input.seq)).await?;
    Ok(Done)
}
