//! Order in a room: who is shown out, muted or let in no more, and who sees to it.

use super::settings::Role;
use super::{CHANGE, LOOK, managed, standing};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use chat::{Change, Person, Timestamp};
use serde::{Deserialize, Serialize};
use store::Ban;
use store::stored::now;
use utoipa::ToSchema;

/// Who, in which room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisMember {
    room: Name,
    user: Name,
}

/// Whom to mute.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mute {
    room: Name,
    user: Name,
    /// Until when; without it, until they are let speak again.
    until: Option<At>,
}

/// What somebody shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Appointed {
    room: Name,
    user: Name,
    /// `guest`, `member` or `admin`; the owner hands the room over instead.
    role: Role,
}

/// A page of those who are banned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BansPage {
    room: Name,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Somebody who is let in no more.
#[derive(Debug, Serialize, ToSchema)]
struct Banned {
    user: Name,
    /// Who said so.
    by: Name,
    at: At,
}

/// Who is banned, by handle.
#[derive(Debug, Serialize, ToSchema)]
struct Bans {
    bans: Vec<Banned>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// What any of these may be answered.
const WHY_NOT: &[Code] = &[Code::NotFound, Code::NotAllowed, Code::Invalid];

pub(super) fn methods() -> Vec<Method> {
    const MEMBER: &str = "/v1/rooms/{room}/members/{user}";
    const MUTE: &str = "/v1/rooms/{room}/members/{user}/mute";
    const BAN: &str = "/v1/rooms/{room}/bans/{user}";
    const ROLE: &str = "/v1/rooms/{room}/members/{user}/role";
    const OWNER: &str = "/v1/rooms/{room}/owner";
    vec![
        Method::new("rooms.kick", (Verb::Delete, MEMBER), CHANGE, "Show somebody out", kick).may(WHY_NOT),
        Method::new("rooms.mute", (Verb::Put, MUTE), CHANGE, "Have somebody listen only", mute).may(WHY_NOT),
        Method::new("rooms.unmute", (Verb::Delete, MUTE), CHANGE, "Let somebody speak again", unmute)
            .may(WHY_NOT),
        Method::new("rooms.role", (Verb::Put, ROLE), CHANGE, "Say what somebody is in a room", role)
            .may(WHY_NOT),
        Method::new("rooms.hand_over", (Verb::Put, OWNER), CHANGE, "Make somebody else the owner", hand_over)
            .may(WHY_NOT),
        Method::new("rooms.bans", (Verb::Get, "/v1/rooms/{room}/bans"), LOOK, "Who is banned", bans)
            .may(&[Code::NotFound, Code::NotAllowed]),
        Method::new("rooms.ban", (Verb::Put, BAN), CHANGE, "Let somebody in no more", ban).may(WHY_NOT),
        Method::new("rooms.unban", (Verb::Delete, BAN), CHANGE, "Let somebody in again", unban).may(WHY_NOT),
    ]
}

/// Changes something about a person. Who may not know of the room learns nothing of the person either.
async fn about(
    ask: &Ask,
    (room, user): (&Name, &Name),
    change: impl FnOnce(Person) -> Change,
) -> Result<Done, Problem> {
    standing(ask, room).await?;
    let who = ask.bridge().person(&user.0).await?;
    ask.bridge().change_room(&ask.caller()?.account, &room.0, change(who)).await?;
    Ok(Done)
}

async fn kick(ask: Ask, input: ThisMember) -> Result<Done, Problem> {
    about(&ask, (&input.room, &input.user), |who| Change::Kick { who }).await
}

async fn mute(ask: Ask, input: Mute) -> Result<Done, Problem> {
    let until = input.until.map_or(Timestamp::NEVER, |until| until.0);
    if until <= now() {
        return Err(Problem::new(Code::Invalid, "`until` is over already"));
    }
    about(&ask, (&input.room, &input.user), |who| Change::Mute { who, until }).await
}

async fn unmute(ask: Ask, input: ThisMember) -> Result<Done, Problem> {
    about(&ask, (&input.room, &input.user), |who| Change::Mute { who, until: Timestamp(0) }).await
}

async fn role(ask: Ask, input: Appointed) -> Result<Done, Problem> {
    let role = input.role.into();
    about(&ask, (&input.room, &input.user), |who| Change::Appoint { who, role }).await
}

async fn hand_over(ask: Ask, input: ThisMember) -> Result<Done, Problem> {
    about(&ask, (&input.room, &input.user), |who| Change::HandOver { who }).await
}

async fn ban(ask: Ask, input: ThisMember) -> Result<Done, Problem> {
    about(&ask, (&input.room, &input.user), |who| Change::Ban { who }).await
}

async fn unban(ask: Ask, input: ThisMember) -> Result<Done, Problem> {
    about(&ask, (&input.room, &input.user), |who| Change::Unban { who }).await
}

async fn bans(ask: Ask, input: BansPage) -> Result<Bans, Problem> {
    const LIST: &str = "rooms.bans";
    let limit = cursor::limit(input.limit)?;
    let after = cursor::handle(LIST, input.after.as_deref())?;
    let standing = managed(&ask, &input.room).await?;
    let mut found = ask.store().places().bans(standing.room, after.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor::after(LIST, last.handle.as_str()));
    let seen = |ban: Ban| Banned { user: Name(ban.handle), by: Name(ban.by), at: At(ban.at) };
    Ok(Bans { bans: found.into_iter().map(seen).collect(), next })
}
