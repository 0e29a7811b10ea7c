//! What apps carry: a JWT signed with EdDSA, good for an hour or so.

use super::{IdentityError, SigningKey, secret};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chat::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};
use store::{Account, CredentialId, SecretHash};
use topics::grant::Grant;

/// Tokens that are known to be rightly signed, about 300 bytes each, and up to 4 KiB where one carries grants. A signature takes twenty times as long as a hash,
/// and who asks shows the same token each time.
const KNOWN: usize = 16_384;

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Claims {
    /// The user's handle.
    pub(super) sub: String,
    /// The end, in seconds since 1970.
    pub(super) exp: u64,
    /// The beginning, likewise.
    pub(super) iat: u64,
    /// The account's token version: raising it there ends every token given before that names no login.
    pub(super) version: i64,
    /// The login it was given to, as digits: when that ends, so does the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login: Option<String>,
    /// The one MQTT client id it is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<String>,
    /// What it grants of the topics of apps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) apps: Vec<Grant>,
}

/// What a token says beside whose it is and until when.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Good<'a> {
    /// The login it is given to.
    pub(crate) login: Option<CredentialId>,
    /// The one MQTT client id it is good for.
    pub(crate) device: Option<&'a str>,
    /// What it grants of the topics of apps.
    pub(crate) apps: &'a [Grant],
}

/// Signs and reads tokens.
pub(super) struct Tokens {
    signing: EncodingKey,
    reading: DecodingKey,
    rules: Validation,
    key_id: String,
    key_set: String,
    /// What good tokens said, by their hashes: a token itself is kept nowhere.
    known: Cache<SecretHash, Claims>,
}

impl Claims {
    pub(super) fn login(&self) -> Option<CredentialId> {
        self.login.as_deref()?.parse().ok().map(CredentialId)
    }

    /// When a connection that came in by it ends: somewhere in the token's last tenth, so that those who logged in
    /// together do not all come back together.
    pub(super) fn end(&self) -> SystemTime {
        let life = Duration::from_secs(self.exp.saturating_sub(self.iat));
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.exp) - life.mul_f64(fastrand::f64() / 10.0)
    }
}

impl Tokens {
    pub(super) fn new(key: &SigningKey) -> Tokens {
        let mut rules = Validation::new(Algorithm::EdDSA);
        // We both sign and read by one clock.
        rules.leeway = 0;
        rules.validate_aud = false;
        let x = URL_SAFE_NO_PAD.encode(&key.public);
        let key_id = thumbprint(&x);
        Tokens {
            signing: EncodingKey::from_ed_der(&key.private_der),
            reading: DecodingKey::from_ed_der(&key.public),
            rules,
            key_set: format!(
                r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"{key_id}","x":"{x}"}}]}}"#
            ),
            key_id,
            known: Cache::new(KNOWN),
        }
    }

    pub(super) fn sign(
        &self,
        account: &Account,
        good: Good<'_>,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, IdentityError> {
        let iat = u64::try_from(now.0 / 1_000).unwrap_or(0);
        let claims = Claims {
            sub: account.handle.to_string(),
            exp: iat.saturating_add(ttl.as_secs()),
            iat,
            version: account.token_version,
            login: good.login.map(|login| login.0.to_string()),
            device: good.device.map(ToOwned::to_owned),
            apps: good.apps.to_vec(),
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &self.signing).map_err(|error| IdentityError::Sign(error.to_string()))
    }

    /// The claims of a good token; for any other, nothing is said about why.
    pub(super) fn read(&self, token: &str) -> Result<Claims, ()> {
        let hash = secret::hash(token.as_bytes());
        if let Some(claims) = self.known.get(&hash) {
            return if claims.exp < jsonwebtoken::get_current_timestamp() { Err(()) } else { Ok(claims) };
        }
        let claims = decode::<Claims>(token, &self.reading, &self.rules).map_err(drop)?.claims;
        self.known.insert(hash, claims.clone());
        Ok(claims)
    }

    pub(super) fn key_set(&self) -> &str {
        &self.key_set
    }
}

/// A key's name that follows from the key (RFC 7638).
fn thumbprint(x: &str) -> String {
    let key = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, key.as_bytes()))
}

