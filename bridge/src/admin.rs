//! Users and rooms, by an administrator's command.

use crate::Bridge;
use crate::identity::{Good, IdentityError};
use crate::lane::{Command, EntryCommand, Judge, Receipt, Reply, SayError};
use crate::say::{Speaker, Spoken, put};
use bytes::Bytes;
use chat::{Denial, Handle, Person, Refusal, Role, RoomId, RoomKind, Settings, Standing, UserId};
use secrecy::SecretString;
use std::time::Duration;
use store::{Account, Error, NewAccount, NewAct, NewEntry, NewRoom, Room};
use tokio::sync::oneshot;

/// How often a room is handed on for one who goes: who would have it may go as well.
const HANDED_ON: usize = 8;

/// Whether a user was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserAdded {
    /// Now.
    New,
    /// Somebody has this name already; nothing was changed.
    Taken,
}

/// What became of a request for a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomAdded {
    /// Whether the room was made now.
    pub made: bool,
    /// Who came in.
    pub joined: Vec<Handle>,
}

/// Why an administrator's command was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is no such user.
    #[error("there is no user `{0}`; add one with: natter user add {0}")]
    NoSuchUser(Handle),
    /// There is no such room.
    #[error("there is no room `{0}`")]
    NoSuchRoom(Handle),
    /// A room begins with somebody in it.
    #[error("a room needs at least one member; name them with --member")]
    NoMembers,
    /// A password or token could not be made.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] Error),
    /// A rule or the store said no to an entry.
    #[error(transparent)]
    Say(#[from] SayError),
}

impl Bridge {
    /// Adds a user; without a password they come by token only.
    ///
    /// # Errors
    /// [`AdminError::Identity`] and [`AdminError::Store`].
    pub async fn add_user(
        &self,
        handle: &Handle,
        password: Option<SecretString>,
        admin: bool,
    ) -> Result<UserAdded, AdminError> {
        let core = self.core();
        let password_hash = match password {
            Some(password) => Some(core.doorkeeper.hash(password).await?),
            None => None,
        };
        let account = NewAccount {
            id: UserId(core.id()?),
            handle: handle.clone(),
            password_hash,
            admin,
            service: false,
            created_at: core.now(),
        };
        Ok(if core.store.add_account(&account).await? { UserAdded::New } else { UserAdded::Taken })
    }

    /// Users by handle, after `after`, at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// The store's.
    pub async fn users(&self, after: Option<&Handle>, limit: u32) -> Result<Vec<Account>, Error> {
        self.core().store.accounts(after, limit).await
    }

    /// Rooms by handle, after `after`, at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// The store's.
    pub async fn rooms(&self, after: Option<&Handle>, limit: u32) -> Result<Vec<Room>, Error> {
        self.core().store.rooms(after, limit).await
    }

    /// Members of a room by handle, after `after`, at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// The store's.
    pub async fn members(
        &self,
        room: RoomId,
        after: Option<&Handle>,
        limit: u32,
    ) -> Result<Vec<(UserId, Handle)>, Error> {
        self.core().store.members(room, after, limit).await
    }

    /// A token for this user.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`], [`AdminError::Identity`], [`AdminError::Store`].
    pub async fn token(&self, user: &Handle, ttl: Duration) -> Result<String, AdminError> {
        let account = self.account(user).await?;
        Ok(self.core().doorkeeper.token(&account, Good::default(), self.core().now(), ttl)?)
    }

    /// Makes a room with these members, or brings those who are missing into one that exists.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`] before anything is changed.
    pub async fn add_room(&self, handle: &Handle, members: &[Handle]) -> Result<RoomAdded, AdminError> {
        let accounts = self.accounts(members).await?;
        let first = accounts.first().ok_or(AdminError::NoMembers)?;
        let core = self.core();
        let role = |account: &Account| if account.id == first.id { Role::Owner } else { Role::Member };
        let room = NewRoom {
            id: RoomId(core.id()?),
            handle: handle.clone(),
            kind: RoomKind::Group,
            settings: Settings::of(RoomKind::Group),
            by: first.id,
            from: first.handle.clone(),
            members: accounts.iter().map(|one| (one.id, one.handle.clone(), role(one))).collect(),
            at: core.now(),
        };
        if core.make_room(room, false).await?.new {
            return Ok(RoomAdded {
                made: true,
                joined: accounts.into_iter().map(|one| one.handle).collect(),
            });
        }
        let mut joined = Vec::new();
        for account in accounts {
            let standing = self.standing(handle, account.id).await?;
            if standing.member.is_none() {
                let join = NewAct::Join { user: account.id, who: account.handle.clone() };
                self.enter(&standing, &account, join).await?;
                joined.push(account.handle);
            }
        }
        Ok(RoomAdded { made: false, joined })
    }

