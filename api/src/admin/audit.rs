//! What administrators did.

use super::LOOK;
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name, Number};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{ActId, Audited};
use utoipa::ToSchema;

/// A page of the log of administrators' acts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AuditPage {
    /// Only what this one did.
    by: Option<Name>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// An act of an administrator.
#[derive(Debug, Serialize, ToSchema)]
struct ActSeen {
    id: Number,
    /// Which administrator; absent where it was done at the machine itself, by command line.
    by: Option<Name>,
    at: At,
    /// What was asked: the name of a request.
    act: String,
    /// To what: the request, without secrets.
    #[schema(value_type = Object)]
    input: Box<RawValue>,
    /// How it ended, as a status of HTTP; absent while it runs, and where the server died in it.
    status: Option<u16>,
}

/// Acts, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct Audit {
    acts: Vec<ActSeen>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "admin.audit",
            (Verb::Get, "/v1/admin/audit"),
            LOOK,
            "What administrators did, newest first",
            list,
        )
        .may(&[Code::NotFound]),
    ]
}

impl ActSeen {
    fn of(act: Audited) -> Result<ActSeen, Problem> {
        Ok(ActSeen {
            id: Number(act.new.id.0),
            by: act.by.map(Name),
            at: At(act.new.at),
            act: act.new.act,
            input: RawValue::from_string(act.new.input).map_err(|error| Problem::internal(&error))?,
            status: act.status,
        })
    }
}

async fn list(ask: Ask, input: AuditPage) -> Result<Audit, Problem> {
    const LIST: &str = "admin.audit";
    let limit = cursor::limit(input.limit)?;
    let before = cursor::number(LIST, input.after.as_deref())?.map(ActId);
    let by = match input.by {
        Some(name) => {
            let account = ask.store().account(&name.0).await?;
            Some(account.ok_or_else(|| Problem::not_found("user"))?.id)
        }
        None => None,
    };
    let mut found = ask.bridge().acts(by, before, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, &last.new.id.0.to_string()));
    let acts: Result<_, Problem> = found.into_iter().map(ActSeen::of).collect();
    Ok(Audit { acts: acts?, next })
}
