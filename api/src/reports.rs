//! What people report to administrators.

use crate::ask::Ask;
use crate::method::{Access, Method, Rate, Verb};
use crate::problem::{Code, Problem};
use crate::words::{Name, Number};
use bridge::identity::Scope;
use chat::Seq;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const REPORT: (Access, Rate) = (Access::Scope(Scope::MessagesWrite), Rate::Write);

/// A message, and what is wrong with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportMessage {
    room: Name,
    seq: Number,
    /// Why, in your words: 1 to 2,000 characters.
    reason: String,
}

/// A user, and what is wrong.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportUser {
    user: Name,
    /// Why, in your words: 1 to 2,000 characters.
    reason: String,
}

/// A room, and what is wrong with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportRoom {
    room: Name,
    /// Why, in your words: 1 to 2,000 characters.
    reason: String,
}

/// A report was made, or had been.
#[derive(Debug, Serialize, ToSchema)]
struct ReportMade {
    /// Its number. `me/events` will say what was decided.
    id: Number,
}

pub(crate) fn methods() -> Vec<Method> {
    let own = &[Code::NotFound, Code::Invalid];
    vec![
        Method::new(
            "reports.message",
            (Verb::Post, "/v1/rooms/{room}/messages/{seq}/report"),
            REPORT,
            "Report a message to the administrators",
            message,
        )
        .creates()
        .may(own),
        Method::new(
            "reports.user",
            (Verb::Post, "/v1/users/{user}/report"),
            REPORT,
            "Report somebody to the administrators",
            user,
        )
        .creates()
        .may(own),
        Method::new(
            "reports.room",
            (Verb::Post, "/v1/rooms/{room}/report"),
            REPORT,
            "Report a room to the administrators",
            room,
        )
        .creates()
        .may(own),
    ]
}

async fn message(ask: Ask, input: ReportMessage) -> Result<ReportMade, Problem> {
    let by = &ask.caller()?.account;
    let seq = Seq(input.seq.0.cast_unsigned());
    let id = ask.bridge().report_message(by, &input.room.0, seq, input.reason).await?;
    Ok(ReportMade { id: Number(id.0) })
}

async fn user(ask: Ask, input: ReportUser) -> Result<ReportMade, Problem> {
    let id = ask.bridge().report_user(&ask.caller()?.account, &input.user.0, input.reason).await?;
    Ok(ReportMade { id: Number(id.0) })
}

async fn room(ask: Ask, input: ReportRoom) -> Result<ReportMade, Problem> {
    let id = ask.bridge().report_room(&ask.caller()?.account, &input.room.0, input.reason).await?;
    Ok(ReportMade { id: Number(id.0) })
}
