//! What Apple is given to tell: `aps` for the system, `natter` for the app.

use crate::notification::{Form, Notification, Words};
use serde_json::{Map, Value, json};

/// The whole payload.
pub(super) fn payload(what: &Notification, generic: &Words) -> Vec<u8> {
    let mut app: Map<String, Value> = Map::new();
    for (key, value) in &what.data {
        app.insert((*key).to_owned(), value.clone().into());
    }
    if let Some(sealed) = &what.sealed {
        app.insert("sealed".to_owned(), sealed.text().into());
    }
    // A push that shows nothing may not change the icon; the app does, and has to know.
    if let (Form::Background, Some(badge)) = (what.form, what.badge) {
        app.insert("badge".to_owned(), badge.into());
    }
    json!({ "aps": aps(what, generic), "natter": app }).to_string().into_bytes()
}

/// What the system shows, and how.
pub(crate) fn aps(what: &Notification, generic: &Words) -> Value {
    if what.form == Form::Background {
        return json!({ "content-available": 1 });
    }
    let words = what.words.as_ref().unwrap_or(generic);
    let mut aps = json!({ "alert": { "title": words.title(), "body": words.body() } });
    if let Some(badge) = what.badge {
        aps["badge"] = badge.into();
    }
    if what.sound {
        aps["sound"] = "default".into();
    }
    if let Some(thread) = &what.thread {
        aps["thread-id"] = thread.as_str().into();
    }
    if what.form == Form::MutableContent {
        aps["mutable-content"] = 1.into();
    }
    aps
}
