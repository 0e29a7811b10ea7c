//! The token that a service account is good for, fetched by one for all.

use super::account::Account;
use crate::answer::{Answer, Reason, Whose};
use crate::clock::{now, seconds};
use crate::settings::{Limits, Reach, SettingsError};
use crate::transport::{Reply, plain};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A token with less left than this, or a fifth of its life, is renewed.
const LEFT: Duration = Duration::from_secs(300);
/// Seconds of a token's life that are believed.
const LONGEST: u64 = 3600;
/// Nobody asks again sooner after a failure: all who wait hear of the one that was.
const PAUSE: Duration = Duration::from_secs(1);

/// Where tokens come from.
#[derive(Debug)]
pub(super) struct Access {
    account: Account,
    client: reqwest::Client,
    /// Held while one is fetched, so that one is fetched.
    last: Mutex<Last>,
}

#[derive(Debug)]
enum Last {
    Nothing,
    Granted(Granted),
    Failed { answer: Answer, until: Instant },
}

/// A token.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    /// Prints itself as sensitive.
    header: HeaderValue,
    until: Instant,
}

impl Granted {
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

#[derive(Deserialize)]
struct Said {
    access_token: SecretString,
    expires_in: u64,
}

#[derive(Deserialize, Default)]
struct Refused {
    #[serde(default)]
    error: String,
}

impl Access {
    pub(super) fn new(account: Account, reach: &Reach, limits: &Limits) -> Result<Access, SettingsError> {
        Ok(Access { account, client: plain("fcm", reach, limits)?, last: Mutex::new(Last::Nothing) })
    }

    /// A token, and another than `refused`.
    ///
    /// # Errors
    /// The answer for whoever wanted to send something.
    pub(super) async fn granted(&self, refused: Option<&Granted>) -> Result<Granted, Answer> {
        let mut last = self.last.lock().await;
        match &*last {
            Last::Granted(granted)
                if granted.until > Instant::now()
                    && refused.is_none_or(|old| old.header != granted.header) =>
            {
                return Ok(granted.clone());
            }
            Last::Failed { answer, until } if *until > Instant::now() => return Err(answer.clone()),
            _ => {}
        }
        // Whoever stops waiting for it in the middle leaves no half of it behind.
        *last = Last::Nothing;
        let found = self.fetch().await;
        *last = match &found {
            Ok(granted) => Last::Granted(granted.clone()),
            Err(answer) => Last::Failed { answer: answer.clone(), until: Instant::now() + PAUSE },
        };
        found
    }

    async fn fetch(&self) -> Result<Granted, Answer> {
        let began = Instant::now();
        let broken = |words| Answer::Broken { reason: Reason::ours(words) };
        let form =
            self.account.form(seconds(now())).ok_or_else(|| broken("the request could not be signed"))?;
        let request = self
            .client
            .post(self.account.token_uri.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let reply = Reply::to(request).await.map_err(crate::transport::Trouble::answer)?;
        if reply.status != 200 {
            return Err(refusal(&reply));
        }
        let not_understood = || later(None, Reason::ours("a token that nobody understands"));
        let said: Said = serde_json::from_slice(&reply.body).map_err(|_| not_understood())?;
        let mut header = HeaderValue::from_str(&format!("Bearer {}", said.access_token.expose_secret()))
            .map_err(|_| not_understood())?;
        header.set_sensitive(true);
        let life = Duration::from_secs(said.expires_in.min(LONGEST));
        Ok(Granted { header, until: began + life - LEFT.min(life / 5) })
    }
}

fn later(after: Option<Duration>, reason: Reason) -> Answer {
    Answer::Later { after, of: Whose::Provider, reason }
}

/// Why there is no token: `invalid_grant` and the like are the account's fault, everything else passes.
fn refusal(reply: &Reply) -> Answer {
    let said: Refused = serde_json::from_slice(&reply.body).unwrap_or_default();
    let reason = if said.error.is_empty() { Reason::status(reply.status) } else { Reason::told(&said.error) };
    match reply.status {
        408 | 429 | 500.. => later(reply.after, reason),
        _ => Answer::Misconfigured { reason },
    }
}
