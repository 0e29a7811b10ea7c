//! The file that Google gives for a service account.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// What we want to be allowed.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// What a token is asked for with.
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Seconds that we say who we are for: the most Google takes.
const LASTS: i64 = 3600;

/// A service account.
pub(super) struct Account {
    pub(super) project: Option<String>,
    pub(super) token_uri: Url,
    email: String,
    key_id: Option<String>,
    key: EncodingKey,
}

#[derive(Deserialize)]
struct Written {
    client_email: String,
    private_key: SecretString,
    private_key_id: Option<String>,
    token_uri: String,
    project_id: Option<String>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

impl Account {
    /// Reads the file's JSON.
    pub(super) fn read(json: &SecretString) -> Result<Account, &'static str> {
        let written: Written = serde_json::from_str(json.expose_secret())
            .map_err(|_| "`fcm.account` is not the JSON of a service account")?;
        let key = EncodingKey::from_rsa_pem(written.private_key.expose_secret().as_bytes())
            .map_err(|_| "`private_key` in `fcm.account` is no RSA key in PEM")?;
        let token_uri = Url::parse(&written.token_uri)
            .ok()
            .filter(|uri| uri.scheme() == "https" && uri.has_host())
            .ok_or("`token_uri` in `fcm.account` is not https://…")?;
        let account = Account {
            project: written.project_id,
            token_uri,
            email: written.client_email,
            key_id: written.private_key_id,
            key,
        };
        account.form(0).ok_or("`private_key` in `fcm.account` can't sign")?;
        Ok(account)
    }

    /// What is sent to ask for a token at `now`, in seconds since 1970.
    pub(super) fn form(&self, now: i64) -> Option<String> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid.clone_from(&self.key_id);
        let aud = self.token_uri.as_str();
        let claims = Claims { iss: &self.email, scope: SCOPE, aud, iat: now, exp: now + LASTS };
        let assertion = encode(&header, &claims, &self.key).ok()?;
        // Letters, figures, `-`, `_` and `.` need no other spelling, and there is nothing else in it.
        Some(format!("grant_type={}&assertion={assertion}", GRANT.replace(':', "%3A")))
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("email", &self.email)
            .field("token_uri", &self.token_uri.as_str())
            .finish_non_exhaustive()
    }
}
