//! What is set for a room.

use super::{CHANGE, LOOK, ThisRoom, standing};
use crate::ask::Ask;
use crate::method::{Done, Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use chat::{Change, NewSettings};
use serde::{Deserialize, Serialize};
use store::RoomCard;
use utoipa::ToSchema;

/// How one comes in: whoever likes to, whoever asks and is let in, or whoever is invited.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Joining {
    Open,
    Request,
    Invite,
}

/// What newcomers may read of what was said before they came.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum History {
    FromJoin,
    All,
}

/// What a member is; each may do what the one before may.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    Guest,
    Member,
    Admin,
    Owner,
}

/// What is set for a room. In a request only what is there is set; an empty text takes a text away, 0 a limit.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// What people call it; a line.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// What it is about.
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// Where the picture that stands for it is: a picture that you uploaded (`/v1/media/{media}/thumbnail` or
    /// `…/content`), or an https address.
    #[schema(max_length = 2048)]
    avatar: Option<String>,
    /// How one comes in; `invite` unless it is set.
    join: Option<Joining>,
    /// What newcomers may read; `from_join` unless it is set.
    history: Option<History>,
    /// The least role that may write; `member` in a group, `admin` in a channel.
    write: Option<Role>,
    /// The least role that may pin; `admin` unless it is set.
    pin: Option<Role>,
    /// The least role that may invite; `member` in a group, `admin` in a channel.
    invite: Option<Role>,
    /// The least role that may call everybody (`@all`); `admin` unless it is set.
    call_all: Option<Role>,
    /// How many people it takes; 0 is without end.
    #[schema(maximum = 1_000_000)]
    member_limit: Option<u32>,
    /// Seconds between two messages of one person who does not manage the room; 0 is no limit.
    #[schema(maximum = 86_400)]
    slow_mode: Option<u32>,
    /// Whether strangers find it among the public rooms.
    listed: Option<bool>,
}

/// What shall be set for which room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetRoom {
    room: Name,
    settings: Settings,
}

/// A room beyond its log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoomSettings {
    room: Name,
    /// `direct`, `group` or `channel`.
    kind: &'static str,
    /// How many people are in it.
    members: u32,
    created_at: At,
    /// Everything that is set.
    settings: Settings,
}

impl From<Role> for chat::Role {
    fn from(role: Role) -> chat::Role {
        match role {
            Role::Guest => chat::Role::Guest,
            Role::Member => chat::Role::Member,
            Role::Admin => chat::Role::Admin,
            Role::Owner => chat::Role::Owner,
        }
    }
}

impl From<chat::Role> for Role {
    fn from(role: chat::Role) -> Role {
        match role {
            chat::Role::Guest => Role::Guest,
            chat::Role::Member => Role::Member,
            chat::Role::Admin => Role::Admin,
            chat::Role::Owner => Role::Owner,
        }
    }
}

impl From<chat::Joining> for Joining {
    fn from(join: chat::Joining) -> Joining {
        match join {
            chat::Joining::Open => Joining::Open,
            chat::Joining::Request => Joining::Request,
            chat::Joining::Invite => Joining::Invite,
        }
    }
}

impl From<Settings> for NewSettings {
    fn from(set: Settings) -> NewSettings {
        let text = |text: Option<String>| text.map(String::into_boxed_str);
        NewSettings {
            name: text(set.name),
            description: text(set.description),
            avatar: text(set.avatar),
            join: set.join.map(|join| match join {
                Joining::Open => chat::Joining::Open,
                Joining::Request => chat::Joining::Request,
                Joining::Invite => chat::Joining::Invite,
            }),
            history: set.history.map(|history| match history {
                History::FromJoin => chat::History::FromJoin,
                History::All => chat::History::All,
            }),
            write: set.write.map(Into::into),
            pin: set.pin.map(Into::into),
            invite: set.invite.map(Into::into),
            call_all: set.call_all.map(Into::into),
            member_limit: set.member_limit,
            slow_mode: set.slow_mode,
            listed: set.listed,
        }
    }
}

impl From<chat::Settings> for Settings {
    fn from(settings: chat::Settings) -> Settings {
        let chat::Settings { about, policy } = settings;
        let text = |text: Option<Box<str>>| text.map(String::from);
        Settings {
            name: text(about.name),
            description: text(about.description),
            avatar: text(about.avatar),
            join: Some(policy.join.into()),
            history: Some(match policy.history {
                chat::History::FromJoin => History::FromJoin,
                chat::History::All => History::All,
            }),
            write: Some(policy.write.into()),
            pin: Some(policy.pin.into()),
            invite: Some(policy.invite.into()),
            call_all: Some(policy.call_all.into()),
            member_limit: policy.member_limit,
            slow_mode: Some(policy.slow_mode),
            listed: Some(policy.listed),
        }
    }
}

impl From<RoomCard> for RoomSettings {
    fn from(card: RoomCard) -> RoomSettings {
        RoomSettings {
            room: Name(card.handle),
            kind: card.kind.word(),
            members: card.members,
            created_at: At(card.created_at),
            settings: card.settings.into(),
        }
    }
}

pub(super) fn methods() -> Vec<Method> {
    const PLACE: &str = "/v1/rooms/{room}/settings";
    vec![
        Method::new("rooms.settings", (Verb::Get, PLACE), LOOK, "What is set for a room", get)
            .may(&[Code::NotFound]),
        Method::new("rooms.set", (Verb::Post, PLACE), CHANGE, "Set something for a room", set).may(&[
            Code::NotFound,
            Code::NotAllowed,
            Code::Invalid,
        ]),
    ]
}

async fn get(ask: Ask, input: ThisRoom) -> Result<RoomSettings, Problem> {
    let standing = standing(&ask, &input.room).await?;
    let card = ask.store().places().card(&standing.handle).await?;
    card.map(Into::into).ok_or_else(|| Problem::not_found("room"))
}

async fn set(ask: Ask, input: SetRoom) -> Result<Done, Problem> {
    let change = Change::Set(Box::new(input.settings.into()));
    ask.bridge().change_room(&ask.caller()?.account, &input.room.0, change).await?;
    Ok(Done)
}
