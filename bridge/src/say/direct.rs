//! The room of two: found, or made by the first message.

use super::{Not, Speaker};
use crate::core::Core;
use crate::lane::{Command, RoomCommand, RoomMade};
use chat::{Handle, Objection, Refusal, Role, RoomId, RoomKind, Settings};
use std::sync::Arc;
use store::{AccountState, Error, NewRoom};
use tokio::sync::oneshot;

/// The direct room with this user, made if there is none.
pub(crate) async fn room_with(core: &Arc<Core>, speaker: &Speaker<'_>, user: &Handle) -> Result<Handle, Not> {
    let other = core.store.account(user).await?;
    // Who was deleted is nobody, as who never was.
    let there = other.filter(|account| account.state != AccountState::Deleted);
    let other = there.ok_or(Refusal::NoSuchUser)?;
    // Who is kept away meets nobody; whoever keeps away does not write either.
    if core.is_kept_away(speaker.user, other.id).await? {
        return Err(Refusal::NoSuchUser.into());
    }
    if core.is_kept_away(other.id, speaker.user).await? {
        return Err(Refusal::from(Objection::NotAllowed).into());
    }
    let pair = (speaker.user.min(other.id), speaker.user.max(other.id));
    if let Some(handle) = core.store.direct(pair).await? {
        return Ok(handle);
    }
    core.meets(speaker.user, other.id).await?.map_err(Refusal::Quota)?;
    let id = RoomId(core.id()?);
    let mut members = vec![(speaker.user, speaker.handle.clone(), Role::Owner)];
    if other.id != speaker.user {
        members.push((other.id, other.handle, Role::Owner));
    }
    let room = NewRoom {
        id,
        handle: id.handle(),
        kind: RoomKind::Direct,
        settings: Settings::of(RoomKind::Direct),
        by: speaker.user,
        from: speaker.handle.clone(),
        members,
        at: core.now(),
    };
    let made = core.make_room(room, true).await?;
    // Two people who write to each other at once make one room: the other one may have won.
    match made.new {
        true => Ok(id.handle()),
        false => Ok(core.store.direct(pair).await?.ok_or(Refusal::NoSuchUser)?),
    }
}

impl Core {
    /// Makes a room through the lane, so that its first entry is told before any other.
    ///
    /// # Errors
    /// The store's; [`Error::Unavailable`] if it took longer than `commit_wait`.
    pub(crate) async fn make_room(&self, room: NewRoom, direct: bool) -> Result<RoomMade, Error> {
        let (reply, made) = oneshot::channel();
        self.lane.put(Command::Room(Box::new(RoomCommand { room, direct, reply }))).await;
        match tokio::time::timeout(self.config.commit_wait, made).await {
            Ok(Ok(made)) => made,
            Ok(Err(_)) | Err(_) => Err(Error::Unavailable("the room was not made in time".into())),
        }
    }
}
