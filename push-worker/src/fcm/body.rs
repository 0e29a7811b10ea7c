//! What Google is given to tell.
//!
//! An alert has a `notification`, which Android shows by itself; everything else is data that wakes the app.
//!
//! Of what has a collapse key, Google keeps four for a device that is away and drops the others. An alert has to have one
//! (without, all of an app's share its name), and its room is the best there is. Data has none: none of it is dropped, and
//! past a hundred the app is told to look by itself.

use crate::answer::{Answer, Reason};
use crate::apns::aps;
use crate::notification::{Form, Notification, Priority, Words};
use chat::Timestamp;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Bytes of what goes to the device: keys and values.
const LARGEST: usize = 4096;
/// How long Google keeps anything.
const LONGEST: Duration = Duration::from_secs(2_419_200);

/// The body of a request; `by` is `token` or `fid`, with its value.
///
/// # Errors
/// [`Answer::TooLarge`] and [`Answer::Broken`], and [`Answer::Dropped`] when it is over.
pub(super) fn message(
    by: (&str, &str),
    what: &Notification,
    generic: &Words,
    apple: bool,
    now: Timestamp,
) -> Result<Vec<u8>, Answer> {
    let left = what.lifetime.left(now).ok_or(Answer::Dropped { reason: Reason::ours("it is over") })?;
    let ttl = format!("{}s", left.min(LONGEST).as_secs());
    let data = data(what, generic)?;
    let mut message = json!({
        by.0: by.1,
        "android": { "priority": priority(what), "ttl": ttl },
    });
    let mut size: usize =
        data.iter().map(|(key, value)| key.len() + value.as_str().map_or(0, str::len)).sum();
    if what.form == Form::Alert {
        let words = what.words.as_ref().unwrap_or(generic);
        size += words.title().len() + words.body().len();
        message["notification"] = json!({ "title": words.title(), "body": words.body() });
        alert(&mut message["android"], what);
    }
    if apple {
        message["apns"] = apns(what, generic);
    }
    if !data.is_empty() {
        message["data"] = data.into();
    }
    if size > LARGEST {
        return Err(Answer::TooLarge { reason: Reason::ours("over 4096 bytes") });
    }
    Ok(json!({ "message": message }).to_string().into_bytes())
}

/// What the app is given: words only, whatever they stand for.
fn data(what: &Notification, generic: &Words) -> Result<Map<String, Value>, Answer> {
    let mut data = Map::new();
    for (key, value) in &what.data {
        let is_googles = ["from", "message_type", "notification"].contains(key)
            || key.starts_with("google")
            || key.starts_with("gcm");
        if is_googles {
            return Err(Answer::Broken { reason: Reason::ours("a key that is Google's own") });
        }
        data.insert((*key).to_owned(), value.as_str().into());
    }
    let mut put = |key: &str, value: String| data.insert(key.to_owned(), value.into());
    if let Some(sealed) = &what.sealed {
        put("sealed", sealed.text().to_owned());
    }
    if what.form == Form::Alert {
        return Ok(data);
    }
    // The app makes of these what Android makes of an alert's.
    if let Some(badge) = what.badge {
        put("badge", badge.to_string());
    }
    if let Some(thread) = &what.thread {
        put("thread", thread.clone());
    }
    if what.form == Form::MutableContent {
        let words = what.words.as_ref().unwrap_or(generic);
        put("title", words.title().to_owned());
        put("body", words.body().to_owned());
    }
    Ok(data)
}

/// How Android shows it.
fn alert(android: &mut Value, what: &Notification) {
    let mut shown = Map::new();
    if let Some(room) = &what.collapse {
        android["collapse_key"] = room.as_str().into();
        shown.insert("tag".to_owned(), room.as_str().into());
    }
    if what.sound {
        shown.insert("sound".to_owned(), "default".into());
    }
    if let Some(badge) = what.badge {
        shown.insert("notification_count".to_owned(), badge.into());
    }
    android["notification"] = shown.into();
}

/// What a device of Apple's needs that is reached through Google. How long it lasts Google tells Apple itself.
fn apns(what: &Notification, generic: &Words) -> Value {
    let kind = if what.form == Form::Background { "background" } else { "alert" };
    let urgent = what.form != Form::Background && what.priority == Priority::High;
    let mut headers = json!({ "apns-push-type": kind, "apns-priority": if urgent { "10" } else { "5" } });
    if let Some(room) = what.collapse.as_ref().filter(|room| room.len() <= 64) {
        headers["apns-collapse-id"] = room.as_str().into();
    }
    json!({ "headers": headers, "payload": { "aps": aps(what, generic) } })
}

fn priority(what: &Notification) -> &'static str {
    // What shows nothing and says HIGH all the same is soon not believed any more.
    if what.priority == Priority::High && what.form != Form::Background { "HIGH" } else { "NORMAL" }
}
