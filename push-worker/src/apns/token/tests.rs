//! One token for all who have the key, never too old, never too often another.

use super::*;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::rand_core::OsRng;
use web_push_native::p256::pkcs8::{EncodePrivateKey, LineEnding};

/// When a window begins.
const BEGIN: i64 = 1_700_000_000 - 1_700_000_000 % WINDOW;

fn key() -> SecretString {
    let key = SecretKey::random(&mut OsRng).to_pkcs8_pem(LineEnding::LF).expect("PEM");
    SecretString::from(key.as_str())
}

fn token(key: &SecretString) -> TeamToken {
    TeamToken::new("TEAM", "KEY", key).expect("a key")
}

/// So many minutes after a window began.
fn minute(minutes: i64) -> Timestamp {
    Timestamp((BEGIN + minutes * MINUTE) * 1000)
}

fn current(token: &TeamToken, minutes: i64) -> Signed {
    token.current(minute(minutes)).expect("signed")
}

#[test]
fn processes_that_never_heard_of_each_other_send_the_same_bytes() {
    let key = key();
    let (one, other) = (token(&key), token(&key));
    for minutes in [0, 7, 29, 61, 3000] {
        assert_eq!(current(&one, minutes).header, current(&other, minutes).header);
    }
    // One that is started now has the one of who runs for days.
    assert_eq!(current(&token(&key), 3001).header, current(&one, 3001).header);
    assert_ne!(current(&one, 3001).header, current(&token(&self::key()), 3001).header, "of another key");
}

#[test]
fn it_says_what_apple_wants_to_know_and_is_signed() {
    let key = key();
    let header = current(&token(&key), 7).header;
    let text = header.to_str().expect("ASCII").strip_prefix("bearer ").expect("bearer");
    let (words, signature) = text.rsplit_once('.').expect("three parts");
    let part = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url");
    let (head, claims) = words.split_once('.').expect("three parts");
    assert_eq!(part(head), br#"{"alg":"ES256","kid":"KEY"}"#);
    assert_eq!(part(claims), format!(r#"{{"iss":"TEAM","iat":{}}}"#, BEGIN - BACK).into_bytes());
    // By another implementation than the one that signed it.
    let public = jsonwebtoken::DecodingKey::from_ec_der(
        token(&key).key.verifying_key().to_encoded_point(false).as_bytes(),
    );
    let good =
        jsonwebtoken::crypto::verify(signature, words.as_bytes(), &public, jsonwebtoken::Algorithm::ES256);
    assert!(good.expect("it can be looked at"));
}

#[test]
fn whenever_a_process_starts_no_token_is_too_old_or_too_new_and_none_lasts_less_than_twenty_minutes() {
    for start in 0..60 {
        let token = token(&key());
        let mut taken_up = (start, current(&token, start).header);
        for minutes in start..start + 300 {
            let signed = current(&token, minutes);
            let age = (seconds(minute(minutes)) - signed.made) / MINUTE;
            assert!((5..55).contains(&age), "{age} minutes old, {start} {minutes}");
            if signed.header != taken_up.1 {
                assert!(minutes - taken_up.0 >= 20, "{start} {minutes}");
                taken_up = (minutes, signed.header);
            }
        }
    }
}

#[test]
fn one_that_is_refused_is_renewed_once_for_everybody_and_not_while_it_is_new() {
    let key = key();
    let (one, other) = (token(&key), token(&key));
    let first = current(&one, 1);
    assert_eq!(current(&other, 2).header, first.header);
    assert!(one.after(&first, minute(20)).is_none(), "no other within twenty minutes");
    let second = one.after(&first, minute(22)).expect("it may be renewed");
    assert_ne!(second.header, first.header);
    // Whoever was refused with the first one as well is given the second, here and elsewhere.
    assert_eq!(one.after(&first, minute(22)).expect("there is one").header, second.header);
    assert_eq!(other.after(&first, minute(24)).expect("it may be renewed").header, second.header);
    assert!(one.after(&second, minute(23)).is_none());
    // It is kept, too, and then there is one for all again.
    assert_eq!(current(&one, 41).header, second.header);
    assert_eq!(current(&one, 95).header, current(&token(&key), 95).header);
}

#[test]
fn a_machine_that_slept_or_whose_clock_was_set_makes_another() {
    let token = token(&key());
    let first = current(&token, 1);
    let slept = current(&token, 600);
    assert_ne!(slept.header, first.header);
    assert_eq!(current(&token, 2).header, first.header, "the clock was ten hours ahead");
}

#[test]
fn what_is_no_key_of_the_right_curve_is_none() {
    assert!(TeamToken::new("T", "K", &SecretString::from("secret")).is_none());
}
