//! Rooms that strangers find.

use super::LOOK;
use super::settings::Joining;
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::Name;
use serde::{Deserialize, Serialize};
use store::RoomCard;
use utoipa::ToSchema;

/// Rooms looked through for one page: where words are rare, a page may have few rooms, or none, and still a `next`.
const LOOKED_THROUGH: u32 = 5_000;
/// Rooms read at once: the store's limit.
const AT_ONCE: u32 = 1_000;
/// Longest words to look for, in characters.
const WORDS_MAX: usize = 100;

/// What to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublicPage {
    /// Part of a name or a handle, in small or capital letters; all public rooms without it.
    #[schema(max_length = 100)]
    search: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Which room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OnePublic {
    room: Name,
}

/// A room as strangers see it.
#[derive(Debug, Serialize, ToSchema)]
struct PublicRoom {
    room: Name,
    /// `group` or `channel`.
    kind: &'static str,
    name: Option<String>,
    description: Option<String>,
    avatar: Option<String>,
    /// How many people are in it.
    members: u32,
    /// How one comes in.
    join: Joining,
}

/// Public rooms by handle. A page may have fewer than were asked for although there are more.
#[derive(Debug, Serialize, ToSchema)]
struct PublicRooms {
    rooms: Vec<PublicRoom>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

impl From<RoomCard> for PublicRoom {
    fn from(card: RoomCard) -> PublicRoom {
        let about = card.settings.about;
        let text = |text: Option<Box<str>>| text.map(String::from);
        PublicRoom {
            room: Name(card.handle),
            kind: card.kind.word(),
            name: text(about.name),
            description: text(about.description),
            avatar: text(about.avatar),
            members: card.members,
            join: card.settings.policy.join.into(),
        }
    }
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("rooms.public", (Verb::Get, "/v1/public-rooms"), LOOK, "Find public rooms", find)
            .may(&[Code::Invalid]),
        Method::new(
            "rooms.seen",
            (Verb::Get, "/v1/public-rooms/{room}"),
            LOOK,
            "A room as strangers see it",
            one,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn find(ask: Ask, input: PublicPage) -> Result<PublicRooms, Problem> {
    const LIST: &str = "rooms.public";
    let limit = cursor::limit(input.limit)? as usize;
    let mut after = cursor::handle(LIST, input.after.as_deref())?;
    let words = input.search.unwrap_or_default().to_lowercase();
    if words.chars().count() > WORDS_MAX {
        return Err(Problem::new(Code::Invalid, format!("`search` has up to {WORDS_MAX} characters")));
    }
    let (mut rooms, mut looked) = (Vec::new(), 0);
    while looked < LOOKED_THROUGH {
        let found = ask.store().places().listed(after.as_ref(), AT_ONCE).await?;
        let is_last = found.len() < AT_ONCE as usize;
        looked += AT_ONCE;
        for card in found {
            if rooms.len() == limit {
                let next = after.map(|last| cursor::after(LIST, last.as_str()));
                return Ok(PublicRooms { rooms, next });
            }
            after = Some(card.handle.clone());
            if is_meant(&card, &words) {
                rooms.push(card.into());
            }
        }
        if is_last {
            return Ok(PublicRooms { rooms, next: None });
        }
    }
    Ok(PublicRooms { rooms, next: after.map(|last| cursor::after(LIST, last.as_str())) })
}

fn is_meant(card: &RoomCard, words: &str) -> bool {
    let name = card.settings.about.name.as_deref().unwrap_or("");
    card.handle.as_str().contains(words) || name.to_lowercase().contains(words)
}

/// One that is not listed is seen by its handle, if strangers may come in or ask to.
async fn one(ask: Ask, input: OnePublic) -> Result<PublicRoom, Problem> {
    let card = ask.store().places().card(&input.room.0).await?;
    let seen = card.filter(|card| card.settings.policy.is_seen_by_strangers());
    seen.map(Into::into).ok_or_else(|| Problem::not_found("room"))
}
