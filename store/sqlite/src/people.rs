//! The part of the trait that knows who may come in, line by line.

use crate::store::SqliteStore;
use crate::{accounts, credentials, partings, requests, tickets};
use async_trait::async_trait;
use chat::{Timestamp, UserId};
use store::{
    Account, AccountChange, Added, Begun, Credential, CredentialId, Error, Held, NewAccount, NewCredential,
    NewTicket, Parting, People, Profile, Proof, Registered, RequestKey, Rotated, Rotation, SecretHash,
    Ticket, TicketId, Which,
};

#[async_trait]
impl People for SqliteStore {
    async fn account_of(&self, user: UserId) -> Result<Option<Account>, Error> {
        self.running.callers.account_of(&self.running.readers, user).await
    }

    async fn register(
        &self,
        account: &NewAccount,
        invitation: &SecretHash,
        now: Timestamp,
    ) -> Result<Registered, Error> {
        let register = tickets::Register { account: account.clone(), invitation: *invitation, now };
        self.running.lane.write(register).await
    }

    async fn change_account(&self, user: UserId, change: &AccountChange) -> Result<Option<Account>, Error> {
        self.running.lane.write(accounts::Change { user, change: change.clone() }).await
    }

    async fn profile(&self, user: UserId) -> Result<Option<Profile>, Error> {
        accounts::profile(&self.running.readers, user).await
    }

    async fn set_profile(&self, user: UserId, profile: &Profile) -> Result<bool, Error> {
        self.running.lane.write(accounts::SetProfile { user, profile: profile.clone() }).await
    }

    async fn add_credential(&self, new: &NewCredential) -> Result<Added, Error> {
        self.running.lane.write(credentials::Add(new.clone())).await
    }

    async fn credential(&self, id: CredentialId, now: Timestamp) -> Result<Option<Held>, Error> {
        self.running.callers.held(&self.running.readers, id, now).await
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Rotated, Error> {
        self.running.lane.write(credentials::Rotate(*rotation)).await
    }

    async fn credentials(&self, user: UserId, now: Timestamp) -> Result<Vec<Credential>, Error> {
        credentials::list(&self.running.readers, user, now).await
    }

    async fn end_credentials(&self, user: UserId, which: Which) -> Result<Vec<CredentialId>, Error> {
        self.running.lane.write(credentials::End { user, which }).await
    }

    async fn is_bound(&self, user: UserId, device: &str, now: Timestamp) -> Result<bool, Error> {
        credentials::is_bound(&self.running.readers, user, device, now).await
    }

    async fn are_good(&self, proofs: &[Proof], now: Timestamp) -> Result<Vec<bool>, Error> {
        credentials::are_good(&self.running.readers, proofs, now).await
    }

    async fn touch(&self, used: &[CredentialId], now: Timestamp) -> Result<(), Error> {
        self.running.lane.write(credentials::Touch { used: used.to_vec(), now }).await
    }

    async fn add_ticket(&self, ticket: &NewTicket) -> Result<(), Error> {
        self.running.lane.write(tickets::Add(ticket.clone())).await
    }

    async fn tickets(
        &self,
        after: Option<TicketId>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Ticket>, Error> {
        tickets::list(&self.running.readers, after, limit, now).await
    }

    async fn end_ticket(&self, id: TicketId) -> Result<bool, Error> {
        self.running.lane.write(tickets::End(id)).await
    }

    async fn reset_password(
        &self,
        link: &SecretHash,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Account>, Error> {
        let reset = tickets::Reset { link: *link, password_hash: password_hash.to_owned(), now };
        self.running.lane.write(reset).await
    }

    async fn will_part(&self, parting: Parting) -> Result<bool, Error> {
        self.running.lane.write(partings::Begin(parting)).await
    }

    async fn partings(&self, limit: u32) -> Result<Vec<Parting>, Error> {
        partings::list(&self.running.readers, limit).await
    }

    async fn erase(&self, user: UserId, limit: u32) -> Result<bool, Error> {
        self.running.lane.write(partings::Erase { user, limit }).await
    }

    async fn parted(&self, user: UserId) -> Result<(), Error> {
        self.running.lane.write(partings::End(user)).await
    }

    async fn begin_request(
        &self,
        key: &RequestKey,
        request: &SecretHash,
        now: Timestamp,
        stale: Timestamp,
    ) -> Result<Begun, Error> {
        self.running.lane.write(requests::Begin { key: *key, request: *request, now, stale }).await
    }

    async fn end_request(&self, key: &RequestKey, answer: Option<&[u8]>) -> Result<(), Error> {
        self.running.lane.write(requests::End { key: *key, answer: answer.map(<[u8]>::to_vec) }).await
    }

    async fn forget_ended(&self, now: Timestamp, since: Timestamp, limit: u32) -> Result<u32, Error> {
        self.running.lane.write(requests::Forget { now, since, limit }).await
    }
}
