//! Who we are with a browser's service: a token for each service, signed with the key that the page subscribed with.

use crate::clock::seconds;
use crate::settings::WebApp;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chat::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use quick_cache::sync::Cache;
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret;
use serde::Serialize;
use std::time::Duration;
use tokio::time::Instant;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
use web_push_native::p256::pkcs8::EncodePrivateKey;

/// Seconds that a token is good for; services take a day at most, and their clocks differ from ours.
const LASTS: i64 = 12 * 3600;
/// How long it is used.
const USED: Duration = Duration::from_secs(6 * 3600);
/// Services whose tokens are kept. There are a handful of large ones; strangers push out strangers.
const SERVICES: usize = 1000;

/// The key of an app, and what was signed with it.
pub(super) struct Vapid {
    key: EncodingKey,
    public: String,
    subject: String,
    signed: Cache<String, (HeaderValue, Instant, Timestamp)>,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    sub: &'a str,
}

impl Vapid {
    pub(super) fn new(app: &WebApp) -> Result<Vapid, &'static str> {
        const NO_KEY: &str = "`web.key` is no private key of P-256: 32 bytes in base64url";
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(app.key.expose_secret().trim_end_matches('='));
        let secret = SecretKey::from_slice(&bytes.map_err(|_| NO_KEY)?).map_err(|_| NO_KEY)?;
        let der = secret.to_pkcs8_der().map_err(|_| NO_KEY)?;
        if !is_somebody(&app.subject) {
            return Err(
                "`web.subject` is not mailto:somebody@a-host or https://a-host, with a host of the net",
            );
        }
        let vapid = Vapid {
            key: EncodingKey::from_ec_der(der.as_bytes()),
            public: BASE64_URL_SAFE_NO_PAD.encode(secret.public_key().to_encoded_point(false)),
            subject: app.subject.clone(),
            signed: Cache::new(SERVICES),
        };
        vapid.sign("https://example.org", Timestamp(0)).ok_or(NO_KEY)?;
        Ok(vapid)
    }

    /// What a service of this origin is told. `None` if it can't be signed.
    pub(super) fn header(&self, origin: &str, at: Timestamp) -> Option<HeaderValue> {
        let now = Instant::now();
        if let Some((header, made, made_at)) = self.signed.get(origin) {
            // The date may have been wrong, in either direction.
            let by_date = Duration::from_millis(at.0.abs_diff(made_at.0));
            if now.saturating_duration_since(made).max(by_date) < USED {
                return Some(header);
            }
        }
        let header = self.sign(origin, at)?;
        self.signed.insert(origin.to_owned(), (header.clone(), now, at));
        Some(header)
    }

    fn sign(&self, origin: &str, at: Timestamp) -> Option<HeaderValue> {
        let claims = Claims { aud: origin, exp: seconds(at) + LASTS, sub: &self.subject };
        let token = encode(&Header::new(Algorithm::ES256), &claims, &self.key).ok()?;
        let mut header = HeaderValue::from_str(&format!("vapid t={token}, k={}", self.public)).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

/// Apple's service takes nobody else.
fn is_somebody(subject: &str) -> bool {
    let is_host = |host: &str| host.contains('.') && !host.ends_with(".localhost") && !host.contains(' ');
    match (subject.strip_prefix("mailto:"), Url::parse(subject)) {
        (Some(mail), _) => mail.split_once('@').is_some_and(|(who, host)| !who.is_empty() && is_host(host)),
        (None, Ok(url)) => url.scheme() == "https" && url.host_str().is_some_and(is_host),
        (None, Err(_)) => false,
    }
}

impl std::fmt::Debug for Vapid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vapid")
            .field("public", &self.public)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::VapidKey;

    const AT: Timestamp = Timestamp(1_700_000_000_000);

    fn vapid() -> Vapid {
        let key = VapidKey::generate();
        let subject = "mailto:ops@example.org".to_owned();
        Vapid::new(&WebApp { key: key.private, subject, silent: false }).expect("a key")
    }

    #[tokio::test(start_paused = true)]
    async fn each_service_has_its_token_for_six_hours() {
        let vapid = vapid();
        let first = vapid.header("https://a.example", AT).expect("signed");
        assert_ne!(vapid.header("https://b.example", AT).expect("signed"), first);
        tokio::time::advance(Duration::from_secs(5 * 3600)).await;
        assert_eq!(vapid.header("https://a.example", AT).expect("signed"), first);
        tokio::time::advance(Duration::from_secs(3601)).await;
        assert_ne!(vapid.header("https://a.example", AT).expect("signed"), first);
    }

    #[tokio::test(start_paused = true)]
    async fn a_date_that_was_wrong_is_not_kept() {
        let vapid = vapid();
        let first = vapid.header("https://a.example", Timestamp(AT.0 + 30 * 86_400_000)).expect("signed");
        assert_ne!(vapid.header("https://a.example", AT).expect("signed"), first);
    }

    #[test]
    fn who_answers_for_it_is_somebody_on_the_net() {
        for good in ["mailto:ops@example.org", "https://chat.example.org/contact"] {
            assert!(is_somebody(good), "{good}");
        }
        for bad in [
            "ops@example.org",
            "mailto:ops@localhost",
            "https://localhost",
            "http://a.example",
            "mailto:",
            "",
        ] {
            assert!(!is_somebody(bad), "{bad}");
        }
    }
}
