//! What users are told in a transaction: their own rooms are there, and the events are entries of the batch.

use super::{Write, Writer};
use crate::told::own_room;
use crate::{Error, Fate, Moved, NewEntry, NewEvent};
use async_trait::async_trait;
use chat::{EventKind, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// Tells users something that happened elsewhere.
pub struct Tell(pub Vec<NewEvent>);

#[async_trait]
impl<W: Writer> Write<W> for Tell {
    type Answer = ();

    async fn write(&self, to: &mut W) -> Result<(), Error> {
        to.events().extend(self.0.iter().cloned());
        Ok(())
    }
}

/// Takes what the writes told, as entries for rooms that are there, each with whether its room was made for it.
pub(super) async fn take<W: Writer>(writer: &mut W) -> Result<Vec<(NewEntry, bool)>, Error> {
    let events = settled(std::mem::take(writer.events()));
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let users: BTreeSet<UserId> = events.iter().map(|event| event.user).collect();
    let users: Vec<UserId> = users.into_iter().collect();
    let mut made: BTreeMap<UserId, bool> = BTreeMap::new();
    for (user, handle, is_there) in writer.own_rooms(&users).await? {
        if !is_there {
            let first = events.iter().find(|event| event.user == user).ok_or_else(unasked)?;
            writer.make_room(&own_room(user, handle, first.at)).await?;
        }
        made.insert(user, !is_there);
    }
    let there = events.into_iter().filter_map(|event| Some((*made.get(&event.user)?, event)));
    Ok(there.map(|(made, event)| (event.entry(), made)).collect())
}

/// Of what says how something of a person's stands now, only the last is told: how far a room was read, and that something
/// was set for it. Who marks a hundred messages as read is told once for each transaction that they became.
fn settled(events: Vec<NewEvent>) -> Vec<NewEvent> {
    let mut told = BTreeSet::new();
    let is_last = |event: &NewEvent| match event.event.kind {
        EventKind::RoomRead | EventKind::RoomSet => {
            told.insert((event.user, event.event.kind as u8, event.event.room.clone()))
        }
        _ => true,
    };
    let mut last: Vec<NewEvent> = events.into_iter().rev().filter(is_last).collect();
    last.reverse();
    last
}

/// Whose own rooms have more in them, by what became of the events.
pub(super) fn moved(events: &[(NewEntry, bool)], fates: impl Iterator<Item = Fate>) -> Vec<Moved> {
    let stored = events.iter().zip(fates).filter_map(|((entry, made), fate)| match fate {
        Fate::Stored { seq, .. } => Some(Moved { user: entry.sender, made: *made, last: seq }),
        other => {
            tracing::error!(user.id = %entry.sender, ?other, "a user could not be told something: {other:?}");
            None
        }
    });
    stored.collect()
}

fn unasked() -> Error {
    Error::Broken("an engine tells of a user who was not asked about".into())
}