    /// Ends memberships; says who went.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`] and [`AdminError::NoSuchRoom`] before anything is changed.
    pub async fn remove_members(
        &self,
        handle: &Handle,
        members: &[Handle],
    ) -> Result<Vec<Handle>, AdminError> {
        let mut left = Vec::new();
        for account in self.accounts(members).await? {
            let standing = self.standing(handle, account.id).await?;
            if standing.member.is_some() {
                self.see_out(&standing, &account).await?;
                left.push(account.handle);
            }
        }
        Ok(left)
    }

    /// Ends a membership. An owner's room is handed on before: the store lets none be without one.
    async fn see_out(&self, standing: &Standing, account: &Account) -> Result<(), AdminError> {
        for _ in 0..HANDED_ON {
            let leave = NewAct::Leave { user: account.id, who: account.handle.clone() };
            match self.enter(standing, account, leave).await {
                Err(AdminError::Say(SayError::Refused(Refusal::Denied(Denial::OwnerStays)))) => {}
                other => return other,
            }
            let heir = self.core().store.places().heir(standing.room, account.id).await?;
            let Some(heir) = heir else { continue };
            match self.enter(standing, account, NewAct::Succeed(heir)).await {
                // They went in between; there may be another.
                Err(AdminError::Say(SayError::Refused(Refusal::Denied(Denial::NoSuchMember)))) => {}
                other => other?,
            }
        }
        Err(Error::Unavailable("a room changes faster than it can be handed on".into()).into())
    }

    /// Makes a member the owner, and whoever was it an admin: for rooms whose owner can't or won't do it.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`], [`AdminError::NoSuchRoom`]; as [`AdminError::Say`] for who is not in it
    /// ([`Denial::NoSuchMember`]) and for a room of two ([`Denial::RoomOfTwo`]).
    pub async fn set_owner(&self, handle: &Handle, user: &Handle) -> Result<(), AdminError> {
        let account = self.account(user).await?;
        let standing = self.standing(handle, account.id).await?;
        let owner = Person { id: account.id, handle: account.handle.clone() };
        self.enter(&standing, &account, NewAct::Succeed(owner)).await
    }

    /// Says something as this user, as if they had published it.
    ///
    /// # Errors
    /// [`AdminError::NoSuchUser`], and [`SayError`] as [`AdminError::Say`].
    pub async fn say(&self, user: &Handle, room: &Handle, text: &str) -> Result<Receipt, AdminError> {
        let account = self.account(user).await?;
        let (reply, receipt) = oneshot::channel();
        let topic =
            topics::Address { format: topics::Format::Plain, topic: topics::Topic::Say(room.clone()) };
        let spoken = Spoken {
            topic: &topic.to_string(),
            payload: &Bytes::copy_from_slice(text.as_bytes()),
            user_properties: &[],
            message_expiry: None,
            inbound: None,
            is_acknowledged: false,
        };
        let speaker = Speaker { user: account.id, handle: &account.handle, session: None };
        put(self.core(), &speaker, &spoken, Reply::Caller(reply)).await;
        Ok(receipt.await.unwrap_or(Err(SayError::NotNow))?)
    }

    pub(crate) async fn account(&self, handle: &Handle) -> Result<Account, AdminError> {
        let found = self.core().store.account(handle).await?;
        found.ok_or_else(|| AdminError::NoSuchUser(handle.clone()))
    }

    /// Each of them once, all of them known.
    async fn accounts(&self, handles: &[Handle]) -> Result<Vec<Account>, AdminError> {
        let mut accounts: Vec<Account> = Vec::with_capacity(handles.len());
        for handle in handles {
            if !accounts.iter().any(|account| account.handle == *handle) {
                accounts.push(self.account(handle).await?);
            }
        }
        Ok(accounts)
    }

    pub(crate) async fn standing(&self, room: &Handle, user: UserId) -> Result<Standing, AdminError> {
        let found = self.core().store.standing(room, user).await?;
        found.ok_or_else(|| AdminError::NoSuchRoom(room.clone()))
    }

    /// A change of membership goes the way of every entry.
    async fn enter(&self, standing: &Standing, account: &Account, act: NewAct) -> Result<(), AdminError> {
        let core = self.core();
        let (reply, done) = oneshot::channel();
        let entry = NewEntry {
            room: standing.room,
            rules: standing.rules,
            sender: account.id,
            origin: None,
            draft: None,
            inbound: None,
            at: core.now(),
            expires_at: None,
            pause: None,
            act,
        };
        let command = EntryCommand {
            entry,
            from: account.handle.clone(),
            room: standing.handle.clone(),
            judge: Judge::Administrator,
            reply: Reply::Caller(reply),
            deadline: core.commit_deadline(),
        };
        core.lane.put(Command::entry(command)).await;
        match done.await {
            // A closed channel is the answer to a change that somebody else had made meanwhile.
            Ok(Ok(_)) | Err(_) => Ok(()),
            Ok(Err(SayError::Refused(Refusal::NotAMember))) => {
                Err(AdminError::NoSuchRoom(standing.handle.clone()))
            }
            Ok(Err(error)) => Err(error.into()),
        }
    }
}
