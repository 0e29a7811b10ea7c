//! Rooms are made and changed by those who may.
//!
//! A change goes the way of every entry: into the lane, judged where it is committed, told to whom it concerns. Here a
//! request only becomes one.

use crate::Bridge;
use crate::lane::{Command, EntryCommand, Judge, Receipt, Reply, SayError};
use crate::say::{Not, Speaker, room_with};
use chat::{
    BadSetting, Change, Handle, MediaId, NewSettings, Person, Refusal, Role, RoomId, RoomKind, Settings,
};
use store::{Account, AccountState, Error, NewAct, NewEntry, NewRoom};
use tokio::sync::oneshot;

/// A room that somebody wishes for.
#[derive(Debug, Clone)]
pub struct RoomWish {
    /// What it shall be called, for ever; without it, it gets a name.
    pub handle: Option<Handle>,
    /// A group or a channel.
    pub kind: RoomKind,
    /// Who is in it from the start, beside its maker.
    pub members: Vec<Handle>,
    /// What shall be set otherwise than is usual for its kind.
    pub settings: NewSettings,
}

/// Why a room was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    /// There is no such user, or no more.
    #[error("there is no user `{0}`")]
    NoSuchUser(Handle),
    /// The handle is another room's, or was.
    #[error("the handle `{0}` is taken")]
    HandleTaken(Handle),
    /// A setting can't be.
    #[error(transparent)]
    BadSetting(#[from] BadSetting),
    /// No link is written so, or it is over, used up or taken back.
    #[error("this link leads nowhere, or not any more")]
    NoSuchLink,
    /// A rule said no, or we could not.
    #[error(transparent)]
    Say(#[from] SayError),
}

impl From<Error> for RoomError {
    fn from(error: Error) -> RoomError {
        RoomError::Say(error.into())
    }
}

impl Bridge {
    /// Makes a room of this user.
    ///
    /// # Errors
    /// [`RoomError::HandleTaken`]; [`RoomError::NoSuchUser`] and [`RoomError::BadSetting`] before anything is changed.
    pub async fn open_room(&self, by: &Account, wish: RoomWish) -> Result<Handle, RoomError> {
        self.look_over(by, &wish.settings).await?;
        let core = self.core();
        let id = RoomId(core.id()?);
        let handle = wish.handle.unwrap_or_else(|| id.handle());
        let mut members = vec![(by.id, by.handle.clone(), Role::Owner)];
        for name in &wish.members {
            let person = self.active(by, name).await?;
            if !members.iter().any(|(user, ..)| *user == person.id) {
                members.push((person.id, person.handle, Role::Member));
            }
        }
        let mut settings = Settings::of(wish.kind);
        settings.set(&wish.settings);
        let (kind, from, at) = (wish.kind, by.handle.clone(), core.now());
        let room = NewRoom { id, handle: handle.clone(), kind, by: by.id, from, members, settings, at };
        match core.make_room(room, false).await?.new {
            true => Ok(handle),
            false => Err(RoomError::HandleTaken(handle)),
        }
    }

    /// The direct room of these two, made if there is none.
    ///
    /// # Errors
    /// [`RoomError::NoSuchUser`].
    pub async fn direct_room(&self, by: &Account, user: &Handle) -> Result<Handle, RoomError> {
        let speaker = Speaker { user: by.id, handle: &by.handle, session: None };
        room_with(self.core(), &speaker, user).await.map_err(|why| match why {
            Not::Refused(Refusal::NoSuchUser) => RoomError::NoSuchUser(user.clone()),
            Not::Refused(refusal) => RoomError::Say(refusal.into()),
            Not::Now(error) => error.into(),
        })
    }

    /// Changes a room or who is in it, as this user. Nothing comes back where it was so already.
    ///
    /// # Errors
    /// [`RoomError::BadSetting`], and what the rules of the room say, as [`RoomError::Say`].
    pub async fn change_room(
        &self,
        by: &Account,
        room: &Handle,
        change: Change,
    ) -> Result<Option<Receipt>, RoomError> {
        if let Change::Set(new) = &change {
            self.look_over(by, new).await?;
        }
        let core = self.core();
        let standing = core.store.standing(room, by.id).await?;
        let standing = standing.ok_or(SayError::Refused(Refusal::NotAMember))?;
        let entry = NewEntry {
            room: standing.room,
            rules: standing.rules,
            sender: by.id,
            origin: None,
            draft: None,
            inbound: None,
            at: core.now(),
            expires_at: None,
            pause: None,
            act: NewAct::Change(change),
        };
        let (reply, done) = oneshot::channel();
        let command = EntryCommand {
            entry,
            from: by.handle.clone(),
            room: standing.handle,
            judge: Judge::Member,
            reply: Reply::Caller(reply),
            deadline: core.commit_deadline(),
        };
        core.lane.put(Command::entry(command)).await;
        match done.await {
            Ok(receipt) => Ok(Some(receipt?)),
            // A closed channel is the answer to what was so already.
            Err(_) => Ok(None),
        }
    }

    /// Whether this can be set by this user, as far as that is no matter of the room.
    async fn look_over(&self, by: &Account, new: &NewSettings) -> Result<(), RoomError> {
        new.check()?;
        let Some(media) = new.avatar.as_deref().and_then(MediaId::shown_at) else { return Ok(()) };
        let core = self.core();
        let found = core.store.shelf().media_for(media, by.id, core.now()).await?;
        match found.is_some_and(|found| found.media.picture.is_some()) {
            true => Ok(()),
            false => Err(BadSetting::NoPicture("avatar").into()),
        }
    }

    /// Somebody who has an account, or had one.
    ///
    /// # Errors
    /// [`RoomError::NoSuchUser`].
    pub async fn person(&self, name: &Handle) -> Result<Person, RoomError> {
        let found = self.core().store.account(name).await?;
        let account = found.ok_or_else(|| RoomError::NoSuchUser(name.clone()))?;
        Ok(Person { id: account.id, handle: account.handle })
    }

    /// Somebody whom this user may bring into a room.
    ///
    /// # Errors
    /// [`RoomError::NoSuchUser`], also of one who was deactivated or deleted, or keeps this user away.
    pub async fn active(&self, by: &Account, name: &Handle) -> Result<Person, RoomError> {
        let none = || RoomError::NoSuchUser(name.clone());
        let found = self.core().store.account(name).await?;
        let account = found.filter(|account| account.state == AccountState::Active).ok_or_else(none)?;
        match self.core().is_kept_away(by.id, account.id).await? {
            true => Err(none()),
            false => Ok(Person { id: account.id, handle: account.handle }),
        }
    }
}
