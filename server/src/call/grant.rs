//! What concerns the topics of apps: who may use them.

use super::{Asked, every_page, request};
use crate::cli::{Grant, Whom};
use serde_json::json;

/// The request that it becomes.
pub(crate) fn grant(asked: Grant) -> Asked {
    match asked {
        Grant::List { app, user, asking } => {
            let user = user.as_ref().map(ToString::to_string);
            every_page(request("admin.grants", json!({"app": app, "user": user, "limit": 200}), asking))
        }
        Grant::Add { app, whom, read, write, asking } => {
            let params = json!({"app": app, "user": name(&whom), "read": read, "write": write});
            request("admin.grant", params, asking)
        }
        Grant::End { app, whom, asking } => {
            request("admin.end_grant", json!({"app": app, "user": name(&whom)}), asking)
        }
    }
}

fn name(whom: &Whom) -> &str {
    whom.user.as_ref().map_or("*", |user| user.as_str())
}
