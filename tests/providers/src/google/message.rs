//! What may stand in a message: what Google reads, of the right kind. Anything else is refused as Google refuses it.

use super::{detail, fault, violation};
use crate::exchange::Said;
use serde_json::{Map, Value};

/// Bytes of what goes to the device.
const LARGEST: usize = 4096;
/// Seconds for which anything is kept.
const LONGEST: u64 = 2_419_200;

const MESSAGE: &[&str] = &["token", "fid", "data", "notification", "android", "apns"];
const NOTIFICATION: &[&str] = &["title", "body", "image"];
const ANDROID: &[&str] =
    &["collapse_key", "priority", "ttl", "restricted_package_name", "data", "notification"];
const SHOWN: &[&str] = &[
    "title",
    "body",
    "icon",
    "color",
    "sound",
    "tag",
    "click_action",
    "channel_id",
    "notification_count",
    "notification_priority",
    "visibility",
    "image",
    "ticker",
];
const APNS: &[&str] = &["headers", "payload", "fcm_options"];

/// The device that it is for.
pub(super) fn check(body: &Value) -> Result<String, Said> {
    let whole = fields(body, "", &["message", "validate_only"])?;
    let message = whole.get("message").ok_or_else(|| bad("message", "Invalid message"))?;
    let parts = fields(message, "message", MESSAGE)?;
    let name = match (parts.get("token"), parts.get("fid")) {
        (Some(name), None) | (None, Some(name)) => name.as_str().unwrap_or_default().to_owned(),
        _ => return Err(bad("message", "Recipient of the message is not set.")),
    };
    let mut size = 0;
    if let Some(data) = parts.get("data") {
        size += check_data(data)?;
    }
    if let Some(notification) = parts.get("notification") {
        let shown = fields(notification, "message.notification", NOTIFICATION)?;
        size += shown.values().filter_map(Value::as_str).map(str::len).sum::<usize>();
    }
    if let Some(android) = parts.get("android") {
        check_android(android)?;
    }
    if let Some(apns) = parts.get("apns") {
        let apns = fields(apns, "message.apns", APNS)?;
        strings(&apns["headers"], "message.apns.headers")?;
    }
    // It names no field, and no code.
    if size > LARGEST {
        return Err(fault(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", &[]));
    }
    Ok(name)
}

fn check_data(data: &Value) -> Result<usize, Said> {
    strings(data, "message.data")?;
    let data = data.as_object().ok_or_else(|| bad("message.data", "not a map"))?;
    for key in data.keys() {
        let is_googles = ["from", "message_type", "notification"].contains(&key.as_str())
            || key.starts_with("google")
            || key.starts_with("gcm");
        if is_googles {
            return Err(bad("message.data", "Invalid data payload key"));
        }
    }
    Ok(data.iter().map(|(key, value)| key.len() + value.as_str().map_or(0, str::len)).sum())
}

fn check_android(android: &Value) -> Result<(), Said> {
    let android = fields(android, "message.android", ANDROID)?;
    let text = |name: &str| android.get(name).map(|value| value.as_str().unwrap_or("?"));
    if text("priority").is_some_and(|word| !["NORMAL", "HIGH", "normal", "high"].contains(&word)) {
        return Err(bad("message.android.priority", "Invalid value at 'message.android.priority'"));
    }
    let seconds = |text: &str| text.strip_suffix('s')?.parse::<u64>().ok();
    if text("ttl").is_some_and(|ttl| seconds(ttl).is_none_or(|ttl| ttl > LONGEST)) {
        return Err(bad("message.android.ttl", "Invalid TTL duration"));
    }
    if let Some(shown) = android.get("notification") {
        let shown = fields(shown, "message.android.notification", SHOWN)?;
        let count = shown.get("notification_count");
        if count.is_some_and(|count| !count.is_u64()) {
            return Err(bad("message.android.notification.notification_count", "Invalid value (TYPE_INT32)"));
        }
    }
    Ok(())
}

fn fields<'a>(value: &'a Value, at: &str, known: &[&str]) -> Result<&'a Map<String, Value>, Said> {
    let map = value.as_object().ok_or_else(|| bad(at, "not an object"))?;
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => {
            Err(bad(at, &format!("Invalid JSON payload received. Unknown name \"{key}\" at '{at}'")))
        }
        None => Ok(map),
    }
}

fn strings(map: &Value, at: &str) -> Result<(), Said> {
    let is_good = map.as_object().is_some_and(|map| map.values().all(Value::is_string));
    if is_good { Ok(()) } else { Err(bad(at, "Invalid value (TYPE_STRING)")) }
}

/// Our mistake, and in which field.
fn bad(field: &str, words: &str) -> Said {
    fault(400, "INVALID_ARGUMENT", words, &[violation(field, words), detail("INVALID_ARGUMENT")])
}
