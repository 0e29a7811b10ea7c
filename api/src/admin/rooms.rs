//! Rooms, as administrators see and keep them.

use super::{CHANGE, LOOK};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::Name;
use chat::{Handle, RoomId, RoomKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of all rooms.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AllRoomsPage {
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A page of the members of some room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SomeMembersPage {
    room: Name,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Somebody's place in some room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SomePlace {
    room: Name,
    user: Name,
}

/// A room, as administrators see it.
#[derive(Debug, Serialize, ToSchema)]
struct SomeRoom {
    room: Name,
    kind: &'static str,
    /// How many are in it.
    members: u32,
    /// The end of its log.
    last_seq: u64,
    /// How many messages it has.
    messages: u64,
}

/// Rooms by handle.
#[derive(Debug, Serialize, ToSchema)]
struct AllRooms {
    rooms: Vec<SomeRoom>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// Members by handle.
#[derive(Debug, Serialize, ToSchema)]
struct SomeMembers {
    members: Vec<Name>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    let own = &[Code::NotFound];
    vec![
        Method::new("admin.rooms", (Verb::Get, "/v1/admin/rooms"), LOOK, "All rooms, by handle", list),
        Method::new(
            "admin.members",
            (Verb::Get, "/v1/admin/rooms/{room}/members"),
            LOOK,
            "Who is in a room, whoever it belongs to",
            members,
        )
        .may(own),
        Method::new(
            "admin.add_member",
            (Verb::Put, "/v1/admin/rooms/{room}/members/{user}"),
            CHANGE,
            "Bring somebody into a room",
            add,
        )
        .may(&[Code::NotFound, Code::Invalid]),
        Method::new(
            "admin.remove_member",
            (Verb::Delete, "/v1/admin/rooms/{room}/members/{user}"),
            CHANGE,
            "Send somebody out of a room",
            remove,
        )
        .may(&[Code::NotFound, Code::Invalid]),
        Method::new(
            "admin.set_owner",
            (Verb::Put, "/v1/admin/rooms/{room}/owner"),
            CHANGE,
            "Make a member the owner of a room",
            set_owner,
        )
        .may(&[Code::NotFound, Code::Invalid]),
    ]
}

async fn list(ask: Ask, input: AllRoomsPage) -> Result<AllRooms, Problem> {
    const LIST: &str = "admin.rooms";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let mut found = ask.bridge().rooms(after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, last.handle.as_str()));
    let rooms = found.into_iter().map(|one| SomeRoom {
        room: Name(one.handle),
        kind: one.kind.word(),
        members: one.members,
        last_seq: one.last_seq.0,
        messages: one.last_n,
    });
    Ok(AllRooms { rooms: rooms.collect(), next })
}

async fn members(ask: Ask, input: SomeMembersPage) -> Result<SomeMembers, Problem> {
    const LIST: &str = "admin.members";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let (room, _) = some(&ask, &input.room.0).await?;
    let mut found = ask.bridge().members(room, after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|(_, last)| cursor::after(LIST, last.as_str()));
    Ok(SomeMembers { members: found.into_iter().map(|(_, handle)| Name(handle)).collect(), next })
}

async fn add(ask: Ask, input: SomePlace) -> Result<Done, Problem> {
    let (_, kind) = some(&ask, &input.room.0).await?;
    if kind == RoomKind::Direct {
        return Err(Problem::new(Code::Invalid, "a room of two has no place for a third"));
    }
    let user = ask.bridge().user(&input.user.0).await?.handle;
    ask.bridge().add_room(&input.room.0, &[user]).await?;
    Ok(Done)
}

/// Who went out of a room of two could never come back, and neither could the other write to them.
async fn remove(ask: Ask, input: SomePlace) -> Result<Done, Problem> {
    let (_, kind) = some(&ask, &input.room.0).await?;
    if kind == RoomKind::Direct {
        return Err(Problem::new(Code::Invalid, "a room of two has its two people for ever"));
    }
    let left = ask.bridge().remove_members(&input.room.0, &[input.user.0]).await?;
    if left.is_empty() { Err(Problem::not_found("member")) } else { Ok(Done) }
}

/// Who was the owner is an admin then.
async fn set_owner(ask: Ask, input: SomePlace) -> Result<Done, Problem> {
    some(&ask, &input.room.0).await?;
    ask.bridge().set_owner(&input.room.0, &input.user.0).await?;
    Ok(Done)
}

/// Which room it is, whoever is in it.
async fn some(ask: &Ask, room: &Handle) -> Result<(RoomId, RoomKind), Problem> {
    let standing = ask.store().standing(room, ask.caller()?.account.id).await?;
    standing.map(|found| (found.room, found.kind)).ok_or_else(|| Problem::not_found("room"))
}
