//! What Apple's answers mean.

use crate::answer::{Answer, Reason, Whose};
use crate::transport::Reply;
use chat::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// After these there is no use in coming again on the same connection for a while.
const TOKEN_UPDATES: Duration = Duration::from_secs(10 * 60);

/// What it comes to.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// This.
    Final(Answer),
    /// Our token is too old; with another one it may go.
    Expired(Reason),
}

#[derive(Deserialize, Default)]
struct Said {
    #[serde(default)]
    reason: String,
    /// Milliseconds since 1970 when Apple saw that the device is gone.
    timestamp: Option<i64>,
}

/// Reads an answer that came at `now`.
pub(super) fn judge(reply: &Reply, now: Timestamp) -> Verdict {
    if reply.status == 200 {
        return Verdict::Final(Answer::Sent { id: reply.id.clone().unwrap_or_default(), whole: true });
    }
    let said: Said = serde_json::from_slice(&reply.body).unwrap_or_default();
    let reason =
        if said.reason.is_empty() { Reason::status(reply.status) } else { Reason::told(&said.reason) };
    let after = reply.after;
    Verdict::Final(match said.reason.as_str() {
        "ExpiredProviderToken" => return Verdict::Expired(reason),
        "Unregistered" | "ExpiredToken" => gone(said.timestamp, now, reason),
        "BadDeviceToken" | "DeviceTokenNotForTopic" => Answer::Disabled { reason },
        "InvalidProviderToken"
        | "MissingProviderToken"
        | "Forbidden"
        | "TopicDisallowed"
        | "BadCertificate"
        | "BadCertificateEnvironment"
        | "BadEnvironmentKeyIdInToken"
        | "BadEnvironmentKeyInToken"
        | "UnrelatedKeyIdInToken"
        // The topic stands in the settings.
        | "BadTopic" => Answer::Misconfigured { reason },
        "PayloadTooLarge" => Answer::TooLarge { reason },
        "TooManyRequests" => Answer::Later { after, of: Whose::Device, reason },
        "TooManyProviderTokenUpdates" => {
            Answer::Later { after: after.or(Some(TOKEN_UPDATES)), of: Whose::Provider, reason }
        }
        "IdleTimeout" | "InternalServerError" | "ServiceUnavailable" | "Shutdown" => {
            Answer::Later { after, of: Whose::Provider, reason }
        }
        // BadCollapseId, BadExpirationDate, BadMessageId, BadPath, BadPriority, DuplicateHeaders, InvalidPushType,
        // MethodNotAllowed, MissingDeviceToken, MissingTopic, PayloadEmpty are our mistakes: their class says so.
        _ if reply.status == 410 => gone(said.timestamp, now, reason),
        _ => Answer::by_class(reply.status, after, reason),
    })
}

fn gone(timestamp: Option<i64>, now: Timestamp, reason: Reason) -> Answer {
    Answer::Gone { since: timestamp.map_or(now, Timestamp), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn judged(status: u16, body: &str) -> Answer {
        let reply = Reply { status, after: None, id: Some("A-B".to_owned()), body: body.into() };
        match judge(&reply, NOW) {
            Verdict::Final(answer) => answer,
            Verdict::Expired(reason) => panic!("{reason}"),
        }
    }

    #[test]
    fn our_own_mistakes_are_told_apart_from_a_device_that_is_no_good() {
        for ours in [
            "BadCollapseId",
            "BadExpirationDate",
            "BadMessageId",
            "BadPriority",
            "DuplicateHeaders",
            "IdleTimeoutX",
            "InvalidPushType",
            "MissingDeviceToken",
            "MissingTopic",
            "PayloadEmpty",
        ] {
            let answer = judged(400, &format!(r#"{{"reason":"{ours}"}}"#));
            assert_eq!(answer, Answer::Broken { reason: Reason::told(ours) });
        }
        assert_eq!(judged(404, r#"{"reason":"BadPath"}"#).outcome(), "broken");
        assert_eq!(judged(405, r#"{"reason":"MethodNotAllowed"}"#).outcome(), "broken");
    }

    #[test]
    fn what_nobody_knows_is_judged_by_its_class() {
        for (status, outcome) in [
            (400, "broken"),
            (403, "misconfigured"),
            (410, "gone"),
            (413, "too_large"),
            (429, "later_device"),
            (500, "later_provider"),
            (503, "later_provider"),
            (599, "later_provider"),
            (301, "broken"),
        ] {
            for body in [r#"{"reason":"SomethingNew"}"#, "<html>", "", "[1]", r#"{"reason":7}"#] {
                assert_eq!(judged(status, body).outcome(), outcome, "{status} {body}");
            }
        }
        assert_eq!(judged(418, "").reason().map(Reason::as_str), Some("HTTP 418"));
    }

    #[test]
    fn who_is_gone_without_a_time_is_gone_since_we_asked() {
        let reason = Reason::told("Unregistered");
        assert_eq!(judged(410, r#"{"reason":"Unregistered"}"#), Answer::Gone { since: NOW, reason });
    }
}
