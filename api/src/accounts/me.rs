//! One's own account, and others as one sees them.

use super::seen::{Me, User};
use crate::ask::Ask;
use crate::method::{Access, Done, Method, Nothing, Rate, Verb};
use crate::problem::{Code, Problem};
use crate::words::{Name, Secret};
use bridge::identity::Scope;
use serde::Deserialize;
use store::{AccountState, Profile};
use utoipa::ToSchema;

const LOOK: (Access, Rate) = (Access::Scope(Scope::Account), Rate::Read);
const CHANGE: (Access, Rate) = (Access::Scope(Scope::Account), Rate::Write);

/// A user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisUser {
    user: Name,
}

/// What others may know. A key that is absent is cleared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProfile {
    /// What people call them, up to 100 characters.
    name: Option<String>,
    /// A few words on themselves, up to 1,000 characters.
    about: Option<String>,
    /// Where their picture is: `https://…`, or `/v1/media/{number}/thumbnail` of a picture that they uploaded.
    avatar: Option<String>,
}

/// Another password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The one until now.
    current: Secret,
    /// At least 8 characters.
    new: Secret,
    /// Whether other logins and devices go on. Without it they end.
    #[serde(default)]
    keep_others: bool,
}

/// Asked again before what can't be undone by oneself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirm {
    /// One's password.
    password: Secret,
}

/// Asked again, and how much goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Farewell {
    /// One's password.
    password: Secret,
    /// Whether what I said goes too, for ever, as if I had taken it back. Without it, it stays in its rooms.
    #[serde(default)]
    erase: bool,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("me.get", (Verb::Get, "/v1/me"), LOOK, "My account", get),
        Method::new(
            "me.set_profile",
            (Verb::Put, "/v1/me/profile"),
            CHANGE,
            "Replace my profile",
            set_profile,
        )
        .may(&[Code::Invalid]),
        Method::new(
            "me.set_password",
            (Verb::Post, "/v1/me/password"),
            CHANGE,
            "Change my password",
            password,
        )
        .may(&[Code::WrongCredentials, Code::Invalid]),
        Method::new("me.logout", (Verb::Post, "/v1/logout"), CHANGE, "End this login", log_out)
            .may(&[Code::NotFound]),
        Method::new(
            "me.logout_everywhere",
            (Verb::Post, "/v1/logout-everywhere"),
            CHANGE,
            "End every login, device token and key of mine",
            log_out_everywhere,
        ),
        Method::new(
            "me.deactivate",
            (Verb::Post, "/v1/me/deactivate"),
            CHANGE,
            "Deactivate my account, until an administrator lets me in again",
            deactivate,
        )
        .may(&[Code::WrongCredentials]),
        Method::new("me.delete", (Verb::Post, "/v1/me/delete"), CHANGE, "Delete my account for ever", delete)
            .may(&[Code::WrongCredentials]),
        Method::new(
            "users.get",
            (Verb::Get, "/v1/users/{user}"),
            (Access::Scope(Scope::RoomsRead), Rate::Read),
            "A user",
            user,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn get(ask: Ask, _: Nothing) -> Result<Me, Problem> {
    let account = &ask.caller()?.account;
    let profile = ask.bridge().profile(account.id).await?;
    Ok(Me::of(account, profile))
}

async fn set_profile(ask: Ask, input: NewProfile) -> Result<Me, Problem> {
    let account = &ask.caller()?.account;
    let NewProfile { name, about, avatar } = input;
    let profile = Profile { name, about, avatar };
    ask.bridge().set_profile(account.id, &profile).await?;
    Ok(Me::of(account, profile))
}

async fn password(ask: Ask, input: NewPassword) -> Result<Done, Problem> {
    let NewPassword { current, new, keep_others } = input;
    ask.bridge().change_password(ask.caller()?, &current.0, new.0, keep_others).await?;
    Ok(Done)
}

async fn log_out(ask: Ask, _: Nothing) -> Result<Done, Problem> {
    ask.bridge().log_out(ask.caller()?).await?;
    Ok(Done)
}

async fn log_out_everywhere(ask: Ask, _: Nothing) -> Result<Done, Problem> {
    ask.bridge().log_out_everywhere(ask.caller()?.account.id).await?;
    Ok(Done)
}

async fn deactivate(ask: Ask, input: Confirm) -> Result<Done, Problem> {
    let caller = ask.caller()?;
    ask.bridge().confirm(caller, &input.password.0).await?;
    ask.bridge().deactivate(&caller.account.handle).await?;
    Ok(Done)
}

async fn delete(ask: Ask, input: Farewell) -> Result<Done, Problem> {
    let caller = ask.caller()?;
    ask.bridge().confirm(caller, &input.password.0).await?;
    ask.bridge().delete(&caller.account.handle, input.erase).await?;
    Ok(Done)
}

async fn user(ask: Ask, input: ThisUser) -> Result<User, Problem> {
    let account = ask.bridge().user_for(ask.caller()?.account.id, &input.user.0).await?;
    // Who is not here looks like who never was.
    if account.state != AccountState::Active {
        return Err(Problem::not_found("user"));
    }
    let profile = ask.bridge().profile(account.id).await?;
    Ok(User::of(&account, profile))
}
