//! What people and programs come in with.

mod add; // one more

mod rotate; // a refresh token is used

mod end; // no longer good

pub(crate) use add::Add;
pub(crate) use end::{End, Touch, end};
pub(crate) use rotate::Rotate;

use crate::accounts::{self, state_of};
use crate::failure::error;
use crate::readers::Readers;
use crate::writer::json;
use chat::{Timestamp, UserId};
use sqlx::SqliteExecutor;
use std::collections::HashSet;
use store::stored::{credential_kind, secret_hash};
use store::{AccountState, By, Credential, CredentialId, CredentialKind, Error, Held, Proof};

/// Proofs that are looked at in one question.
const AT_ONCE: usize = 500;

struct Stored {
    id: i64,
    user_id: i64,
    kind: i64,
    device: Option<String>,
    label: String,
    scopes: String,
    created_at: i64,
    used_at: i64,
    expires_at: Option<i64>,
}

impl Stored {
    fn credential(self) -> Result<Credential, Error> {
        Ok(Credential {
            id: CredentialId(self.id),
            user: UserId(self.user_id),
            kind: credential_kind(self.kind)?,
            device: self.device,
            label: self.label,
            scopes: self.scopes,
            created_at: Timestamp(self.created_at),
            used_at: Timestamp(self.used_at),
            expires_at: self.expires_at.map(Timestamp),
        })
    }
}

/// A kind as it is stored.
fn kind_of(kind: CredentialKind) -> i64 {
    i64::from(kind as u8)
}

/// A credential and whose it is, whether or not it has ended.
pub(crate) async fn held(readers: &Readers, id: CredentialId) -> Result<Option<Held>, Error> {
    let row = sqlx::query!(
        r#"select c.user_id, c.kind, c.device, c.label, c.scopes, c.secret_hash, c.created_at as made_at, c.used_at,
                  c.expires_at, a.id, a.handle, a.password_hash, a.admin, a.service, a.state, a.token_version,
                  a.rooms_version, a.created_at, a.last_login_at
           from credential c cross join account a on a.id = c.user_id
           where c.id = ?"#,
        id.0
    );
    let Some(row) = row.fetch_optional(readers).await.map_err(error)? else { return Ok(None) };
    let credential = Stored {
        id: id.0,
        user_id: row.user_id,
        kind: row.kind,
        device: row.device,
        label: row.label,
        scopes: row.scopes,
        created_at: row.made_at,
        used_at: row.used_at,
        expires_at: row.expires_at,
    };
    let account = accounts::Stored {
        id: row.id,
        handle: row.handle,
        password_hash: row.password_hash,
        admin: row.admin,
        service: row.service,
        state: row.state,
        token_version: row.token_version,
        rooms_version: row.rooms_version,
        has_credentials: 1,
        created_at: row.created_at,
        last_login_at: row.last_login_at,
    };
    Ok(Some(Held {
        credential: credential.credential()?,
        secret: secret_hash(&row.secret_hash)?,
        account: account.account()?,
    }))
}

/// See [`store::People::credentials`].
pub(crate) async fn list(readers: &Readers, user: UserId, now: Timestamp) -> Result<Vec<Credential>, Error> {
    let rows = sqlx::query_as!(
        Stored,
        "select id, user_id, kind, device, label, scopes, created_at, used_at, expires_at from credential
         where user_id = ? and (expires_at is null or expires_at > ?) order by created_at, id",
        user.0,
        now.0
    );
    rows.fetch_all(readers).await.map_err(error)?.into_iter().map(Stored::credential).collect()
}

/// See [`store::People::is_bound`].
pub(crate) async fn is_bound(
    readers: &Readers,
    user: UserId,
    device: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        "select id from credential where user_id = ? and device = ? and (expires_at is null or expires_at > ?)",
        user.0,
        device,
        now.0
    );
    Ok(found.fetch_optional(readers).await.map_err(error)?.is_some())
}

/// See [`store::People::are_good`].
pub(crate) async fn are_good(
    readers: &Readers,
    proofs: &[Proof],
    now: Timestamp,
) -> Result<Vec<bool>, Error> {
    let proofs = &proofs[..proofs.len().min(AT_ONCE)];
    let credentials: Vec<i64> = proofs
        .iter()
        .filter_map(|proof| match proof.by {
            By::Credential(id) => Some(id.0),
            By::Account(_) => None,
        })
        .collect();
    let users: Vec<i64> = proofs.iter().map(|proof| proof.user.0).collect();
    let (credentials, users) = (json(&credentials)?, json(&users)?);
    let there = there(readers, &credentials, now).await?;
    let versions = versions(readers, &users).await?;
    let is_good = |proof: &Proof| match proof.by {
        By::Account(version) => versions.contains(&(proof.user.0, version)),
        By::Credential(id) => there.contains(&(id.0, proof.user.0)),
    };
    Ok(proofs.iter().map(is_good).collect())
}

/// Of these credentials, those that go on, with their users.
async fn there<'c>(
    from: impl SqliteExecutor<'c>,
    credentials: &str,
    now: Timestamp,
) -> Result<HashSet<(i64, i64)>, Error> {
    let rows = sqlx::query!(
        r#"select c.id as "id!", c.user_id as "user_id!" from json_each(?) j cross join credential c on c.id = j.value
           where c.expires_at is null or c.expires_at > ?"#,
        credentials,
        now.0
    );
    let rows = rows.fetch_all(from).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| (row.id, row.user_id)).collect())
}

/// Of these users, those who may come in, with the version their tokens have.
async fn versions<'c>(from: impl SqliteExecutor<'c>, users: &str) -> Result<HashSet<(i64, i64)>, Error> {
    let active = state_of(AccountState::Active);
    let rows = sqlx::query!(
        r#"select a.id as "id!", a.token_version as "version!" from json_each(?) j cross join account a on a.id = j.value
           where a.state = ?"#,
        users,
        active
    );
    let rows = rows.fetch_all(from).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| (row.id, row.version)).collect())
}
