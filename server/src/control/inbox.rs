//! The rooms of a user, with what is new in them.
//!
//! They are asked of the log, in few questions for all rooms together; only what is unread, and with whom a direct
//! room is, is asked room by room, of those that are told.

use super::words::Place;
use bridge::AdminError;
use chat::{Handle, RoomId, RoomKind, Seq, Timestamp, UserId};
use std::cmp::Reverse;
use std::collections::HashMap;
use store::{Membership, Store};

/// Entries picked at once: the store's limit.
const AT_ONCE: usize = 256;

/// A room that the user is in.
struct Entered {
    room: RoomId,
    handle: Handle,
    kind: RoomKind,
}

/// The `most` rooms of `user` where something was said last, that first; or this one room.
pub(super) async fn places(
    store: &dyn Store,
    user: &Handle,
    room: Option<&Handle>,
    most: usize,
) -> Result<Vec<Place>, AdminError> {
    let account = store.account(user).await?.ok_or_else(|| AdminError::NoSuchUser(user.clone()))?;
    let mut rooms = match room {
        Some(room) => vec![entered(store, account.id, room).await?],
        None => all(store, account.id).await?,
    };
    let heads = heads(store, &rooms).await?;
    let head = |one: &Entered| heads.get(&one.room).copied().unwrap_or((Seq::ZERO, Timestamp(0)));
    rooms.sort_by_key(|one| Reverse(head(one).1));
    let mut places = Vec::new();
    for one in rooms.iter().take(most) {
        places.push(place(store, account.id, one, head(one)).await?);
    }
    Ok(places)
}

/// The rooms of a user.
async fn all(store: &dyn Store, user: UserId) -> Result<Vec<Entered>, AdminError> {
    let (_, rooms) = store.memberships(user, Membership::RUNNING).await?;
    let rooms = rooms.into_iter().filter(|one| one.kind != RoomKind::Own);
    Ok(rooms.map(|one| Entered { room: one.room, handle: one.handle, kind: one.kind }).collect())
}

/// This room, however many others the user is in.
async fn entered(store: &dyn Store, user: UserId, room: &Handle) -> Result<Entered, AdminError> {
    let found = store.standing(room, user).await?.filter(|standing| standing.member.is_some());
    let standing = found.ok_or_else(|| AdminError::NoSuchRoom(room.clone()))?;
    Ok(Entered { room: standing.room, handle: standing.handle, kind: standing.kind })
}

/// The ends of the logs, and when they were said. An entry that is gone counts as old.
async fn heads(
    store: &dyn Store,
    rooms: &[Entered],
) -> Result<HashMap<RoomId, (Seq, Timestamp)>, store::Error> {
    let rooms: Vec<RoomId> = rooms.iter().map(|one| one.room).collect();
    let mut heads = HashMap::with_capacity(rooms.len());
    for head in store.heads(&rooms).await? {
        heads.insert(head.room, (head.last_seq, Timestamp(0)));
    }
    let ends: Vec<(RoomId, Seq)> = heads.iter().map(|(room, (seq, _))| (*room, *seq)).collect();
    for some in ends.chunks(AT_ONCE) {
        for entry in store.pick(some).await? {
            heads.insert(entry.room, (entry.seq, entry.at));
        }
    }
    Ok(heads)
}

async fn place(
    store: &dyn Store,
    user: UserId,
    one: &Entered,
    (last, at): (Seq, Timestamp),
) -> Result<Place, store::Error> {
    let (_, unread) = store.unread(user, one.room).await?;
    let with = match one.kind {
        RoomKind::Direct => other(store, user, one.room).await?,
        _ => None,
    };
    Ok(Place { room: one.handle.to_string(), with, last: last.0, at: at.0, unread })
}

/// Who else is in a direct room; who writes to themselves is alone there.
async fn other(store: &dyn Store, user: UserId, room: RoomId) -> Result<Option<String>, store::Error> {
    let members = store.members(room, None, 2).await?;
    let other = members.iter().find(|(id, _)| *id != user).or(members.first());
    Ok(other.map(|(_, handle)| handle.to_string()))
}
