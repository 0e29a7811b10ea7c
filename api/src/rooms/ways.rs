//! The ways into a room: invitations, requests, and links.

use super::settings::Role;
use super::{CHANGE, LOOK, ThisRoom, me, standing};
use crate::accounts::credentials::lifetime;
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Nothing, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name, Number, Secret};
use bridge::Terms;
use chat::{Change, LinkId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::stored::now;
use store::{Invitation, Link};
use utoipa::ToSchema;

/// How long an invitation is good for if nobody says otherwise.
const WEEK: Duration = Duration::from_hours(7 * 24);
/// Longest words of a request, in characters.
const WORDS_MAX: usize = 500;

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    room: Name,
    user: Name,
    /// `member` without it, or `guest`.
    role: Option<Role>,
    /// Seconds until it ends; a week without it.
    #[schema(minimum = 1)]
    expires_in: Option<u64>,
}

/// Who, in which room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisGuest {
    room: Name,
    user: Name,
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
struct Invited {
    room: Name,
    user: Name,
    /// Who invited them.
    by: Name,
    role: Role,
    at: At,
    expires_at: At,
}

/// Invitations, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct Invitations {
    invitations: Vec<Invited>,
}

/// A wish to be let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskIn {
    room: Name,
    /// What you say to it, up to 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    words: String,
}

/// A page of those who ask to be let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestsPage {
    room: Name,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Somebody asks to be let in.
#[derive(Debug, Serialize, ToSchema)]
struct Requested {
    user: Name,
    words: String,
    at: At,
}

/// Who asks to be let in, by handle.
#[derive(Debug, Serialize, ToSchema)]
struct Requests {
    requests: Vec<Requested>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// A link to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLink {
    room: Name,
    /// As what it lets in: `member` without it, or `guest`.
    role: Option<Role>,
    /// How many may come in by it; without it, as many as like to.
    #[schema(minimum = 1)]
    uses: Option<u32>,
    /// Seconds until it ends; without it, when it is taken back.
    #[schema(minimum = 1)]
    expires_in: Option<u64>,
}

/// A link of a room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisLink {
    room: Name,
    id: Number,
}

/// A link, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct LinkSeen {
    id: Number,
    by: Name,
    role: Role,
    /// How many may still come in by it; absent where there is no end of them.
    uses_left: Option<u32>,
    at: At,
    expires_at: Option<At>,
}

/// A link that was made.
#[derive(Debug, Serialize, ToSchema)]
struct LinkMade {
    /// What to hand out. It is seen this once.
    secret: Secret,
    link: LinkSeen,
}

/// Links, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct Links {
    links: Vec<LinkSeen>,
}

/// A link that somebody has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShownLink {
    link: Secret,
}

/// Where it led.
#[derive(Debug, Serialize, ToSchema)]
struct CameIn {
    room: Name,
}

impl From<Invitation> for Invited {
    fn from(one: Invitation) -> Invited {
        Invited {
            room: Name(one.handle),
            user: Name(one.who),
            by: Name(one.by),
            role: one.role.into(),
            at: At(one.at),
            expires_at: At(one.expires_at),
        }
    }
}

impl From<Link> for LinkSeen {
    fn from(link: Link) -> LinkSeen {
        LinkSeen {
            id: Number(link.id.0),
            by: Name(link.by),
            role: link.role.into(),
            uses_left: link.uses_left,
            at: At(link.at),
            expires_at: link.expires_at.map(At),
        }
    }
}

const WHY_NOT: &[Code] = &[Code::NotFound, Code::NotAllowed, Code::TooMany, Code::Invalid];

