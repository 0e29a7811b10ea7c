//! Contacts: one asks, the other agrees.

use super::{CHANGE, LOOK};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use serde::{Deserialize, Serialize};
use store::Tie;
use utoipa::ToSchema;

/// Somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Somebody {
    pub(super) user: Name,
}

/// How one stands to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ContactState {
    /// They asked.
    Asked,
    /// One asked them.
    Waiting,
    /// Both want it.
    Contact,
}

/// A page of contacts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactsPage {
    /// Only those to whom I stand so.
    state: Option<ContactState>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Somebody one knows.
#[derive(Debug, Serialize, ToSchema)]
struct ContactSeen {
    user: Name,
    state: ContactState,
    /// Since when.
    since: At,
}

/// Contacts by handle.
#[derive(Debug, Serialize, ToSchema)]
struct Contacts {
    contacts: Vec<ContactSeen>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// How it stands now.
#[derive(Debug, Serialize, ToSchema)]
struct ContactStanding {
    /// `waiting` after asking, `contact` if both want it.
    state: ContactState,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "contacts.list",
            (Verb::Get, "/v1/me/contacts"),
            LOOK,
            "My contacts, and who asked to be one",
            list,
        ),
        Method::new(
            "contacts.ask",
            (Verb::Put, "/v1/me/contacts/{user}"),
            CHANGE,
            "Ask somebody to be a contact, or agree if they asked",
            ask_or_agree,
        )
        .may(&[Code::NotFound, Code::TooMany, Code::Invalid]),
        Method::new(
            "contacts.end",
            (Verb::Delete, "/v1/me/contacts/{user}"),
            CHANGE,
            "Decline, take back, or end it",
            end,
        )
        .may(&[Code::NotFound]),
    ]
}

impl ContactState {
    fn of(tie: Tie) -> ContactState {
        match tie {
            Tie::Asked => ContactState::Asked,
            Tie::Waiting => ContactState::Waiting,
            Tie::Contact => ContactState::Contact,
        }
    }

    fn tie(self) -> Tie {
        match self {
            ContactState::Asked => Tie::Asked,
            ContactState::Waiting => Tie::Waiting,
            ContactState::Contact => Tie::Contact,
        }
    }
}

async fn list(ask: Ask, input: ContactsPage) -> Result<Contacts, Problem> {
    const LIST: &str = "contacts";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let (user, tie) = (ask.caller()?.account.id, input.state.map(ContactState::tie));
    let mut found = ask.bridge().contacts(user, tie, after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, last.person.handle.as_str()));
    let contacts = found.into_iter().map(|one| ContactSeen {
        user: Name(one.person.handle),
        state: ContactState::of(one.tie),
        since: At(one.since),
    });
    Ok(Contacts { contacts: contacts.collect(), next })
}

async fn ask_or_agree(ask: Ask, input: Somebody) -> Result<ContactStanding, Problem> {
    let tie = ask.bridge().befriend(&ask.caller()?.account, &input.user.0).await?;
    Ok(ContactStanding { state: ContactState::of(tie) })
}

async fn end(ask: Ask, input: Somebody) -> Result<Done, Problem> {
    ask.bridge().part_ways(&ask.caller()?.account, &input.user.0).await?;
    Ok(Done)
}
