//! Who may use the topics of an app: what a user, or everybody, may subscribe to and publish below `apps/{app}/`.

use super::{CHANGE, LOOK};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{Name, Whom};
use bridge::{Granted, GrantsSought};
use serde::{Deserialize, Serialize};
use topics::grant::Grant;
use utoipa::ToSchema;

/// A page of grants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantsPage {
    /// Only of this app.
    app: Option<String>,
    /// Only what was granted to this user alone.
    user: Option<Name>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What a user, or everybody, may do in an app, in the place of what they might before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGrant {
    /// The level behind `apps/`: 1 to 64 of `a-z 0-9 . _ -`, the first a letter or digit.
    app: String,
    user: Whom,
    /// What they may subscribe to: filters of what stands behind `apps/{app}/`, in which a level may be `{user}` or
    /// `{device}`.
    #[serde(default)]
    read: Vec<String>,
    /// What they may publish to, likewise.
    #[serde(default)]
    write: Vec<String>,
}

/// One grant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisGrant {
    app: String,
    user: Whom,
}

/// What a user, or everybody, may do in an app.
#[derive(Debug, Serialize, ToSchema)]
struct GrantSeen {
    app: String,
    user: Whom,
    read: Vec<String>,
    write: Vec<String>,
}

/// Grants by app; what is for everybody comes first in its app.
#[derive(Debug, Serialize, ToSchema)]
struct Grants {
    grants: Vec<GrantSeen>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "admin.grants",
            (Verb::Get, "/v1/admin/grants"),
            LOOK,
            "Who may use the topics of which app",
            list,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.grant",
            (Verb::Put, "/v1/admin/apps/{app}/grants/{user}"),
            CHANGE,
            "Say what a user, or everybody (`*`), may do in an app",
            put,
        )
        .may(&[Code::NotFound, Code::TooMany, Code::Invalid]),
        Method::new(
            "admin.end_grant",
            (Verb::Delete, "/v1/admin/apps/{app}/grants/{user}"),
            CHANGE,
            "Take a grant away; it ends at once for who is connected, too",
            end,
        )
        .may(&[Code::NotFound]),
    ]
}

impl GrantSeen {
    fn of(granted: Granted) -> GrantSeen {
        let Granted { user, grant: Grant { app, read, write } } = granted;
        GrantSeen { app, user: Whom(user.map(|(_, handle)| handle)), read, write }
    }
}

async fn list(ask: Ask, input: GrantsPage) -> Result<Grants, Problem> {
    const LIST: &str = "admin.grants";
    let limit = cursor::limit(input.limit)? as usize;
    let after = cursor::number_and_text(LIST, input.after.as_deref())?;
    let after = after.map(|(whose, app)| (app, whose));
    let user = match input.user {
        Some(name) => Some(ask.bridge().user(&name.0).await?.id),
        None => None,
    };
    let sought = GrantsSought { app: input.app, user, after };
    let mut found = ask.bridge().grants(&sought, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let place = |last: &Granted| {
        let whose = last.user.as_ref().map_or(0, |(id, _)| id.0);
        cursor::after(LIST, &format!("{whose} {}", last.grant.app))
    };
    let next = found.last().filter(|_| more).map(place);
    Ok(Grants { grants: found.into_iter().map(GrantSeen::of).collect(), next })
}

async fn put(ask: Ask, input: NewGrant) -> Result<Done, Problem> {
    let NewGrant { app, user, read, write } = input;
    ask.bridge().grant(user.0.as_ref(), Grant { app, read, write }).await?;
    Ok(Done)
}

async fn end(ask: Ask, input: ThisGrant) -> Result<Done, Problem> {
    ask.bridge().end_grant(input.user.0.as_ref(), &input.app).await?;
    Ok(Done)
}
