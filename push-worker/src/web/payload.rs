//! What the browser is told: JSON that its page's worker shows, encrypted for it.

use crate::address::Subscription;
use crate::answer::{Answer, Reason};
use crate::notification::{Form, Notification, Words};
use serde_json::{Map, Value, json};
use web_push_native::{Auth, encrypt};

/// Bytes that fit: services take 4096, of which 86 are a header, 16 a seal and 1 an end (RFC 8291, section 4).
const LARGEST: usize = 4096 - 86 - 16 - 1;

/// What is smaller is filled up to a multiple of this, so that its length says little.
const STEP: usize = 256;

/// Encrypts for this browser.
///
/// # Errors
/// [`Answer::TooLarge`]; [`Answer::Broken`] where there is nothing to encrypt with.
pub(super) fn sealed(to: &Subscription, what: &Notification, generic: &Words) -> Result<Vec<u8>, Answer> {
    let mut plain = payload(what, generic).to_string().into_bytes();
    if plain.len() > LARGEST {
        return Err(Answer::TooLarge { reason: Reason::ours("over 3993 bytes") });
    }
    // Spaces after JSON are nothing to whoever reads it.
    plain.resize(plain.len().next_multiple_of(STEP).min(LARGEST), b' ');
    let broken = || Answer::Broken { reason: Reason::ours("it could not be encrypted") };
    let auth = Auth::from(to.auth().ok_or_else(broken)?);
    encrypt(plain, &to.key, &auth).map_err(|_| broken())
}

fn payload(what: &Notification, generic: &Words) -> Value {
    let data: Map<String, Value> =
        what.data.iter().map(|(key, value)| ((*key).to_owned(), value.as_str().into())).collect();
    let form = match what.form {
        Form::Alert => "alert",
        Form::Background => "background",
        Form::MutableContent => "mutable-content",
    };
    let mut payload = json!({ "form": form, "data": data });
    let mut put = |key: &str, value: Value| payload[key] = value;
    if what.form != Form::Background {
        let words = what.words.as_ref().unwrap_or(generic);
        put("title", words.title().into());
        put("body", words.body().into());
        put("sound", what.sound.into());
    }
    if let Some(badge) = what.badge {
        put("badge", badge.into());
    }
    // A browser replaces what it shows by this.
    if let Some(room) = &what.collapse {
        put("tag", room.as_str().into());
    }
    if let Some(thread) = &what.thread {
        put("thread", thread.as_str().into());
    }
    if let Some(sealed) = &what.sealed {
        put("sealed", sealed.text().into());
    }
    payload
}