/// Whether a password field holds a token: three parts, the first of which is a JSON object in base 64.
pub(super) fn looks_like_one(proof: &str) -> bool {
    proof.starts_with("eyJ") && proof.split('.').count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Handle, UserId};
    use store::AccountState;

    fn ann() -> Account {
        Account {
            id: UserId(1),
            handle: Handle::new("ann").unwrap(),
            password_hash: None,
            admin: false,
            service: false,
            state: AccountState::Active,
            token_version: 3,
            rooms_version: 0,
            has_credentials: false,
            created_at: Timestamp(0),
            last_login_at: None,
        }
    }

    fn now() -> Timestamp {
        Timestamp(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64)
    }

    #[test]
    fn a_token_is_read_again_by_the_key_that_signed_it_and_no_other() {
        let tokens = Tokens::new(&SigningKey::fresh().unwrap());
        let token = tokens.sign(&ann(), Good::default(), now(), Duration::from_secs(60)).unwrap();
        assert!(looks_like_one(&token));
        let claims = tokens.read(&token).unwrap();
        assert_eq!((claims.sub.as_str(), claims.version, claims.login()), ("ann", 3, None));
        assert!(Tokens::new(&SigningKey::fresh().unwrap()).read(&token).is_err());
    }

    #[test]
    fn a_token_of_a_login_names_it_and_its_device() {
        let tokens = Tokens::new(&SigningKey::fresh().unwrap());
        let login = CredentialId(i64::MAX);
        let good = Good { login: Some(login), device: Some("phone"), apps: &[] };
        let token = tokens.sign(&ann(), good, now(), Duration::from_secs(60)).unwrap();
        let claims = tokens.read(&token).unwrap();
        assert_eq!((claims.login(), claims.device.as_deref()), (Some(login), Some("phone")));
    }

    #[test]
    fn a_token_carries_what_it_grants() {
        let tokens = Tokens::new(&SigningKey::fresh().unwrap());
        let meter = Grant { app: "meter".into(), read: vec!["{device}/#".into()], write: Vec::new() };
        let good = Good { apps: std::slice::from_ref(&meter), ..Good::default() };
        let token = tokens.sign(&ann(), good, now(), Duration::from_secs(60)).unwrap();
        assert_eq!(tokens.read(&token).unwrap().apps, [meter]);
    }

    #[test]
    fn a_token_ends() {
        let tokens = Tokens::new(&SigningKey::fresh().unwrap());
        let before = Timestamp(now().0 - 10_000);
        let token = tokens.sign(&ann(), Good::default(), before, Duration::from_secs(5)).unwrap();
        assert!(tokens.read(&token).is_err());
    }

    #[test]
    fn a_token_that_was_read_before_ends_like_any_other() {
        let tokens = Tokens::new(&SigningKey::fresh().unwrap());
        let token = tokens.sign(&ann(), Good::default(), now(), Duration::from_secs(60)).unwrap();
        let claims = tokens.read(&token).unwrap();
        assert!(tokens.read(&token).is_ok());
        tokens.known.insert(secret::hash(token.as_bytes()), Claims { exp: claims.iat - 1, ..claims });
        assert!(tokens.read(&token).is_err());
    }

    #[test]
    fn connections_of_tokens_that_were_given_together_end_in_the_last_tenth_of_them() {
        let claims = Claims {
            sub: "ann".into(),
            exp: 2_000,
            iat: 1_000,
            version: 1,
            login: None,
            device: None,
            apps: Vec::new(),
        };
        for _ in 0..100 {
            let end = claims.end().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
            assert!((1_900.0..=2_000.0).contains(&end), "{end}");
        }
    }

    #[test]
    fn the_published_key_reads_what_was_signed() {
        let tokens = Tokens::new(&SigningKey::fresh().unwrap());
        let token = tokens.sign(&ann(), Good::default(), now(), Duration::from_secs(60)).unwrap();
        let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_str(tokens.key_set()).unwrap();
        let key = keys.find(&jsonwebtoken::decode_header(&token).unwrap().kid.unwrap()).unwrap();
        let reading = DecodingKey::from_jwk(key).unwrap();
        assert!(decode::<Claims>(&token, &reading, &tokens.rules).is_ok());
    }
}
