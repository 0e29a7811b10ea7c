//! Headers and payload.

use super::{Refusal, no};
use crate::exchange::Heard;
use serde_json::Value;
use uuid::Uuid;

/// Bytes of the largest payload, and of that of a call.
const LARGEST: usize = 4096;
const LARGEST_VOIP: usize = 5120;

const KINDS: [&str; 10] = [
    "alert",
    "background",
    "controls",
    "location",
    "voip",
    "complication",
    "fileprovider",
    "mdm",
    "liveactivity",
    "pushtotalk",
];

pub(super) fn headers(heard: &Heard) -> Result<(), Refusal> {
    let kind = heard.header("apns-push-type");
    let priority = heard.header("apns-priority");
    let id = heard.header("apns-id");
    // Small letters, 8-4-4-4-12.
    if !id.is_empty()
        && Uuid::parse_str(id).map_or(true, |uuid| uuid.hyphenated().to_string() != id.to_lowercase())
    {
        return Err(no(400, "BadMessageId"));
    }
    if !heard.header("apns-expiration").bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(no(400, "BadExpirationDate"));
    }
    if !["", "1", "5", "10"].contains(&priority) || (kind == "background" && priority != "5") {
        return Err(no(400, "BadPriority"));
    }
    if heard.header("apns-collapse-id").len() > 64 {
        return Err(no(400, "BadCollapseId"));
    }
    if !KINDS.contains(&kind) {
        return Err(no(400, "InvalidPushType"));
    }
    match heard.header("apns-topic") {
        "" => Err(no(400, "MissingTopic")),
        topic if topic.contains(' ') => Err(no(400, "BadTopic")),
        _ => Ok(()),
    }
}

pub(super) fn payload(heard: &Heard) -> Result<(), Refusal> {
    let voip = heard.header("apns-push-type") == "voip";
    if heard.body.is_empty() {
        return Err(no(400, "PayloadEmpty"));
    }
    if heard.body.len() > if voip { LARGEST_VOIP } else { LARGEST } {
        return Err(no(413, "PayloadTooLarge"));
    }
    // The real one takes such things without a word and shows nothing. A test has to hear of it.
    let aps = &heard.json()["aps"];
    let is_good = match heard.header("apns-push-type") {
        "background" => {
            aps["content-available"] == 1
                && ["alert", "sound", "badge"].iter().all(|key| aps[key] == Value::Null)
        }
        _ => aps["alert"].is_object() || aps["alert"].is_string() || aps["badge"].is_number(),
    };
    if is_good { Ok(()) } else { Err(no(400, "BadPayloadOfATest")) }
}
