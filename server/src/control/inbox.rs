//! The rooms of a user, with what is new in them.

use super::words::Place;
use bridge::AdminError;
use chat::{Handle, Timestamp};
use store::stored::now;
use store::{Conversation, Store};

/// Rooms asked for at once: the store's limit.
const AT_ONCE: usize = 200;

/// The `most` rooms of `user` where something was said last, that first; or this one room.
pub(super) async fn places(
    store: &dyn Store,
    user: &Handle,
    room: Option<&Handle>,
    most: usize,
) -> Result<Vec<Place>, AdminError> {
    let account = store.account(user).await?.ok_or_else(|| AdminError::NoSuchUser(user.clone()))?;
    let (lists, now) = (store.conversations(), now());
    if let Some(room) = room {
        let none = || AdminError::NoSuchRoom(room.clone());
        let standing = store.standing(room, account.id).await?.ok_or_else(none)?;
        let found = lists.conversation(account.id, standing.room, now).await?.ok_or_else(none)?;
        return Ok(vec![place(found)]);
    }
    let mut found: Vec<Conversation> = Vec::new();
    while found.len() < most {
        let after = found.last().map(|last| (last.last_at, last.room));
        let asked = AT_ONCE.min(most - found.len());
        let page = lists.list(account.id, None, after, asked as u32, now).await?;
        let is_last = page.len() < asked;
        found.extend(page);
        if is_last {
            break;
        }
    }
    Ok(found.into_iter().map(place).collect())
}

fn place(one: Conversation) -> Place {
    let Timestamp(at) = one.last_at;
    Place {
        room: one.handle.to_string(),
        with: one.with.map(|with| with.to_string()),
        last: one.last_seq.0,
        at,
        unread: one.unread,
    }
}
