//! Who is in a room, and going.

use super::{CHANGE, LOOK, ThisRoom, standing};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::Name;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of the members of a room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MembersPage {
    room: Name,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Members by handle.
#[derive(Debug, Serialize, ToSchema)]
struct Members {
    members: Vec<Name>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("rooms.members", (Verb::Get, "/v1/rooms/{room}/members"), LOOK, "Who is in a room", list)
            .may(&[Code::NotFound]),
        Method::new("rooms.leave", (Verb::Post, "/v1/rooms/{room}/leave"), CHANGE, "Leave a room", leave)
            .may(&[Code::NotFound]),
    ]
}

async fn list(ask: Ask, input: MembersPage) -> Result<Members, Problem> {
    const LIST: &str = "rooms.members";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let standing = standing(&ask, &input.room).await?;
    let mut found = ask.store().members(standing.room, after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|(_, last)| cursor::after(LIST, last.as_str()));
    Ok(Members { members: found.into_iter().map(|(_, handle)| Name(handle)).collect(), next })
}

async fn leave(ask: Ask, input: ThisRoom) -> Result<Done, Problem> {
    let standing = standing(&ask, &input.room).await?;
    let me = ask.caller()?.account.handle.clone();
    ask.bridge().remove_members(&standing.handle, &[me]).await?;
    Ok(Done)
}
