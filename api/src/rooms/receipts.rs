//! What became of a message on its way: who has it, who read it, and where it is.

use super::messages::{Digits, ThisMessage};
use super::{READ, heard, readable};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::whereabouts::{Reached, Whereabouts, is_small, people};
use crate::words::{At, Name};
use chat::{Entry, Handle, LARGE, Objection, RoomId, Seq, UserId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use store::{MemberProgress, Readable};
use utoipa::ToSchema;

/// Members in one look, with whoever asks: what the store tells at once.
const AT_ONCE: u32 = 999;
/// Looks for which people are counted: so many thousands by name. In larger rooms the numbers are of those.
const LOOKS: u32 = 100;

/// A page of those for whom a message was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReceiptsPage {
    room: Name,
    /// The message.
    #[schema(value_type = u64)]
    seq: Digits,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Somebody for whom a message was.
#[derive(Debug, Serialize, ToSchema)]
struct MessageReceipt {
    user: Name,
    /// Whether it has come to one of their devices; absent in a room of more than 1,000 members.
    delivered: Option<bool>,
    /// Whether they have read it.
    read: bool,
}

/// For how many a message was, and how far it came.
#[derive(Debug, Serialize, ToSchema)]
struct ReceiptCounts {
    /// Members now who were in the room when it was said, without who said it.
    people: u64,
    /// To so many of them it has come; absent in a room of more than 1,000 members.
    delivered: Option<u64>,
    /// So many of them have read it.
    read: u64,
}

/// Who has a message and who read it, by handle.
#[derive(Debug, Serialize, ToSchema)]
struct MessageReceipts {
    receipts: Vec<MessageReceipt>,
    /// On the first page only.
    counts: Option<ReceiptCounts>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    let receipts = (Verb::Get, "/v1/rooms/{room}/messages/{seq}/receipts");
    let whereabouts = (Verb::Get, "/v1/rooms/{room}/messages/{seq}/whereabouts");
    vec![
        Method::new("messages.receipts", receipts, READ, "Who has a message, and who read it", list)
            .may(&[Code::NotFound]),
        Method::new("messages.whereabouts", whereabouts, READ, "Where a message of mine is", place)
            .may(&[Code::NotFound, Code::NotAllowed]),
    ]
}

/// A message of a room that the caller is in, and may read. Who left learns nothing of what became of it since.
async fn message(ask: &Ask, room: &Name, seq: Digits) -> Result<Entry, Problem> {
    let Readable { standing, intervals, .. } = readable(ask, room).await?;
    if standing.member.is_none() {
        return Err(Problem::not_found("room"));
    }
    let none = || Problem::not_found("message");
    let seq = Seq(seq.0);
    if seq.0 > i64::MAX.cast_unsigned() || !heard(&intervals, seq) {
        return Err(none());
    }
    let found = ask.store().pick(&[(standing.room, seq)]).await?;
    found.into_iter().find(|entry| entry.act.kind().was_message()).ok_or_else(none)
}

/// One look at those for whom a message was.
struct Look {
    people: Vec<MemberProgress>,
    /// Where the next one begins, if there may be more.
    after: Option<Handle>,
}

/// So many members, and of those whom the message was for: who was there, and is no stranger to who asks.
async fn look(ask: &Ask, message: &Entry, after: Option<&Handle>, limit: u32) -> Result<Look, Problem> {
    let me = ask.caller()?.account.id;
    let found = ask.store().receipts().progress(message.room, after, limit).await?;
    let after = found.last().filter(|_| found.len() == limit as usize).map(|last| last.person.handle.clone());
    let users: Vec<UserId> = found.iter().map(|one| one.person.user).filter(|user| *user != me).collect();
    let among: Vec<UserId> = users.into_iter().chain([me]).collect();
    let apart: HashSet<_> = ask.store().circle().apart(&among).await?.into_iter().collect();
    let is_for = |one: &MemberProgress| {
        let user = one.person.user;
        let are_apart = apart.contains(&(user, me)) || apart.contains(&(me, user));
        user != message.sender && one.joined <= message.seq && !are_apart
    };
    Ok(Look { people: found.into_iter().filter(is_for).collect(), after })
}

async fn is_large(ask: &Ask, room: RoomId) -> Result<bool, Problem> {
    let size = ask.store().receipts().sizes(&[room]).await?.pop();
    Ok(size.is_none_or(|size| i64::from(size.members) > LARGE))
}

async fn list(ask: Ask, input: ReceiptsPage) -> Result<MessageReceipts, Problem> {
    const LIST: &str = "messages.receipts";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let message = message(&ask, &input.room, input.seq).await?;
    let is_large = is_large(&ask, message.room).await?;
    let counts = match after {
        None => Some(count(&ask, &message, is_large).await?),
        Some(_) => None,
    };
    let Look { people, after } = look(&ask, &message, after.as_ref(), limit).await?;
    let receipt = |one: MemberProgress| MessageReceipt {
        user: Name(one.person.handle),
        delivered: (!is_large).then_some(one.delivered >= message.seq),
        read: one.read >= message.seq,
    };
    Ok(MessageReceipts {
        receipts: people.into_iter().map(receipt).collect(),
        counts,
        next: after.map(|after| cursor::after(LIST, after.as_str())),
    })
}

async fn count(ask: &Ask, message: &Entry, is_large: bool) -> Result<ReceiptCounts, Problem> {
    let (mut people, mut delivered, mut read) = (0, 0, 0);
    let mut place = None;
    for _ in 0..LOOKS {
        let Look { people: found, after } = look(ask, message, place.as_ref(), AT_ONCE).await?;
        people += found.len() as u64;
        delivered += found.iter().filter(|one| one.delivered >= message.seq).count() as u64;
        read += found.iter().filter(|one| one.read >= message.seq).count() as u64;
        place = after;
        if place.is_none() {
            break;
        }
    }
    Ok(ReceiptCounts { people, delivered: (!is_large).then_some(delivered), read })
}

/// Only who said it is told of others' devices, and of those only how many there are.
async fn place(ask: Ask, input: ThisMessage) -> Result<Whereabouts, Problem> {
    let message = message(&ask, &input.room, input.seq).await?;
    if message.sender != ask.caller()?.account.id {
        return Err(Problem::new(Code::NotAllowed, Objection::NotAllowed.to_string()));
    }
    let people = match is_small(&ask, message.room).await? {
        true => {
            let found = look(&ask, &message, None, AT_ONCE).await?;
            Some(people(&ask, &message, found.people).await?.into_iter().map(Reached::from).collect())
        }
        false => None,
    };
    Ok(Whereabouts { room: input.room, seq: message.seq.0, stored_at: At(message.at), people })
}
