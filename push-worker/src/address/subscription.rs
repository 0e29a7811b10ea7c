//! What a browser gives those who may wake it: an address of its service, and keys.

use super::AddressError;
use super::token::Token;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use web_push_native::p256::PublicKey;

/// What a browser gives those who may wake it.
#[derive(Clone)]
pub struct Subscription {
    pub(crate) endpoint: Url,
    pub(crate) key: PublicKey,
    auth: SecretString,
    text: Token,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = Token::new(self.endpoint.path());
        write!(f, "{}{}", self.endpoint.origin().ascii_serialization(), path.shortened())
    }
}

/// Bytes of the longest text of a subscription.
const LONGEST: usize = 4096;
/// And of its address.
const LONGEST_ENDPOINT: usize = 2048;

/// What of it matters, and in this order: browsers say more, and what they say is compared as text.
#[derive(Deserialize, Serialize)]
struct Written {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize, Serialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

impl Subscription {
    pub(super) fn read(text: &str) -> Result<Subscription, AddressError> {
        if text.len() > LONGEST {
            return Err(AddressError::Web);
        }
        let written: Written = serde_json::from_str(text).map_err(|_| AddressError::Web)?;
        let endpoint = Url::parse(&written.endpoint).map_err(|_| AddressError::Web)?;
        let is_good = endpoint.scheme() == "https"
            && endpoint.has_host()
            && endpoint.username().is_empty()
            && endpoint.password().is_none()
            && endpoint.fragment().is_none()
            && written.endpoint.len() <= LONGEST_ENDPOINT;
        let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let key = bytes(&written.keys.p256dh).ok().and_then(|key| PublicKey::from_sec1_bytes(&key).ok());
        let auth = bytes(&written.keys.auth).is_ok_and(|auth| auth.len() == 16);
        let text = Token::new(&serde_json::to_string(&written).map_err(|_| AddressError::Web)?);
        match key {
            Some(key) if is_good && auth => {
                Ok(Subscription { endpoint, key, auth: SecretString::from(written.keys.auth), text })
            }
            _ => Err(AddressError::Web),
        }
    }

    pub(super) fn text(&self) -> &SecretString {
        self.text.secret()
    }

    /// The secret that the browser shares with us.
    pub(crate) fn auth(&self) -> Option<[u8; 16]> {
        let text = self.auth.expose_secret().trim_end_matches('=');
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
    }
}
