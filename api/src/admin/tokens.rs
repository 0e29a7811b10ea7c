//! Access tokens that an administrator makes for somebody, with grants in them: for back ends that let devices in.

use super::CHANGE;
use crate::accounts::credentials::lifetime;
use crate::ask::Ask;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{Name, Secret};
use bridge::TokenTerms;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use topics::grant::Grant;
use utoipa::ToSchema;

/// How long a token is good for if nobody says otherwise.
const HOUR: Duration = Duration::from_hours(1);

/// A token for somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// Whose: whoever has it may do all that this user may.
    user: Name,
    /// The one MQTT client id it is good for; any without it.
    device: Option<String>,
    /// Seconds until it ends; an hour without it. It can't be taken back but with all that its user came in with.
    #[schema(minimum = 1)]
    expires_in: Option<u64>,
    /// What it grants of the topics of apps, beside what its user is granted anyway.
    #[serde(default)]
    apps: Vec<AppGrant>,
}

/// What a token grants in an app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AppGrant {
    /// The level behind `apps/`: 1 to 64 of `a-z 0-9 . _ -`, the first a letter or digit.
    app: String,
    /// What its bearer may subscribe to: filters of what stands behind `apps/{app}/`, in which a level may be `{user}` or
    /// `{device}`.
    #[serde(default)]
    read: Vec<String>,
    /// What its bearer may publish to, likewise.
    #[serde(default)]
    write: Vec<String>,
}

/// A token, which is seen this once.
#[derive(Debug, Serialize, ToSchema)]
struct TokenGiven {
    access_token: Secret,
    /// Seconds until it ends.
    expires_in: u64,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "admin.add_token",
            (Verb::Post, "/v1/admin/users/{user}/tokens"),
            CHANGE,
            "An access token for a user, with grants in it",
            add,
        )
        .creates()
        .may(&[Code::NotFound, Code::Invalid]),
    ]
}

async fn add(ask: Ask, input: NewToken) -> Result<TokenGiven, Problem> {
    let NewToken { user, device, expires_in, apps } = input;
    let ttl = expires_in.map_or(Ok(HOUR), lifetime)?;
    let apps = apps.into_iter().map(|AppGrant { app, read, write }| Grant { app, read, write }).collect();
    let token = ask.bridge().token_for(&user.0, &TokenTerms { ttl, device, apps }).await?;
    Ok(TokenGiven { access_token: Secret(token.into()), expires_in: ttl.as_secs() })
}
