//! Who sends: a key, and a token that it signed for this service (RFC 8292).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

/// Seconds that a token may be good for.
const LONGEST: i64 = 24 * 3600;

/// The public key of the sender; `None` if the token is not good here.
pub(super) fn sender(authorization: &str, origin: &str) -> Option<String> {
    let words = authorization.strip_prefix("vapid ")?;
    let value = |name: &str| {
        let mut pairs = words.split(',').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let (token, key) = (value("t")?, value("k")?);
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let header: Value = serde_json::from_slice(&bytes(header)?).ok()?;
    let claims: Value = serde_json::from_slice(&bytes(claims)?).ok()?;
    let left = claims["exp"].as_i64()? - crate::apple::now();
    let subject = claims["sub"].as_str()?;
    let is_good = header["alg"] == "ES256"
        && claims["aud"] == origin
        && (0..=LONGEST).contains(&left)
        && (subject.starts_with("mailto:") || subject.starts_with("https://"));
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key)?);
    let is_signed = public.verify(signed.as_bytes(), &bytes(signature)?).is_ok();
    (is_good && is_signed).then(|| key.to_owned())
}
