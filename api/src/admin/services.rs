//! Programs' accounts and their keys.

use super::{CHANGE, LOOK};
use crate::accounts::credentials::lifetime;
use crate::accounts::seen::{CredentialGiven, CredentialSeen, Credentials, Me};
use crate::ask::Ask;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{Name, Number, Secret};
use bridge::identity::{Scope, Scopes};
use serde::Deserialize;
use store::{CredentialId, Profile};
use utoipa::ToSchema;

/// A program.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewService {
    /// Its handle.
    handle: Name,
}

/// A program's account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisService {
    service: Name,
}

/// A key for a program.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    service: Name,
    /// What a list of keys shall show, up to 100 characters.
    label: String,
    /// What it is good for: `account`, `rooms:read`, `rooms:write`, `messages:read`, `messages:write`, `mqtt`, `admin`.
    scopes: Vec<String>,
    /// Seconds until it ends; without it, it is good until it is ended.
    #[schema(minimum = 1)]
    expires_in: Option<u64>,
}

/// One key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisKey {
    service: Name,
    id: Number,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "admin.add_service",
            (Verb::Post, "/v1/admin/services"),
            CHANGE,
            "Add a program's account",
            add,
        )
        .creates()
        .may(&[Code::HandleTaken]),
        Method::new(
            "admin.keys",
            (Verb::Get, "/v1/admin/services/{service}/keys"),
            LOOK,
            "The keys of a program",
            keys,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.add_key",
            (Verb::Post, "/v1/admin/services/{service}/keys"),
            CHANGE,
            "A key for a program",
            add_key,
        )
        .creates()
        .may(&[Code::NotFound, Code::TooMany, Code::Invalid]),
        Method::new(
            "admin.end_key",
            (Verb::Delete, "/v1/admin/services/{service}/keys/{id}"),
            CHANGE,
            "End a key; what came in by it is disconnected",
            end_key,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn add(ask: Ask, input: NewService) -> Result<Me, Problem> {
    let account = ask.bridge().add_service(&input.handle.0).await?;
    Ok(Me::of(&account, Profile::default()))
}

/// The account, if it is a program's.
async fn service(ask: &Ask, name: &Name) -> Result<store::Account, Problem> {
    let account = ask.bridge().user(&name.0).await?;
    if account.service { Ok(account) } else { Err(Problem::not_found("service")) }
}

async fn keys(ask: Ask, input: ThisService) -> Result<Credentials, Problem> {
    let account = service(&ask, &input.service).await?;
    let found = ask.bridge().credentials(account.id).await?;
    let current = ask.caller()?.credential();
    Ok(Credentials { credentials: found.into_iter().map(|one| CredentialSeen::of(one, current)).collect() })
}

async fn add_key(ask: Ask, input: NewKey) -> Result<CredentialGiven, Problem> {
    let account = service(&ask, &input.service).await?;
    let scopes: Result<Scopes, _> = input.scopes.iter().map(|word| word.parse::<Scope>()).collect();
    let scopes = scopes.map_err(|error| Problem::new(Code::Invalid, error.to_string()))?;
    let ttl = input.expires_in.map(lifetime).transpose()?;
    let given = ask.bridge().add_key(&account.handle, input.label, scopes, ttl).await?;
    Ok(CredentialGiven {
        credential: CredentialSeen::of(given.credential, None),
        secret: Secret(given.secret),
    })
}

async fn end_key(ask: Ask, input: ThisKey) -> Result<Done, Problem> {
    let account = service(&ask, &input.service).await?;
    ask.bridge().end_credential(account.id, CredentialId(input.id.0)).await?;
    Ok(Done)
}
