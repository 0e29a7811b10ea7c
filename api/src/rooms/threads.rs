//! What belongs to messages: what has become of them, what answers them, and which are pinned.

use super::history::Page;
use super::list::written;
use super::messages::Digits;
use super::{READ, ThisRoom, heard, readable};
use crate::ask::Ask;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::Name;
use chat::{Entry, Seq, Standing};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::Readable;
use store::stored::now;
use utoipa::ToSchema;

/// A page of the answers to a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThreadPage {
    room: Name,
    /// The message.
    #[schema(value_type = u64)]
    seq: Digits,
    /// Answers after this `seq`.
    after: Option<u64>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Answers to a message, oldest first, as on `rooms/{room}/said`.
#[derive(Debug, Serialize, ToSchema)]
struct Thread {
    #[schema(value_type = Vec<Object>)]
    messages: Vec<Box<RawValue>>,
    /// `after` of the next page; absent on the last one.
    after: Option<u64>,
}

/// The pinned messages of a room, as on `rooms/{room}/said`, in their own order.
#[derive(Debug, Serialize, ToSchema)]
struct Pinned {
    #[schema(value_type = Vec<Object>)]
    messages: Vec<Box<RawValue>>,
}

/// What has become of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Became {
    /// Its place in the room.
    seq: u64,
    /// The edit that counts, as on `rooms/{room}/said`; absent where its words are the first.
    #[schema(value_type = Option<Object>)]
    edit: Option<Box<RawValue>>,
    /// Its signs.
    signs: Vec<Signs>,
    /// How many messages answer it, counted up to 1,000.
    replies: u32,
    /// Whether it is pinned.
    pinned: bool,
}

/// How many people have put a sign to a message.
#[derive(Debug, Serialize, ToSchema)]
struct Signs {
    /// An emoji or a short word.
    sign: String,
    /// How many.
    people: u64,
    /// Whether you are among them.
    own: bool,
}

pub(super) fn methods() -> Vec<Method> {
    let replies = (Verb::Get, "/v1/rooms/{room}/messages/{seq}/replies");
    vec![
        Method::new("messages.replies", replies, READ, "What answers a message", thread)
            .may(&[Code::NotFound]),
        Method::new("messages.pinned", (Verb::Get, "/v1/rooms/{room}/pins"), READ, "What is pinned", pinned)
            .may(&[Code::NotFound]),
    ]
}

/// What has become of what is on a page. Who left a room is told nothing of it: it may have come later.
pub(super) async fn became(ask: &Ask, standing: &Standing, page: &Page) -> Result<Vec<Became>, Problem> {
    let is_touched = |entry: &&Entry| entry.act.kind().was_message() && page.touched.contains(&entry.seq);
    let messages: Vec<Seq> = page.entries.iter().filter(is_touched).map(|entry| entry.seq).collect();
    if standing.member.is_none() || messages.is_empty() {
        return Ok(Vec::new());
    }
    let user = ask.caller()?.account.id;
    let upshots = ask.store().upshots(standing.room, &messages, user, now()).await?;
    upshots
        .into_iter()
        .map(|one| {
            Ok(Became {
                seq: one.seq.0,
                edit: one.edit.map(|edit| written(&edit, &standing.handle)).transpose()?,
                signs: one
                    .signs
                    .into_iter()
                    .map(|one| Signs { sign: one.sign.as_str().to_owned(), people: one.people, own: one.own })
                    .collect(),
                replies: one.replies,
                pinned: one.pin.is_some(),
            })
        })
        .collect()
}

async fn thread(ask: Ask, input: ThreadPage) -> Result<Thread, Problem> {
    let limit = crate::cursor::limit(input.limit)?;
    let Readable { standing, intervals, .. } = readable(&ask, &input.room).await?;
    let (of, after) = (Seq(input.seq.0), Seq(input.after.unwrap_or(0)));
    let end = intervals.last().and_then(|last| last.to_seq).unwrap_or(Seq(i64::MAX.cast_unsigned()));
    if !heard(&intervals, of) {
        return Err(Problem::not_found("message"));
    }
    let found = ask.store().replies((standing.room, of), after, end, limit, now()).await?;
    let after = found.last().filter(|_| found.len() == limit as usize).map(|last| last.seq.0);
    let messages = found.iter().filter(|one| heard(&intervals, one.seq));
    let messages = messages.map(|one| written(one, &standing.handle)).collect::<Result<_, _>>()?;
    Ok(Thread { messages, after })
}

async fn pinned(ask: Ask, input: ThisRoom) -> Result<Pinned, Problem> {
    let Readable { standing, intervals, .. } = readable(&ask, &input.room).await?;
    if standing.member.is_none() {
        return Err(Problem::not_found("room"));
    }
    let found = ask.store().pins(standing.room, now()).await?;
    let messages = found.iter().filter(|one| heard(&intervals, one.seq));
    Ok(Pinned { messages: messages.map(|one| written(one, &standing.handle)).collect::<Result<_, _>>()? })
}
