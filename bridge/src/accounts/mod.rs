//! Accounts, as their owners and administrators change them: to come in, to go, and what to come in with.
//!
//! The promise: when one of these returns, it is on the disk, and who may no longer be here is being shown out. It
//! knows nothing of HTTP: the API, the command line and requests by MQTT all ask here.

mod login; // in and out

mod register; // new people

mod password; // another one, or one that was lost

mod credentials; // tokens of devices, keys of programs

mod access; // tokens to connect with, for somebody

mod tickets; // invitations and links

mod state; // deactivated, let in again

mod parting; // deleted, and their words with them

mod profile; // what others may know

mod pushes; // where devices are reached

mod words; // texts that people choose

pub use access::TokenTerms;
pub use credentials::Given;
pub use login::LoggedIn;
pub(crate) use login::after;
pub(crate) use parting::finish;
pub use tickets::TicketGiven;

use crate::Bridge;
use crate::admin::AdminError;
use crate::identity::{Caller, IdentityError, NotKnown};
use chat::{Handle, UserId};
use store::{Account, AccountState, Error, People, SecretHash};
use topics::grant::GrantError;

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    Open,
    /// Who has an invitation.
    Invitation,
    /// Nobody: an administrator adds people.
    Closed,
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// They are not who they say, or may not come in.
    #[error(transparent)]
    NotKnown(#[from] NotKnown),
    /// Nobody may register.
    #[error("this server takes no registrations; ask its administrator for an account")]
    Closed,
    /// The invitation is none, or is used up or over.
    #[error("a good invitation is needed")]
    NotInvited,
    /// The link is none, or is used up or over.
    #[error("this link is not good, or not any more")]
    NoSuchLink,
    /// The handle is another's, or was.
    #[error("the handle `{0}` is taken")]
    HandleTaken(Handle),
    /// A text that can't be taken.
    #[error("`{field}` {why}")]
    Text {
        /// Which one.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such user.
    #[error("there is no user `{0}`")]
    NoSuchUser(Handle),
    /// Whom one keeps away one can't have as a contact.
    #[error("you keep `{0}` away; let them near first")]
    KeptAway(Handle),
    /// There is no such message, or not for them, or it says nothing any more.
    #[error("there is no such message")]
    NoSuchMessage,
    /// There is no such room, or not for them.
    #[error("there is no such room")]
    NoSuchRoom,
    /// They turn to too many strangers.
    #[error("this goes to too many people who don't know you; wait {} s", .0.as_secs() + 1)]
    Quota(std::time::Duration),
    /// There is no such report.
    #[error("there is no such report")]
    NoSuchReport,
    /// The report is decided.
    #[error("this report is decided already")]
    Decided,
    /// There is no such credential of theirs.
    #[error("there is no such credential")]
    NoSuchCredential,
    /// There is no such ticket.
    #[error("there is no such invitation or link")]
    NoSuchTicket,
    /// The device comes in by another credential, and keeps it.
    #[error("the device `{0}` comes in by another token; end that first")]
    DeviceTaken(String),
    /// They have as many as they may.
    #[error("there are {0} of these already, which is as many as one may have")]
    TooMany(u32),
    /// A grant that makes no sense.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// There is no such grant.
    #[error("there is no such grant")]
    NoSuchGrant,
    /// Keys are for programs, passwords for people.
    #[error("`{0}` is not a service account")]
    NotAService(Handle),
    /// A password or token could not be made.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] Error),
    /// An entry could not be written.
    #[error(transparent)]
    Admin(#[from] AdminError),
}

impl Bridge {
    /// Who shows this token or key?
    ///
    /// # Errors
    /// [`NotKnown`], which tells a stranger nothing.
    pub async fn caller(&self, proof: &str) -> Result<Caller, NotKnown> {
        let core = self.core();
        let known = core.doorkeeper.by_carried(&*core.store, proof, core.now()).await;
        known.unwrap_or(Err(NotKnown::Unknown))
    }

    /// What others check our access tokens with, as a JSON Web Key Set (RFC 7517).
    #[must_use]
    pub fn key_set(&self) -> &str {
        self.core().doorkeeper.key_set()
    }

    /// A fresh number for an upload.
    ///
    /// # Errors
    /// [`store::Error::Unavailable`] while the clock is behind: it may succeed later.
    pub fn media_id(&self) -> Result<chat::MediaId, store::Error> {
        self.core().id().map(chat::MediaId)
    }

    /// What tells these bytes from others, and gives nothing of them away to who has not our key.
    #[must_use]
    pub fn fingerprint(&self, bytes: &[u8]) -> SecretHash {
        self.core().doorkeeper.fingerprint(bytes)
    }

    /// A user as somebody else finds them: one that was deleted is not there.
    ///
    /// # Errors
    /// [`AccountError::NoSuchUser`] and [`AccountError::Store`].
    pub async fn user(&self, handle: &Handle) -> Result<Account, AccountError> {
        let found = self.core().store.account(handle).await?;
        let there = found.filter(|account| account.state != AccountState::Deleted);
        there.ok_or_else(|| AccountError::NoSuchUser(handle.clone()))
    }

    fn people(&self) -> &dyn People {
        self.core().store.people()
    }

    /// A number for a credential or a ticket.
    fn number(&self) -> Result<i64, Error> {
        self.core().id()
    }

    /// The account of somebody who was there a moment ago.
    fn still(&self, account: Option<Account>, user: UserId) -> Result<Account, AccountError> {
        account.ok_or_else(|| Error::Damaged(format!("account {user} is gone")).into())
    }
}
