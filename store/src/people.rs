//! Who may come in: accounts beyond their names, and what they prove themselves by.
//!
//! Of a secret only its hash is ever here. What is no longer good is deleted, so that a look-up that finds nothing
//! is the whole of a revocation. The contract suite says what the words mean (`contract/people`).

use crate::{
    Account, AccountChange, Added, Begun, Credential, CredentialId, Error, Held, NewAccount, NewCredential,
    NewTicket, Parting, Profile, Proof, Registered, RequestKey, Rotated, Rotation, SecretHash, Ticket,
    TicketId, Which,
};
use async_trait::async_trait;
use chat::{Timestamp, UserId};

/// The part of a store that knows people. Every method that writes returns only after its transaction is on the disk.
#[async_trait]
pub trait People: Send + Sync {
    // ── accounts ──

    /// Finds a user by number.
    async fn account_of(&self, user: UserId) -> Result<Option<Account>, Error>;

    /// Adds a user who was invited, and uses the invitation up, both or neither.
    async fn register(
        &self,
        account: &NewAccount,
        invitation: &SecretHash,
        now: Timestamp,
    ) -> Result<Registered, Error>;

    /// Changes an account as its words say; what it is now, or nothing if there is no such user. A deleted account
    /// changes no more: it is answered as it is.
    async fn change_account(&self, user: UserId, change: &AccountChange) -> Result<Option<Account>, Error>;

    /// What others may know of this user.
    async fn profile(&self, user: UserId) -> Result<Option<Profile>, Error>;

    /// Replaces it; false if there is no such user, or no more.
    async fn set_profile(&self, user: UserId, profile: &Profile) -> Result<bool, Error>;

    // ── credentials ──

    /// Adds a credential. A login of the same device takes the place of its earlier one, and one login too many of
    /// the one that was not used for longest; tokens and keys are refused instead.
    async fn add_credential(&self, new: &NewCredential) -> Result<Added, Error>;

    /// A credential that has not ended at `now`, with its hash and its owner.
    async fn credential(&self, id: CredentialId, now: Timestamp) -> Result<Option<Held>, Error>;

    /// A refresh token is used: the next one takes its place. One that had been used before ends its login.
    async fn rotate(&self, rotation: &Rotation) -> Result<Rotated, Error>;

    /// The user's credentials that have not ended at `now`, oldest first.
    async fn credentials(&self, user: UserId, now: Timestamp) -> Result<Vec<Credential>, Error>;

    /// Ends credentials of a user and says which. [`Which::All`] also raises the account's token version.
    async fn end_credentials(&self, user: UserId, which: Which) -> Result<Vec<CredentialId>, Error>;

    /// Whether a credential that has not ended at `now` is for this device of the user.
    async fn is_bound(&self, user: UserId, device: &str, now: Timestamp) -> Result<bool, Error>;

    /// Which of these proofs are still good at `now`, in their order. At most 500.
    async fn are_good(&self, proofs: &[Proof], now: Timestamp) -> Result<Vec<bool>, Error>;

    /// Notes that these credentials were used at `now`. At most 500.
    async fn touch(&self, used: &[CredentialId], now: Timestamp) -> Result<(), Error>;

    // ── invitations and links ──

    /// Keeps an invitation or a link.
    async fn add_ticket(&self, ticket: &NewTicket) -> Result<(), Error>;

    /// Tickets that are good at `now`, by number, after `after`, at most `limit` (up to 1,000).
    async fn tickets(
        &self,
        after: Option<TicketId>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Ticket>, Error>;

    /// Takes a ticket back; false if there was none.
    async fn end_ticket(&self, id: TicketId) -> Result<bool, Error>;

    /// A link that resets a password is used: the account has the new one, and everything it came in with before is
    /// ended. Nothing if the link is not good at `now`.
    async fn reset_password(
        &self,
        link: &SecretHash,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Account>, Error>;

    // ── those who go for good ──

    /// Keeps that this user goes, before anything of it is done, so that it is finished whatever happens in between. That
    /// what they said goes too stays wished once it was. False if there is no such user.
    async fn will_part(&self, parting: Parting) -> Result<bool, Error>;

    /// Who is going, at most `limit` (up to 1,000).
    async fn partings(&self, limit: u32) -> Result<Vec<Parting>, Error>;

    /// Takes away for ever what this user said, in any room, and what they uploaded: the keys that open it, and the signs
    /// they put to messages, at most `limit` (up to 1,000) of each. Their messages are there from then on as ones that were taken back. True
    /// while there is more.
    async fn erase(&self, user: UserId, limit: u32) -> Result<bool, Error>;

    /// They are gone, and nothing is left to be done.
    async fn parted(&self, user: UserId) -> Result<(), Error>;

    // ── requests that may come twice ──

    /// A request under a key of the caller's begins, or is found again. `request` is a hash of all of it. One that
    /// began before `stale` and has no answer was lost with its process and begins anew.
    async fn begin_request(
        &self,
        key: &RequestKey,
        request: &SecretHash,
        now: Timestamp,
        stale: Timestamp,
    ) -> Result<Begun, Error>;

    /// Keeps its answer, sealed; without one, the key is free again.
    async fn end_request(&self, key: &RequestKey, answer: Option<&[u8]>) -> Result<(), Error>;

    /// Forgets what ended before `now` (credentials, tickets) and requests that began before `since`, at most `limit`
    /// of each; says how many.
    async fn forget_ended(&self, now: Timestamp, since: Timestamp, limit: u32) -> Result<u32, Error>;
}
