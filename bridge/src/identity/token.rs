//! What devices carry: a JWT signed with EdDSA.

use super::{IdentityError, SigningKey};
use chat::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::Account;

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    /// The user's handle.
    pub(super) sub: String,
    /// The end, in seconds since 1970.
    pub(super) exp: u64,
    /// The beginning, likewise.
    pub(super) iat: u64,
    /// The account's token version: raising it there ends every token given before.
    pub(super) version: i64,
}

/// Signs and reads tokens.
pub(super) struct Tokens {
    signing: EncodingKey,
    reading: DecodingKey,
    rules: Validation,
}

impl Tokens {
    pub(super) fn new(key: &SigningKey) -> Tokens {
        let mut rules = Validation::new(Algorithm::EdDSA);
        // We both sign and read by one clock.
        rules.leeway = 0;
        rules.validate_aud = false;
        Tokens {
            signing: EncodingKey::from_ed_der(&key.private_der),
            reading: DecodingKey::from_ed_der(&key.public),
            rules,
        }
    }

    pub(super) fn sign(
        &self,
        account: &Account,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, IdentityError> {
        let iat = u64::try_from(now.0 / 1_000).unwrap_or(0);
        let claims = Claims {
            sub: account.handle.to_string(),
            exp: iat.saturating_add(ttl.as_secs()),
            iat,
            version: account.token_version,
        };
        encode(&Header::new(Algorithm::EdDSA), &claims, &self.signing)
            .map_err(|error| IdentityError::Sign(error.to_string()))
    }

    /// The claims of a good token; for any other, nothing is said about why.
    pub(super) fn read(&self, token: &str) -> Result<Claims, ()> {
        decode::<Claims>(token, &self.reading, &self.rules).map(|token| token.claims).map_err(drop)
    }
}

/// Whether a password field holds a token: three parts, the first of which is a JSON object in base 64.
pub(super) fn looks_like_one(proof: &str) -> bool {
    proof.starts_with("eyJ") && proof.split('.').count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Handle, UserId};
    use std::time::SystemTime;

    fn ann() -> Account {
        Account {
            id: UserId(1),
            handle: Handle::new("ann").unwrap(),
            password_hash: None,
            admin: false,
            token_version: 3,
            rooms_version: 0,
            created_at: Timestamp(0),
        }
    }

    fn now() -> Timestamp {
        Timestamp(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64)
    }

    #[test]
    fn a_token_is_read_again_by_the_key_that_signed_it_and_no_other() {
        let tokens = Tokens::new(&SigningKey::fresh().unwrap());
        let token = tokens.sign(&ann(), now(), Duration::from_secs(60)).unwrap();
        assert!(looks_like_one(&token));
        let claims = tokens.read(&token).unwrap();
        assert_eq!((claims.sub.as_str(), claims.version), ("ann", 3));
        assert!(Tokens::new(&SigningKey::fresh().unwrap()).read(&token).is_err());
    }

    #[test]
    fn a_token_ends() {
        let tokens = Tokens::new(&SigningKey::fresh().unwrap());
        let before = Timestamp(now().0 - 10_000);
        assert!(tokens.read(&tokens.sign(&ann(), before, Duration::from_secs(5)).unwrap()).is_err());
    }
}