pub(super) fn methods() -> Vec<Method> {
    const INVITATIONS: &str = "/v1/rooms/{room}/invitations";
    const INVITATION: &str = "/v1/rooms/{room}/invitations/{user}";
    const REQUESTS: &str = "/v1/rooms/{room}/requests";
    const REQUEST: &str = "/v1/rooms/{room}/requests/{user}";
    const LINKS: &str = "/v1/rooms/{room}/links";
    const LINK: &str = "/v1/rooms/{room}/links/{id}";
    vec![
        Method::new("me.invitations", (Verb::Get, "/v1/me/invitations"), LOOK, "Where I am invited", mine),
        Method::new("rooms.invitations", (Verb::Get, INVITATIONS), LOOK, "Who is invited", invitations)
            .may(WHY_NOT),
        Method::new("rooms.invite", (Verb::Put, INVITATION), CHANGE, "Invite somebody", invite).may(WHY_NOT),
        Method::new(
            "rooms.uninvite",
            (Verb::Delete, INVITATION),
            CHANGE,
            "Take an invitation back",
            uninvite,
        )
        .may(WHY_NOT),
        Method::new(
            "rooms.decline",
            (Verb::Post, "/v1/rooms/{room}/decline"),
            CHANGE,
            "Decline an invitation",
            decline,
        )
        .may(&[Code::NotFound]),
        Method::new("rooms.ask_in", (Verb::Post, REQUESTS), CHANGE, "Ask to be let in", ask_in).may(WHY_NOT),
        Method::new("rooms.requests", (Verb::Get, REQUESTS), LOOK, "Who asks to be let in", requests)
            .may(WHY_NOT),
        Method::new("rooms.approve", (Verb::Put, REQUEST), CHANGE, "Let somebody in who asked", approve)
            .may(WHY_NOT),
        Method::new(
            "rooms.turn_away",
            (Verb::Delete, REQUEST),
            CHANGE,
            "Decline a request, or take one's own back",
            turn_away,
        )
        .may(WHY_NOT),
        Method::new("rooms.links", (Verb::Get, LINKS), LOOK, "The links into a room", links).may(WHY_NOT),
        Method::new("rooms.add_link", (Verb::Post, LINKS), CHANGE, "Make a link into a room", add_link)
            .creates()
            .may(WHY_NOT),
        Method::new("rooms.end_link", (Verb::Delete, LINK), CHANGE, "Take a link back", end_link)
            .may(WHY_NOT),
        Method::new("rooms.follow", (Verb::Post, "/v1/room-links"), CHANGE, "Come in by a link", follow)
            .may(WHY_NOT),
    ]
}

fn terms(role: Option<Role>, ttl: Option<Duration>, uses: Option<u32>) -> Result<Terms, Problem> {
    if uses == Some(0) {
        return Err(Problem::new(Code::Invalid, "`uses` is a number from 1"));
    }
    Ok(Terms { role: role.unwrap_or(Role::Member).into(), ttl, uses })
}

async fn mine(ask: Ask, _: Nothing) -> Result<Invitations, Problem> {
    let user = ask.caller()?.account.id;
    let found = ask.store().ways().invitations_of(user, now()).await?;
    Ok(Invitations { invitations: found.into_iter().map(Into::into).collect() })
}

async fn invitations(ask: Ask, input: ThisRoom) -> Result<Invitations, Problem> {
    let by = &ask.caller()?.account;
    let standing = ask.bridge().inviting(by, &input.room.0, chat::Role::Guest).await?;
    let found = ask.store().ways().invitations_to(standing.room, now()).await?;
    Ok(Invitations { invitations: found.into_iter().map(Into::into).collect() })
}

/// Who may not know of the room learns nothing of the user either.
async fn invite(ask: Ask, input: Invite) -> Result<Done, Problem> {
    standing(&ask, &input.room).await?;
    let ttl = input.expires_in.map(lifetime).transpose()?;
    let terms = terms(input.role, Some(ttl.unwrap_or(WEEK)), None)?;
    let who = ask.bridge().active(&ask.caller()?.account, &input.user.0).await?;
    ask.bridge().invite_in(&ask.caller()?.account, &input.room.0, who, terms).await?;
    Ok(Done)
}

async fn uninvite(ask: Ask, input: ThisGuest) -> Result<Done, Problem> {
    standing(&ask, &input.room).await?;
    let who = ask.bridge().person(&input.user.0).await?;
    ask.bridge().uninvite(&ask.caller()?.account, &input.room.0, who).await?;
    Ok(Done)
}

