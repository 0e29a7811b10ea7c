//! Who the connections of a relay say they are, if the broker wants to know.

use crate::password;
use anyhow::Context;
use bench::{Folk, Relay};
use mqtt::packet::Password;
use secrecy::ExposeSecret;

/// One user for all of them, or nobody.
pub(super) fn of(relay: &Relay) -> anyhow::Result<Folk> {
    let Some(user) = &relay.user else { return Ok(Folk::default()) };
    let password = match &relay.password_env {
        Some(variable) => {
            std::env::var(variable).with_context(|| format!("cannot read the password from `{variable}`"))?
        }
        None => password::from_stdin()?.expose_secret().to_owned(),
    };
    Ok(Folk::one(user.clone(), Password(password.into())))
}
