//! Reports, and what is decided on them.

use super::{CHANGE, LOOK};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name, Number};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{Report, ReportId, Reported, Verdict};
use topics::Format;
use topics::payload::said;
use utoipa::ToSchema;

/// A page of reports.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportsPage {
    /// Those that are decided, instead of those that wait.
    #[serde(default)]
    decided: bool,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisReport {
    id: Number,
}

/// What is decided on a report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decide {
    id: Number,
    decision: Ruling,
    /// Words for other administrators, up to 2,000 characters.
    #[serde(default)]
    note: String,
}

/// Whether a report was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Ruling {
    /// There is nothing to be done.
    Dismissed,
    /// It was, and something was done.
    Upheld,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
struct DecisionSeen {
    by: Name,
    decision: Ruling,
    note: String,
    at: At,
}

/// A report, as administrators see it.
#[derive(Debug, Serialize, ToSchema)]
struct ReportSeen {
    id: Number,
    by: Name,
    at: At,
    /// `message`, `user` or `room`.
    about: &'static str,
    /// Of a message or a room: which room.
    room: Option<Name>,
    /// Of a message: which.
    seq: Option<u64>,
    /// Of a message who said it; of a user who.
    user: Option<Name>,
    /// Why, in the words of who reports.
    reason: String,
    /// Absent while it waits.
    decision: Option<DecisionSeen>,
}

/// Reports, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct Reports {
    reports: Vec<ReportSeen>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// A report, and the message that it is about.
#[derive(Debug, Serialize, ToSchema)]
struct ReportOpened {
    report: ReportSeen,
    /// As on `rooms/{room}/said`; absent where there is none, or none any more.
    #[schema(value_type = Option<Object>)]
    message: Option<Box<RawValue>>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("admin.reports", (Verb::Get, "/v1/admin/reports"), LOOK, "What people reported", list),
        Method::new(
            "admin.report",
            (Verb::Get, "/v1/admin/reports/{id}"),
            LOOK,
            "A report, and the message that it is about",
            get,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.decide",
            (Verb::Post, "/v1/admin/reports/{id}/decision"),
            CHANGE,
            "Decide on a report; who made it is told",
            decide,
        )
        .may(&[Code::NotFound, Code::Invalid]),
    ]
}

impl Ruling {
    fn of(verdict: Verdict) -> Ruling {
        match verdict {
            Verdict::Dismissed => Ruling::Dismissed,
            Verdict::Upheld => Ruling::Upheld,
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            Ruling::Dismissed => Verdict::Dismissed,
            Ruling::Upheld => Verdict::Upheld,
        }
    }
}

impl ReportSeen {
    fn of(report: Report) -> ReportSeen {
        let (about, seq) = match report.new.what {
            Reported::Message { seq, .. } => ("message", Some(seq.0)),
            Reported::User(_) => ("user", None),
            Reported::Room(_) => ("room", None),
        };
        ReportSeen {
            id: Number(report.new.id.0),
            by: Name(report.by),
            at: At(report.new.at),
            about,
            room: report.room.map(Name),
            seq,
            user: report.user.map(Name),
            reason: report.new.reason,
            decision: report.decision.map(|decision| DecisionSeen {
                by: Name(decision.by.handle),
                decision: Ruling::of(decision.verdict),
                note: decision.note,
                at: At(decision.at),
            }),
        }
    }
}

async fn list(ask: Ask, input: ReportsPage) -> Result<Reports, Problem> {
    const LIST: &str = "admin.reports";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::number(LIST, input.after.as_deref())?.map(ReportId);
    let mut found = ask.bridge().reports(input.decided, after, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, &last.new.id.0.to_string()));
    Ok(Reports { reports: found.into_iter().map(ReportSeen::of).collect(), next })
}

async fn get(ask: Ask, input: ThisReport) -> Result<ReportOpened, Problem> {
    let report = ask.bridge().reported(ReportId(input.id.0)).await?;
    let message = match (&report.new.what, &report.room) {
        (Reported::Message { room, seq, .. }, Some(handle)) => {
            let entry = ask.bridge().message(*room, *seq).await?;
            entry.map(|entry| said::write(&entry, handle, Format::Json, None))
        }
        _ => None,
    };
    let message = message.map(|json| serde_json::from_slice(&json)).transpose();
    Ok(ReportOpened {
        report: ReportSeen::of(report),
        message: message.map_err(|error| Problem::internal(&error))?,
    })
}

async fn decide(ask: Ask, input: Decide) -> Result<ReportSeen, Problem> {
    let by = &ask.caller()?.account;
    let (id, verdict) = (ReportId(input.id.0), input.decision.verdict());
    Ok(ReportSeen::of(ask.bridge().decide(by, id, verdict, input.note).await?))
}
