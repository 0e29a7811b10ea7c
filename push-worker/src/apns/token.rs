//! Who we are with Apple: a token signed with the team's key, the same for everything the team sends.
//!
//! Apple refuses those that are older than an hour, and a connection on which they change more often than each 20
//! minutes; and it wants a team to have one, however many processes send for it. So the token is a function of key and time: it says
//! that it was made at the last half hour, and the signature is the one that RFC 6979 gives. Processes that never hear of
//! each other send the same bytes.
//!
//! Start at [`TeamToken::current`].

#[cfg(test)]
mod tests;

use crate::clock::seconds;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chat::Timestamp;
use parking_lot::Mutex;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use web_push_native::p256::ecdsa::signature::Signer;
use web_push_native::p256::ecdsa::{Signature, SigningKey};
use web_push_native::p256::pkcs8::DecodePrivateKey;

const MINUTE: i64 = 60;
/// Everybody changes when one of these begins.
const WINDOW: i64 = 30 * MINUTE;
/// The same for who was refused and can't wait for it.
const STEP: i64 = 10 * MINUTE;
/// It says that it was made so long before that: Apple takes nothing from the future, and clocks differ.
const BACK: i64 = 5 * MINUTE;
/// Whoever has begun to use one keeps it for so long.
const KEPT: i64 = 20 * MINUTE;
/// But none is older: Apple's hour, less what clocks differ and a call takes. One is taken up at an age of 35 minutes at
/// most, so there is time to keep it.
const OLDEST: i64 = 55 * MINUTE;

/// The token of a team.
pub(super) struct TeamToken {
    team: String,
    key_id: String,
    key: SigningKey,
    used: Mutex<Option<Used>>,
}

/// The one that is sent now.
struct Used {
    signed: Signed,
    /// Since when we send it.
    since: i64,
}

/// One that was made.
#[derive(Clone)]
pub(super) struct Signed {
    header: HeaderValue,
    /// When it says it was made. All times here are seconds since 1970.
    made: i64,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
}

impl TeamToken {
    /// `None` if it is no key.
    pub(super) fn new(team: &str, key_id: &str, key: &SecretString) -> Option<TeamToken> {
        let key = SigningKey::from_pkcs8_pem(key.expose_secret()).ok()?;
        Some(TeamToken { team: team.to_owned(), key_id: key_id.to_owned(), key, used: Mutex::new(None) })
    }

    /// The one to use now. `None` if none can be made.
    pub(super) fn current(&self, at: Timestamp) -> Option<Signed> {
        self.current_of(&mut self.used.lock(), seconds(at))
    }

    /// The one to use after `refused` was said to be too old; `None` if there can't be another yet.
    pub(super) fn after(&self, refused: &Signed, at: Timestamp) -> Option<Signed> {
        let now = seconds(at);
        let mut used = self.used.lock();
        let current = self.current_of(&mut used, now)?;
        if current.header != refused.header {
            return Some(current);
        }
        let since = used.as_ref().map_or(now, |used| used.since);
        let made = last(STEP, now);
        if now - since < KEPT || made <= current.made {
            return None;
        }
        self.take_up(&mut used, made, now)
    }

    fn current_of(&self, used: &mut Option<Used>, now: i64) -> Option<Signed> {
        match used {
            Some(used) if used.is_good(now) => Some(used.signed.clone()),
            _ => self.take_up(used, last(WINDOW, now), now),
        }
    }

    fn take_up(&self, used: &mut Option<Used>, made: i64, now: i64) -> Option<Signed> {
        let signed = self.sign(made)?;
        *used = Some(Used { signed: signed.clone(), since: now });
        Some(signed)
    }

    fn sign(&self, made: i64) -> Option<Signed> {
        let header = encode(&Header { alg: "ES256", kid: &self.key_id })?;
        let claims = encode(&Claims { iss: &self.team, iat: made })?;
        let words = format!("{header}.{claims}");
        let signature: Signature = self.key.try_sign(words.as_bytes()).ok()?;
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes());
        let mut header = HeaderValue::from_str(&format!("bearer {words}.{signature}")).ok()?;
        header.set_sensitive(true);
        Some(Signed { header, made })
    }
}

impl Used {
    fn is_good(&self, now: i64) -> bool {
        let age = now - self.signed.made;
        let is_young = now - self.since < KEPT;
        // A clock that was set back makes it one of the future.
        (0..OLDEST).contains(&age) && (is_young || self.signed.made >= last(WINDOW, now))
    }
}

impl Signed {
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

/// When a token was made that everybody takes up in this stretch of time.
fn last(stretch: i64, now: i64) -> i64 {
    now - now.rem_euclid(stretch) - BACK
}

fn encode(part: &impl Serialize) -> Option<String> {
    serde_json::to_vec(part).ok().map(|part| BASE64_URL_SAFE_NO_PAD.encode(part))
}

impl std::fmt::Debug for TeamToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TeamToken")
            .field("team", &self.team)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}
