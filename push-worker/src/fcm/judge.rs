//! What Google's answers mean: by the code in `details`, which says more than the status.

use crate::answer::{Answer, Reason, Whose};
use crate::transport::Reply;
use chat::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// How long Google wants to be left alone at least when a quota is used up.
const QUOTA: Duration = Duration::from_secs(60);

/// What it comes to.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// This.
    Final(Answer),
    /// Our token is not known; with another one it may go.
    Unknown(Reason),
}

#[derive(Deserialize, Default)]
struct Said {
    #[serde(default)]
    name: String,
    #[serde(default)]
    error: Fault,
}

#[derive(Deserialize, Default)]
struct Fault {
    #[serde(default)]
    status: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Vec<Detail>,
}

/// One of several kinds, of which each has something.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    #[serde(rename = "@type", default)]
    kind: String,
    #[serde(default)]
    error_code: String,
    #[serde(default)]
    field_violations: Vec<Field>,
    #[serde(default)]
    violations: Vec<Quota>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(default)]
    field: String,
}

#[derive(Deserialize)]
struct Quota {
    #[serde(default)]
    subject: String,
}

/// Reads the answer to what was asked at `asked_at`.
pub(super) fn judge(reply: &Reply, asked_at: Timestamp) -> Verdict {
    let said: Said = serde_json::from_slice(&reply.body).unwrap_or_default();
    if reply.status == 200 {
        return Verdict::Final(Answer::Sent { id: said.name, whole: true });
    }
    let fault = said.error;
    let code = fault.details.iter().find(|detail| detail.kind.ends_with("FcmError"));
    let code = code.map(|detail| detail.error_code.as_str()).unwrap_or_default();
    let word = [code, &fault.status].into_iter().find(|word| !word.is_empty());
    let reason = word.map_or_else(|| Reason::status(reply.status), Reason::told);
    let after = reply.after;
    Verdict::Final(match (code, reply.status) {
        ("UNREGISTERED", _) => Answer::Gone { since: asked_at, reason },
        ("SENDER_ID_MISMATCH", _) => Answer::Disabled { reason },
        ("THIRD_PARTY_AUTH_ERROR", _) => Answer::Misconfigured { reason },
        ("QUOTA_EXCEEDED", _) | (_, 429) => {
            let after = Some(after.unwrap_or(QUOTA).max(Duration::from_secs(1)));
            Answer::Later { after, of: whose(&fault), reason }
        }
        ("UNAVAILABLE" | "INTERNAL", _) => Answer::Later { after, of: Whose::Provider, reason },
        ("INVALID_ARGUMENT", _) | (_, 400) => invalid(&fault, !code.is_empty(), reason),
        (_, 401) => return Verdict::Unknown(reason),
        // A device that is not there has a code; without one it is the project.
        (_, 404) => Answer::Misconfigured { reason },
        _ => Answer::by_class(reply.status, after, reason),
    })
}

/// A quota of one device's, or of the project's.
fn whose(fault: &Fault) -> Whose {
    let mut quotas = fault.details.iter().flat_map(|detail| &detail.violations);
    let is_device = quotas.any(|quota| quota.subject.to_ascii_lowercase().contains("device"));
    if is_device { Whose::Device } else { Whose::Provider }
}

/// Something in the request is not as it should be: its token, its size, or our own mistake.
fn invalid(fault: &Fault, has_code: bool, reason: Reason) -> Answer {
    let mut fields = fault.details.iter().flat_map(|detail| &detail.field_violations).peekable();
    if fields.peek().is_some() {
        let is_name = |field: &Field| ["message.token", "message.fid"].contains(&field.field.as_str());
        return if fields.all(is_name) { Answer::Disabled { reason } } else { Answer::Broken { reason } };
    }
    let message = fault.message.to_ascii_lowercase();
    match has_code {
        // Of what is too large Google names neither a code nor a field, or says it in words.
        false => Answer::TooLarge { reason },
        true if message.contains("too big") || message.contains("too large") => Answer::TooLarge { reason },
        true => Answer::Disabled { reason },
    }
}
