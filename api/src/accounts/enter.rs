//! In, and in again: what strangers may ask.

use super::seen::Me;
use crate::ask::Ask;
use crate::method::{Access, Done, Method, Rate, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name, Secret};
use bridge::LoggedIn;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const STRANGER: (Access, Rate) = (Access::Anybody, Rate::Stranger);

/// Somebody new.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Register {
    /// What they want to be called, for ever.
    handle: Name,
    /// At least 8 characters.
    password: Secret,
    /// An invitation, where the server asks for one.
    invitation: Option<Secret>,
}

/// Who logs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LogIn {
    /// Their handle.
    user: Name,
    password: Secret,
    /// The MQTT client id that the tokens shall be good for. One that logged in before is logged in anew. Without it, the
    /// server makes one.
    device: Option<String>,
    /// What a list of devices shall show.
    label: Option<String>,
}

/// What an app goes on with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    refresh_token: Secret,
}

/// A password in the place of one that was lost.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reset {
    /// What an administrator gave.
    link: Secret,
    /// The new password, of at least 8 characters.
    password: Secret,
}

/// What somebody who logged in goes on with.
#[derive(Debug, Serialize, ToSchema)]
struct Tokens {
    /// Who.
    user: Name,
    /// The MQTT client id the tokens are good for.
    device: String,
    /// A JWT: a bearer token here, the password over MQTT.
    access_token: Secret,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds that the access token is good for.
    expires_in: u64,
    /// Gets the next two tokens, once. Used twice, it ends the login.
    refresh_token: Secret,
    /// When the refresh token ends if it is not used.
    refresh_expires_at: At,
}

impl From<LoggedIn> for Tokens {
    fn from(one: LoggedIn) -> Tokens {
        Tokens {
            user: Name(one.account.handle),
            device: one.device,
            access_token: Secret(one.access),
            token_type: "Bearer",
            expires_in: one.expires_in.as_secs(),
            refresh_token: Secret(one.refresh),
            refresh_expires_at: At(one.refresh_expires_at),
        }
    }
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("account.register", (Verb::Post, "/v1/accounts"), STRANGER, "Register", register)
            .creates()
            .may(&[Code::RegistrationClosed, Code::NotInvited, Code::HandleTaken, Code::Invalid]),
        Method::new("account.login", (Verb::Post, "/v1/login"), STRANGER, "Log in with a password", log_in)
            .may(&[Code::WrongCredentials, Code::Deactivated, Code::DeviceTaken, Code::Invalid]),
        Method::new("account.refresh", (Verb::Post, "/v1/refresh"), STRANGER, "Get the next tokens", refresh)
            .may(&[Code::WrongCredentials]),
        Method::new(
            "account.reset",
            (Verb::Post, "/v1/password-reset"),
            STRANGER,
            "Set a new password with a link",
            reset,
        )
        .may(&[Code::NotFound, Code::Invalid]),
    ]
}

async fn register(ask: Ask, input: Register) -> Result<Me, Problem> {
    let invitation = input.invitation.as_ref().map(|one| one.0.expose_secret());
    let account = ask.bridge().register(&input.handle.0, input.password.0, invitation).await?;
    Ok(Me::of(&account, store::Profile::default()))
}

async fn log_in(ask: Ask, input: LogIn) -> Result<Tokens, Problem> {
    let LogIn { user, password, device, label } = input;
    Ok(ask.bridge().log_in(&user.0, &password.0, device, label).await?.into())
}

async fn refresh(ask: Ask, input: Refresh) -> Result<Tokens, Problem> {
    Ok(ask.bridge().refresh(&input.refresh_token.0).await?.into())
}

async fn reset(ask: Ask, input: Reset) -> Result<Done, Problem> {
    ask.bridge().reset_password(input.link.0.expose_secret(), input.password.0).await?;
    Ok(Done)
}
