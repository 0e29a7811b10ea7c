//! Who is kept away.

use super::contacts::Somebody;
use super::{CHANGE, LOOK};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of those who are kept away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BlocksPage {
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Somebody who is kept away.
#[derive(Debug, Serialize, ToSchema)]
struct Blocked {
    user: Name,
    /// Since when.
    since: At,
}

/// Those who are kept away, by handle.
#[derive(Debug, Serialize, ToSchema)]
struct Blocks {
    blocks: Vec<Blocked>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("blocks.list", (Verb::Get, "/v1/me/blocks"), LOOK, "Whom I keep away", list),
        Method::new(
            "blocks.add",
            (Verb::Put, "/v1/me/blocks/{user}"),
            CHANGE,
            "Keep somebody away: they can't write to me, invite me, or see anything of mine",
            add,
        )
        .may(&[Code::TooMany]),
        Method::new(
            "blocks.end",
            (Verb::Delete, "/v1/me/blocks/{user}"),
            CHANGE,
            "Let somebody near again",
            end,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn list(ask: Ask, input: BlocksPage) -> Result<Blocks, Problem> {
    const LIST: &str = "blocks";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let mut found = ask.bridge().kept_away(ask.caller()?.account.id, after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, last.person.handle.as_str()));
    let blocks = found.into_iter().map(|one| Blocked { user: Name(one.person.handle), since: At(one.since) });
    Ok(Blocks { blocks: blocks.collect(), next })
}

async fn add(ask: Ask, input: Somebody) -> Result<Done, Problem> {
    ask.bridge().keep_away(&ask.caller()?.account, &input.user.0).await?;
    Ok(Done)
}

async fn end(ask: Ask, input: Somebody) -> Result<Done, Problem> {
    ask.bridge().let_near(&ask.caller()?.account, &input.user.0).await?;
    Ok(Done)
}
