//! The conversation list: all rooms of the caller in one call, where something was said last, first.

use super::{CHANGE, LOOK, ThisRoom, kind, role, standing};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::Name;
use chat::{Entry, Handle, RoomId, RoomKind, Seq, UserId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::cmp::Reverse;
use std::collections::HashMap;
use store::Membership;
use topics::Format;
use topics::payload::said;
use utoipa::ToSchema;

/// Entries picked at once: the store's limit.
const AT_ONCE: usize = 256;
/// Members of a new room: others come in later.
const MEMBERS_MOST: usize = 200;

/// A page of the conversation list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoomsPage {
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A room to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRoom {
    /// What it shall be called, for ever; without it, the server makes a name.
    room: Option<Name>,
    /// Who is in it from the start, beside its maker; up to 200.
    #[serde(default)]
    #[schema(max_items = 200)]
    members: Vec<Name>,
}

/// A room, as the caller finds it.
#[derive(Debug, Serialize, ToSchema)]
struct Room {
    /// Its handle.
    room: Name,
    /// `direct` or `group`.
    kind: &'static str,
    /// With whom, in a direct room.
    with: Option<Name>,
    /// What the caller is in it: `member` or `owner`.
    role: &'static str,
    /// The end of its log.
    last_seq: u64,
    /// The last entry, as on `rooms/{room}/said`; absent if it is gone.
    #[schema(value_type = Option<Object>)]
    last: Option<Box<RawValue>>,
    /// Up to where the caller has read it.
    read_seq: u64,
    /// How much they have not read.
    unread: u64,
}

/// Rooms, where something was said last, first.
#[derive(Debug, Serialize, ToSchema)]
struct Rooms {
    rooms: Vec<Room>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("rooms.list", (Verb::Get, "/v1/rooms"), LOOK, "My rooms, with what is new in them", list),
        Method::new("rooms.create", (Verb::Post, "/v1/rooms"), CHANGE, "Make a room", create)
            .creates()
            .may(&[Code::HandleTaken, Code::NotFound, Code::Invalid]),
        Method::new("rooms.get", (Verb::Get, "/v1/rooms/{room}"), LOOK, "A room of mine", get)
            .may(&[Code::NotFound]),
    ]
}

/// The last entries of rooms: those that are gone count as old.
async fn ends(ask: &Ask, rooms: &[RoomId]) -> Result<HashMap<RoomId, (Seq, Option<Entry>)>, Problem> {
    let heads = ask.store().heads(rooms).await?;
    let mut ends: HashMap<_, _> = heads.iter().map(|head| (head.room, (head.last_seq, None))).collect();
    let places: Vec<(RoomId, Seq)> = heads.iter().map(|head| (head.room, head.last_seq)).collect();
    for some in places.chunks(AT_ONCE) {
        for entry in ask.store().pick(some).await? {
            ends.insert(entry.room, (entry.seq, Some(entry)));
        }
    }
    Ok(ends)
}

async fn list(ask: Ask, input: RoomsPage) -> Result<Rooms, Problem> {
    const LIST: &str = "rooms";
    let limit = cursor::limit(input.limit)? as usize;
    let after = cursor::pair(LIST, input.after.as_deref())?;
    let user = ask.caller()?.account.id;
    let (_, mut memberships) = ask.store().memberships(user, Membership::RUNNING).await?;
    memberships.retain(|one| one.kind != RoomKind::Own);
    let rooms: Vec<RoomId> = memberships.iter().map(|one| one.room).collect();
    let mut ends = ends(&ask, &rooms).await?;
    let said_at = |ends: &HashMap<RoomId, (Seq, Option<Entry>)>, room: RoomId| {
        let last = ends.get(&room).and_then(|(_, last)| last.as_ref());
        last.map_or(0, |last| last.at.0)
    };
    let mut placed: Vec<((i64, i64), Membership)> =
        memberships.into_iter().map(|one| ((said_at(&ends, one.room), one.room.0), one)).collect();
    placed.retain(|(place, _)| after.is_none_or(|after| *place < after));
    placed.sort_by_key(|(place, _)| Reverse(*place));
    let more = placed.len() > limit;
    placed.truncate(limit);
    let next =
        placed.last().filter(|_| more).map(|((at, room), _)| cursor::after(LIST, &format!("{at}.{room}")));
    let mut rooms = Vec::with_capacity(placed.len());
    for (_, one) in placed {
        let end = ends.remove(&one.room).unwrap_or((Seq::ZERO, None));
        rooms.push(seen(&ask, user, &one.handle, end).await?);
    }
    Ok(Rooms { rooms, next })
}

async fn seen(
    ask: &Ask,
    user: UserId,
    handle: &Handle,
    (last_seq, last): (Seq, Option<Entry>),
) -> Result<Room, Problem> {
    let standing = standing(ask, &Name(handle.clone())).await?;
    let (read_seq, unread) = ask.store().unread(user, standing.room).await?;
    let with = match standing.kind {
        RoomKind::Direct => other(ask, user, standing.room).await?,
        _ => None,
    };
    let last = last.map(|entry| written(&entry, handle)).transpose()?;
    Ok(Room {
        room: Name(handle.clone()),
        kind: kind(standing.kind),
        with,
        role: standing.member.map_or("none", |member| role(member.role)),
        last_seq: last_seq.0,
        last,
        read_seq: read_seq.0,
        unread,
    })
}

/// Who else is in a direct room; who writes to themselves is alone there.
async fn other(ask: &Ask, user: UserId, room: RoomId) -> Result<Option<Name>, Problem> {
    let members = ask.store().members(room, None, 2).await?;
    let other = members.iter().find(|(id, _)| *id != user).or(members.first());
    Ok(other.map(|(_, handle)| Name(handle.clone())))
}

/// An entry as it is heard on `rooms/{room}/said`.
pub(super) fn written(entry: &Entry, room: &Handle) -> Result<Box<RawValue>, Problem> {
    let json = said::write(entry, room, Format::Json, None);
    serde_json::from_slice(&json).map_err(|error| Problem::internal(&error))
}

async fn get(ask: Ask, input: ThisRoom) -> Result<Room, Problem> {
    let standing = standing(&ask, &input.room).await?;
    let end = ends(&ask, &[standing.room]).await?.remove(&standing.room).unwrap_or((Seq::ZERO, None));
    seen(&ask, ask.caller()?.account.id, &standing.handle, end).await
}

async fn create(ask: Ask, input: NewRoom) -> Result<Room, Problem> {
    if input.members.len() > MEMBERS_MOST {
        let words = format!("a room begins with at most {MEMBERS_MOST} members; others come in later");
        return Err(Problem::new(Code::Invalid, words));
    }
    let members: Vec<Handle> = input.members.into_iter().map(|name| name.0).collect();
    let by = &ask.caller()?.account;
    let room = ask.bridge().open_room(by, input.room.map(|name| name.0), &members).await?;
    get(ask.clone(), ThisRoom { room: Name(room) }).await
}
