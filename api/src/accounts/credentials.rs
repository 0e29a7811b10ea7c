//! What one comes in with.

use super::seen::{CredentialGiven, CredentialSeen, Credentials};
use crate::ask::Ask;
use crate::method::{Access, Done, Method, Nothing, Rate, Verb};
use crate::problem::{Code, Problem};
use crate::words::{Number, Secret};
use bridge::identity::Scope;
use serde::Deserialize;
use std::time::Duration;
use store::CredentialId;
use utoipa::ToSchema;

const LOOK: (Access, Rate) = (Access::Scope(Scope::Account), Rate::Read);
const CHANGE: (Access, Rate) = (Access::Scope(Scope::Account), Rate::Write);

/// A device that can't log in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDeviceToken {
    /// Its MQTT client id, the only one the token is good for.
    device: String,
    /// What a list of devices shall show, up to 100 characters.
    #[serde(default)]
    label: String,
    /// Seconds until it ends; without it, it is good until it is ended.
    #[schema(minimum = 1)]
    expires_in: Option<u64>,
}

/// A credential.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisCredential {
    id: Number,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "me.credentials",
            (Verb::Get, "/v1/me/credentials"),
            LOOK,
            "My logins, device tokens and keys",
            list,
        ),
        Method::new(
            "me.end_credential",
            (Verb::Delete, "/v1/me/credentials/{id}"),
            CHANGE,
            "End one of them; what came in by it is disconnected",
            end,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "me.add_device_token",
            (Verb::Post, "/v1/me/device-tokens"),
            CHANGE,
            "A token for a device that can't log in",
            add_device_token,
        )
        .creates()
        .may(&[Code::DeviceTaken, Code::TooMany, Code::Invalid]),
    ]
}

async fn list(ask: Ask, _: Nothing) -> Result<Credentials, Problem> {
    let caller = ask.caller()?;
    let found = ask.bridge().credentials(caller.account.id).await?;
    let current = caller.credential();
    Ok(Credentials { credentials: found.into_iter().map(|one| CredentialSeen::of(one, current)).collect() })
}

async fn end(ask: Ask, input: ThisCredential) -> Result<Done, Problem> {
    ask.bridge().end_credential(ask.caller()?.account.id, CredentialId(input.id.0)).await?;
    Ok(Done)
}

async fn add_device_token(ask: Ask, input: NewDeviceToken) -> Result<CredentialGiven, Problem> {
    let NewDeviceToken { device, label, expires_in } = input;
    let ttl = expires_in.map(lifetime).transpose()?;
    let user = ask.caller()?.account.id;
    let given = ask.bridge().add_device_token(user, device, label, ttl).await?;
    Ok(CredentialGiven {
        credential: CredentialSeen::of(given.credential, None),
        secret: Secret(given.secret),
    })
}

/// Seconds that a credential or ticket shall live: at least one, at most ten years.
pub(crate) fn lifetime(seconds: u64) -> Result<Duration, Problem> {
    const MOST: u64 = 10 * 366 * 86_400;
    match seconds {
        1..=MOST => Ok(Duration::from_secs(seconds)),
        _ => Err(Problem::new(Code::Invalid, format!("`expires_in` is from 1 to {MOST} seconds"))),
    }
}
