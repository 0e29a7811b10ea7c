//! What the answers of browsers' services mean: by their status, which is what RFC 8030 speaks of. Apple's says a word
//! beside it.

use crate::answer::{Answer, Reason, Whose};
use crate::transport::Reply;
use chat::Timestamp;
use serde::Deserialize;

#[derive(Deserialize, Default)]
struct Said {
    #[serde(default)]
    reason: String,
}

/// Reads the answer to what was asked at `asked_at`.
pub(super) fn judge(reply: &Reply, asked_at: Timestamp) -> Answer {
    let said: Said = serde_json::from_slice(&reply.body).unwrap_or_default();
    let reason =
        if said.reason.is_empty() { Reason::status(reply.status) } else { Reason::told(&said.reason) };
    match (reply.status, said.reason.as_str()) {
        (200 | 201 | 202 | 204, _) => Answer::Sent { id: reply.id.clone().unwrap_or_default(), whole: true },
        (404 | 410, _) => Answer::Gone { since: asked_at, reason },
        // The token is no good, whosoever subscription it is.
        (403, "BadJwtToken") => Answer::Misconfigured { reason },
        // Subscribed with another key than ours (RFC 8292, section 4.2): the page has to subscribe again.
        (403, _) | (_, "VapidPkHashMismatch") => Answer::Disabled { reason },
        (429, _) => Answer::Later { after: reply.after, of: Whose::Device, reason },
        (status, _) => Answer::by_class(status, reply.after, reason),
    }
}
