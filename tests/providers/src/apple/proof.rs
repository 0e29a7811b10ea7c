//! The token by which Apple knows a team.

use super::{Refusal, no};
use crate::exchange::Heard;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use parking_lot::Mutex;
use rcgen::KeyPair;
use serde_json::Value;
use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// A token is good for so many seconds.
const LASTS: i64 = 3600;
/// And may be made in the future by so many.
const AHEAD: i64 = 60;
/// Another one may not come sooner on the same connection.
const UPDATES: Duration = Duration::from_secs(20 * 60);

/// What Apple gives a team.
#[derive(Debug, Clone)]
pub struct TeamKey {
    /// Of the team.
    pub team: String,
    /// Of the key.
    pub key_id: String,
    /// The private key, as it stands in a `.p8` file.
    pub pem: String,
}

/// All teams, and who came with which token.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    teams: Mutex<HashMap<String, Known>>,
    connections: Mutex<HashMap<usize, Seen>>,
}

#[derive(Debug, Clone)]
struct Known {
    team: String,
    topics: Vec<String>,
    public: String,
}

#[derive(Debug)]
struct Seen {
    team: String,
    token: String,
    since: Instant,
}

impl Proofs {
    pub(super) fn team(&self, team: &str, topics: &[&str]) -> TeamKey {
        let key = KeyPair::generate().expect("a key is made");
        let mut teams = self.teams.lock();
        let key_id = format!("KEY{:07}", teams.len() + 1);
        let known = Known {
            team: team.to_owned(),
            topics: topics.iter().map(|&topic| topic.to_owned()).collect(),
            public: key.public_key_pem(),
        };
        teams.insert(key_id.clone(), known);
        TeamKey { team: team.to_owned(), key_id, pem: key.serialize_pem() }
    }

    pub(super) fn share(&self, other: &Proofs, key: &TeamKey) {
        let known = other.teams.lock().get(&key.key_id).cloned().expect("a key of that house");
        self.teams.lock().insert(key.key_id.clone(), known);
    }

    pub(super) fn forget(&self, team: &str) {
        self.teams.lock().retain(|_, known| known.team != team);
    }

    pub(super) fn check(&self, heard: &Heard) -> Result<(), Refusal> {
        let authorization = heard.header("authorization");
        let token = authorization.split_once(' ').filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(|| no(403, "MissingProviderToken"))?;
        let invalid = || no(403, "InvalidProviderToken");
        let header = decode_header(token).map_err(|_| invalid())?;
        let known = header.kid.and_then(|kid| self.teams.lock().get(&kid).cloned()).ok_or_else(invalid)?;
        let claims = claims(token, &known).ok_or_else(invalid)?;
        if claims["iss"] != known.team {
            return Err(invalid());
        }
        let age = now() - claims["iat"].as_i64().ok_or_else(invalid)?;
        if age < -AHEAD {
            return Err(invalid());
        }
        if age > LASTS {
            return Err(no(403, "ExpiredProviderToken"));
        }
        self.updates(heard.connection, &known.team, token)?;
        let owns = known.topics.iter().any(|topic| topic == heard.header("apns-topic"));
        if owns { Ok(()) } else { Err(no(403, "TopicDisallowed")) }
    }

    fn updates(&self, connection: usize, team: &str, token: &str) -> Result<(), Refusal> {
        let mut connections = self.connections.lock();
        let now = Instant::now();
        let fresh = || Seen { team: team.to_owned(), token: token.to_owned(), since: now };
        let seen = connections.entry(connection).or_insert_with(fresh);
        if seen.team != team {
            return Err(no(403, "InvalidProviderToken"));
        }
        if seen.token != token {
            if now - seen.since < UPDATES {
                return Err(no(429, "TooManyProviderTokenUpdates"));
            }
            *seen = fresh();
        }
        Ok(())
    }
}

fn claims(token: &str, known: &Known) -> Option<Value> {
    let key = DecodingKey::from_ec_pem(known.public.as_bytes()).ok()?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    Some(decode::<Value>(token, &key, &validation).ok()?.claims)
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("not so late")
}
