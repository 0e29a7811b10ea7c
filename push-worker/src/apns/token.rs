//! Who we are with Apple: a token signed with the team's key, the same for everything the team sends.
//!
//! Apple refuses those that are older than an hour and those who come with new ones more often than each 20 minutes. So
//! one is made when it is needed, given to everybody, and renewed in time, by one.

use crate::clock::seconds;
use chat::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use parking_lot::Mutex;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::time::Duration;
use tokio::time::Instant;

/// From then on nobody is given it any more: Apple's hour, less what clocks differ and a call takes.
const RENEWED: Duration = Duration::from_secs(50 * 60);
/// Before that no other is made, whatever Apple says.
const YOUNG: Duration = Duration::from_secs(20 * 60);

/// The token of a team.
pub(super) struct TeamToken {
    team: String,
    key_id: String,
    key: EncodingKey,
    current: Mutex<Option<Signed>>,
}

/// One that was made.
#[derive(Clone)]
pub(super) struct Signed {
    header: HeaderValue,
    made: Instant,
    made_at: Timestamp,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
}

impl TeamToken {
    /// `None` if it is no key.
    pub(super) fn new(team: &str, key_id: &str, key: &SecretString) -> Option<TeamToken> {
        let key = EncodingKey::from_ec_pem(key.expose_secret().as_bytes()).ok()?;
        let token =
            TeamToken { team: team.to_owned(), key_id: key_id.to_owned(), key, current: Mutex::new(None) };
        // Of another curve, it would be found out only here.
        token.sign(Instant::now(), Timestamp(0))?;
        Some(token)
    }

    /// The one to use now. `None` if none can be made.
    pub(super) fn current(&self, at: Timestamp) -> Option<Signed> {
        let now = Instant::now();
        let mut current = self.current.lock();
        match &*current {
            Some(signed) if signed.age(now, at) < RENEWED => Some(signed.clone()),
            _ => {
                *current = self.sign(now, at);
                current.clone()
            }
        }
    }

    /// The one to use after `used` was said to be too old; `None` if there can't be another yet.
    pub(super) fn after(&self, used: &Signed, at: Timestamp) -> Option<Signed> {
        let now = Instant::now();
        let mut current = self.current.lock();
        match &*current {
            Some(signed) if signed.header != used.header => Some(signed.clone()),
            Some(signed) if signed.age(now, at) < YOUNG => None,
            _ => {
                *current = self.sign(now, at);
                current.clone()
            }
        }
    }

    fn sign(&self, made: Instant, made_at: Timestamp) -> Option<Signed> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = None;
        header.kid = Some(self.key_id.clone());
        let token = encode(&header, &Claims { iss: &self.team, iat: seconds(made_at) }, &self.key).ok()?;
        let mut header = HeaderValue::from_str(&format!("bearer {token}")).ok()?;
        header.set_sensitive(true);
        Some(Signed { header, made, made_at })
    }
}

impl Signed {
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// By whichever clock says more: one stands still while the machine sleeps, the other may be set.
    fn age(&self, now: Instant, at: Timestamp) -> Duration {
        let by_date = Duration::from_millis(at.0.saturating_sub(self.made_at.0).max(0).unsigned_abs());
        now.saturating_duration_since(self.made).max(by_date)
    }
}

impl std::fmt::Debug for TeamToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TeamToken")
            .field("team", &self.team)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use web_push_native::p256::SecretKey;
    use web_push_native::p256::elliptic_curve::rand_core::OsRng;
    use web_push_native::p256::pkcs8::{EncodePrivateKey, LineEnding};

    const MINUTE: Duration = Duration::from_secs(60);
    const AT: Timestamp = Timestamp(1_700_000_000_000);

    fn token() -> TeamToken {
        let key = SecretKey::random(&mut OsRng).to_pkcs8_pem(LineEnding::LF).expect("PEM");
        TeamToken::new("TEAM", "KEY", &SecretString::from(key.as_str())).expect("a key")
    }

    fn later(minutes: i64) -> Timestamp {
        Timestamp(AT.0 + minutes * 60_000)
    }

    #[tokio::test(start_paused = true)]
    async fn one_token_lasts_for_fifty_minutes_and_not_for_fifty_five() {
        let token = token();
        let first = token.current(AT).expect("signed");
        for _ in 0..49 {
            tokio::time::advance(MINUTE).await;
            assert_eq!(token.current(AT).expect("signed").header, first.header);
        }
        tokio::time::advance(MINUTE).await;
        assert_ne!(token.current(AT).expect("signed").header, first.header);
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_slept_makes_another_by_the_date() {
        let token = token();
        let first = token.current(AT).expect("signed");
        assert_eq!(token.current(later(49)).expect("signed").header, first.header);
        assert_ne!(token.current(later(51)).expect("signed").header, first.header);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_refused_is_renewed_once_for_everybody_and_not_while_it_is_young() {
        let token = token();
        let first = token.current(AT).expect("signed");
        assert!(token.after(&first, AT).is_none(), "no other within twenty minutes");
        tokio::time::advance(21 * MINUTE).await;
        let second = token.after(&first, AT).expect("it may be renewed");
        assert_ne!(second.header, first.header);
        // Whoever was refused with the first one as well is given the second.
        assert_eq!(token.after(&first, AT).expect("there is one").header, second.header);
        assert!(token.after(&second, AT).is_none());
    }

    #[test]
    fn what_is_no_key_of_the_right_curve_is_none() {
        assert!(TeamToken::new("T", "K", &SecretString::from("secret")).is_none());
    }
}
