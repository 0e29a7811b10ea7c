//! The upload that a message shows, as its members hear of it.

use chat::{Attached, Media};
use serde::Serialize;

/// What is heard under `media`. `id` is digits, also in CBOR: it is handed on and never reckoned with.
#[derive(Serialize)]
struct Written<'a> {
    id: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blurhash: Option<&'a str>,
}

/// It as an object of JSON.
pub(super) fn written(attached: &Attached) -> String {
    let known = match attached {
        Attached::Named(_) => None,
        Attached::Known(media) => Some(&**media),
    };
    let picture = known.and_then(|media: &Media| media.picture.as_ref());
    let written = Written {
        id: attached.id().to_string(),
        kind: known.map(|media| &*media.kind),
        size: known.map(|media| media.size),
        name: known.and_then(|media| media.name.as_deref()),
        width: picture.map(|seen| seen.width),
        height: picture.map(|seen| seen.height),
        blurhash: picture.map(|seen| &*seen.blurhash),
    };
    serde_json::to_string(&written).unwrap_or_default()
}
