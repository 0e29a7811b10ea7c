//! What concerns people who are away.

use super::{Asked, request};
use crate::cli::PushAsk;
use serde_json::json;

/// Seconds that a person waits for a provider.
const PATIENCE: u32 = 20;

/// The request that it becomes.
pub(crate) fn push(asked: PushAsk) -> Asked {
    match asked {
        PushAsk::Test { user, device, app, asking } => {
            let params = json!({"user": user.as_str(), "device": device, "app": app, "wait": PATIENCE});
            request("admin.test_push", params, asking)
        }
        PushAsk::Devices { user, asking } => {
            request("admin.push_devices", json!({"user": user.as_str()}), asking)
        }
        PushAsk::Status(asking) => request("admin.push", json!({}), asking),
    }
}
