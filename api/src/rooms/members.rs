//! Who is in a room, coming and going.

use super::settings::Role;
use super::{CHANGE, LOOK, ThisRoom, me, standing};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use chat::{Change, Timestamp};
use serde::{Deserialize, Serialize};
use store::Seated;
use store::stored::now;
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

/// A member of a room.
#[derive(Debug, Serialize, ToSchema)]
struct Member {
    user: Name,
    role: Role,
    /// Until when they listen only; absent if they may speak.
    muted: Option<Muted>,
}

/// Somebody listens only.
#[derive(Debug, Serialize, ToSchema)]
struct Muted {
    /// Until when; absent if that does not end by itself.
    until: Option<At>,
}

/// Members by handle.
#[derive(Debug, Serialize, ToSchema)]
struct Members {
    members: Vec<Member>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// Whom to bring in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMember {
    room: Name,
    user: Name,
    /// `member` without it, or `guest`.
    role: Option<Role>,
}

pub(super) fn methods() -> Vec<Method> {
    const MEMBERS: &str = "/v1/rooms/{room}/members";
    vec![
        Method::new("rooms.members", (Verb::Get, MEMBERS), LOOK, "Who is in a room", list)
            .may(&[Code::NotFound]),
        Method::new("rooms.join", (Verb::Post, "/v1/rooms/{room}/join"), CHANGE, "Come into a room", join)
            .may(&[Code::NotFound, Code::NotAllowed, Code::TooMany]),
        Method::new("rooms.leave", (Verb::Post, "/v1/rooms/{room}/leave"), CHANGE, "Leave a room", leave)
            .may(&[Code::NotFound, Code::Invalid]),
        Method::new("rooms.add", (Verb::Post, MEMBERS), CHANGE, "Bring somebody into a room", add).may(&[
            Code::NotFound,
            Code::NotAllowed,
            Code::TooMany,
            Code::Invalid,
        ]),
    ]
}

impl From<Seated> for Member {
    fn from(seated: Seated) -> Member {
        let muted = seated.seat.muted_until.filter(|until| *until > now());
        Member {
            user: Name(seated.handle),
            role: seated.seat.role.into(),
            muted: muted.map(|until| Muted { until: (until != Timestamp::NEVER).then_some(At(until)) }),
        }
    }
}

async fn list(ask: Ask, input: MembersPage) -> Result<Members, Problem> {
    const LIST: &str = "rooms.members";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let standing = standing(&ask, &input.room).await?;
    let mut found = ask.store().places().seated(standing.room, after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, last.handle.as_str()));
    Ok(Members { members: found.into_iter().map(Into::into).collect(), next })
}

async fn join(ask: Ask, input: ThisRoom) -> Result<Done, Problem> {
    let who = me(&ask)?;
    let change = Change::Join { who, link: None };
    ask.bridge().change_room(&ask.caller()?.account, &input.room.0, change).await?;
    Ok(Done)
}

async fn leave(ask: Ask, input: ThisRoom) -> Result<Done, Problem> {
    let who = me(&ask)?;
    ask.bridge().change_room(&ask.caller()?.account, &input.room.0, Change::Leave { who }).await?;
    Ok(Done)
}

/// Who may not know of the room learns nothing of the user either.
async fn add(ask: Ask, input: NewMember) -> Result<Done, Problem> {
    standing(&ask, &input.room).await?;
    let who = ask.bridge().active(&ask.caller()?.account, &input.user.0).await?;
    let change = Change::Add { who, role: input.role.unwrap_or(Role::Member).into() };
    ask.bridge().change_room(&ask.caller()?.account, &input.room.0, change).await?;
    Ok(Done)
}
