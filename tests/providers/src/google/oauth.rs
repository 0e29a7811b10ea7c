//! Tokens for a service account: it says who it is, signed, and is given one for an hour.

use crate::exchange::{Heard, Said};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use parking_lot::Mutex;
use serde_json::{Value, json};
use uuid::Uuid;

const EMAIL: &str = "push@a-test.example.org";
/// Either is enough to push.
const SCOPES: [&str; 2] =
    ["https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform"];
const GRANT: &str = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";

#[derive(Debug)]
pub(super) struct Tokens {
    key: KeyPair,
    good: Mutex<Vec<String>>,
}

impl Tokens {
    pub(super) fn new() -> Tokens {
        Tokens { key: KeyPair::generate(KeySize::Rsa2048).expect("a key is made"), good: Mutex::default() }
    }

    pub(super) fn account(&self, project: &str, token_uri: &str) -> String {
        let der = AsDer::<Pkcs8V1Der>::as_der(&self.key).expect("it can be written");
        let body: Vec<String> = BASE64_STANDARD
            .encode(der.as_ref())
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", body.join("\n"));
        json!({
            "type": "service_account",
            "project_id": project,
            "private_key_id": "a-key-of-a-test",
            "private_key": pem,
            "client_email": EMAIL,
            "client_id": "1",
            "auth_uri": token_uri,
            "token_uri": token_uri,
        })
        .to_string()
    }

    pub(super) fn grant(&self, heard: &Heard, aud: &str) -> Said {
        match self.check(heard, aud) {
            Ok(()) => {
                let token = format!("ya29.{}", Uuid::now_v7().simple());
                self.good.lock().push(token.clone());
                Said::json(200, &json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" }))
            }
            Err((error, words)) => Said::json(400, &json!({ "error": error, "error_description": words })),
        }
    }

    fn check(&self, heard: &Heard, aud: &str) -> Result<(), (&'static str, &'static str)> {
        let body = String::from_utf8_lossy(&heard.body);
        let value = |name: &str| {
            let mut pairs = body.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        if value("grant_type") != GRANT {
            return Err(("unsupported_grant_type", "another grant"));
        }
        let grant = |words| ("invalid_grant", words);
        let claims = self.claims(&value("assertion"), aud).ok_or(grant("Invalid JWT Signature."))?;
        let [iat, exp] = ["iat", "exp"].map(|name| claims[name].as_i64().unwrap_or_default());
        let now = crate::apple::now();
        if claims["iss"] != EMAIL {
            return Err(grant("Invalid grant: account not found"));
        }
        if exp - iat > 3600 || iat > now + 60 {
            return Err(grant("Invalid JWT: Token must be a short-lived token (60 minutes)"));
        }
        let scopes = claims["scope"].as_str().unwrap_or_default();
        if !scopes.split(' ').any(|scope| SCOPES.contains(&scope)) {
            return Err(("invalid_scope", "another scope"));
        }
        Ok(())
    }

    fn claims(&self, assertion: &str, aud: &str) -> Option<Value> {
        let public = self.key.public_key();
        // A key of PKCS #1, which is what this reads.
        let key = DecodingKey::from_rsa_der(public.as_ref());
        let mut validation = Validation::new(Algorithm::RS256);
        // Google's own clients name the real place wherever they ask.
        validation.set_audience(&[aud, "https://oauth2.googleapis.com/token"]);
        Some(decode::<Value>(assertion, &key, &validation).ok()?.claims)
    }

    pub(super) fn knows(&self, authorization: &str) -> bool {
        let token = authorization.strip_prefix("Bearer ");
        token.is_some_and(|token| self.good.lock().iter().any(|good| good == token))
    }

    pub(super) fn revoke(&self) {
        self.good.lock().clear();
    }
}