async fn decline(ask: Ask, input: ThisRoom) -> Result<Done, Problem> {
    ask.bridge().decline(&ask.caller()?.account, &input.room.0).await?;
    Ok(Done)
}

async fn ask_in(ask: Ask, input: AskIn) -> Result<Done, Problem> {
    let breaks = |one: char| one.is_control() && one != '\n';
    if input.words.chars().count() > WORDS_MAX || input.words.chars().any(breaks) {
        let words = format!("`words` has up to {WORDS_MAX} characters, and no control characters");
        return Err(Problem::new(Code::Invalid, words));
    }
    ask.bridge().ask_in(&ask.caller()?.account, &input.room.0, input.words).await?;
    Ok(Done)
}

async fn requests(ask: Ask, input: RequestsPage) -> Result<Requests, Problem> {
    const LIST: &str = "rooms.requests";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let by = &ask.caller()?.account;
    let standing = ask.bridge().inviting(by, &input.room.0, chat::Role::Guest).await?;
    let mut found = ask.store().ways().requests(standing.room, after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, last.handle.as_str()));
    let seen = |one: store::Request| Requested { user: Name(one.handle), words: one.words, at: At(one.at) };
    Ok(Requests { requests: found.into_iter().map(seen).collect(), next })
}

/// Only who asked comes in by this: others are invited, or brought in.
async fn approve(ask: Ask, input: ThisGuest) -> Result<Done, Problem> {
    let by = &ask.caller()?.account;
    let standing = ask.bridge().inviting(by, &input.room.0, chat::Role::Member).await?;
    let who = ask.bridge().active(&ask.caller()?.account, &input.user.0).await?;
    let before = None::<&chat::Handle>;
    let asked = ask.store().ways().requests(standing.room, before, chat::OpenWays::REQUESTS).await?;
    if !asked.iter().any(|one| one.user == who.id) {
        return Err(Problem::not_found("request"));
    }
    let change = Change::Add { who, role: chat::Role::Member };
    ask.bridge().change_room(by, &input.room.0, change).await?;
    Ok(Done)
}

async fn turn_away(ask: Ask, input: ThisGuest) -> Result<Done, Problem> {
    let me = me(&ask)?;
    let who = match input.user.0 == me.handle {
        true => me,
        false => {
            standing(&ask, &input.room).await?;
            ask.bridge().person(&input.user.0).await?
        }
    };
    ask.bridge().turn_away(&ask.caller()?.account, &input.room.0, who).await?;
    Ok(Done)
}

async fn links(ask: Ask, input: ThisRoom) -> Result<Links, Problem> {
    let by = &ask.caller()?.account;
    let standing = ask.bridge().inviting(by, &input.room.0, chat::Role::Guest).await?;
    let found = ask.store().ways().links(standing.room, now()).await?;
    Ok(Links { links: found.into_iter().map(Into::into).collect() })
}

async fn add_link(ask: Ask, input: NewLink) -> Result<LinkMade, Problem> {
    let ttl = input.expires_in.map(lifetime).transpose()?;
    let terms = terms(input.role, ttl, input.uses)?;
    let given = ask.bridge().link_in(&ask.caller()?.account, &input.room.0, terms).await?;
    Ok(LinkMade { secret: Secret(given.secret), link: given.link.into() })
}

async fn end_link(ask: Ask, input: ThisLink) -> Result<Done, Problem> {
    ask.bridge().end_link(&ask.caller()?.account, &input.room.0, LinkId(input.id.0)).await?;
    Ok(Done)
}

async fn follow(ask: Ask, input: ShownLink) -> Result<CameIn, Problem> {
    let (room, hash) = ask.bridge().follow(&input.link.0).await?;
    let change = Change::Join { who: me(&ask)?, link: Some(hash) };
    ask.bridge().change_room(&ask.caller()?.account, &room, change).await?;
    Ok(CameIn { room: Name(room) })
}
