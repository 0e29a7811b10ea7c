//! People, as administrators see and treat them.

use super::{CHANGE, LOOK};
use crate::accounts::seen::Me;
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::Name;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SomeUser {
    pub(super) user: Name,
}

/// A page of all users.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UsersPage {
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Accounts by handle.
#[derive(Debug, Serialize, ToSchema)]
struct Accounts {
    users: Vec<Me>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// Whether a user administers the server.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetAdmin {
    user: Name,
    admin: bool,
}

/// Who goes, and how much with them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Farewell {
    user: Name,
    /// Whether what they said goes too, for ever, as if they had taken it back. It can be asked for later as well.
    #[serde(default)]
    erase: bool,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("admin.users", (Verb::Get, "/v1/admin/users"), LOOK, "All users, by handle", list),
        Method::new("admin.user", (Verb::Get, "/v1/admin/users/{user}"), LOOK, "An account", get)
            .may(&[Code::NotFound]),
        Method::new(
            "admin.set_admin",
            (Verb::Put, "/v1/admin/users/{user}/admin"),
            CHANGE,
            "Make a user an administrator, or none",
            set_admin,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.deactivate",
            (Verb::Post, "/v1/admin/users/{user}/deactivate"),
            CHANGE,
            "Let nobody in as this user; who is here is disconnected",
            deactivate,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.reactivate",
            (Verb::Post, "/v1/admin/users/{user}/reactivate"),
            CHANGE,
            "Let a deactivated user in again",
            reactivate,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.logout",
            (Verb::Post, "/v1/admin/users/{user}/logout"),
            CHANGE,
            "End everything a user came in with",
            log_out,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.delete",
            (Verb::Post, "/v1/admin/users/{user}/delete"),
            CHANGE,
            "Delete an account for ever",
            delete,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn list(ask: Ask, input: UsersPage) -> Result<Accounts, Problem> {
    const LIST: &str = "admin.users";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let mut found = ask.bridge().users(after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, last.handle.as_str()));
    let mut users = Vec::with_capacity(found.len());
    for account in found {
        users.push(seen(&ask, &account).await?);
    }
    Ok(Accounts { users, next })
}

async fn seen(ask: &Ask, account: &store::Account) -> Result<Me, Problem> {
    Ok(Me::of(account, ask.bridge().profile(account.id).await?))
}

async fn get(ask: Ask, input: SomeUser) -> Result<Me, Problem> {
    let account = ask.store().account(&input.user.0).await?;
    seen(&ask, &account.ok_or_else(|| Problem::not_found("user"))?).await
}

async fn set_admin(ask: Ask, input: SetAdmin) -> Result<Me, Problem> {
    let account = ask.bridge().set_admin(&input.user.0, input.admin).await?;
    seen(&ask, &account).await
}

async fn deactivate(ask: Ask, input: SomeUser) -> Result<Me, Problem> {
    let account = ask.bridge().deactivate(&input.user.0).await?;
    seen(&ask, &account).await
}

async fn reactivate(ask: Ask, input: SomeUser) -> Result<Me, Problem> {
    let account = ask.bridge().reactivate(&input.user.0).await?;
    seen(&ask, &account).await
}

async fn log_out(ask: Ask, input: SomeUser) -> Result<Done, Problem> {
    let user = ask.bridge().user(&input.user.0).await?.id;
    ask.bridge().log_out_everywhere(user).await?;
    Ok(Done)
}

async fn delete(ask: Ask, input: Farewell) -> Result<Done, Problem> {
    ask.bridge().delete(&input.user.0, input.erase).await?;
    Ok(Done)
}
