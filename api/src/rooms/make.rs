//! Rooms are made, and found: those of two.

use super::settings::Settings;
use super::{CHANGE, ThisRoom, list};
use crate::ask::Ask;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::Name;
use bridge::RoomWish;
use chat::RoomKind;
use serde::Deserialize;
use utoipa::ToSchema;

/// Members of a new room: others come in later.
const MEMBERS_MOST: usize = 200;

/// What sort of room.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    /// People talk with each other.
    #[default]
    Group,
    /// Few write and many read.
    Channel,
}

/// A room to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRoom {
    /// What it shall be called, for ever; without it, the server makes a name.
    room: Option<Name>,
    /// A group, where people talk with each other, or a channel, where few write and many read.
    #[serde(default)]
    kind: Sort,
    /// Who is in it from the start, beside its maker; up to 200.
    #[serde(default)]
    #[schema(max_items = 200)]
    members: Vec<Name>,
    /// What shall be set otherwise than is usual.
    #[serde(default)]
    settings: Settings,
}

/// With whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct With {
    user: Name,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("rooms.create", (Verb::Post, "/v1/rooms"), CHANGE, "Make a room", create)
            .creates()
            .may(&[Code::HandleTaken, Code::NotFound, Code::Invalid]),
        Method::new(
            "rooms.direct",
            (Verb::Put, "/v1/direct/{user}"),
            CHANGE,
            "The direct room with a user, made if there is none",
            direct,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn create(ask: Ask, input: NewRoom) -> Result<list::Room, Problem> {
    if input.members.len() > MEMBERS_MOST {
        let words = format!("a room begins with at most {MEMBERS_MOST} members; others come in later");
        return Err(Problem::new(Code::Invalid, words));
    }
    let kind = match input.kind {
        Sort::Group => RoomKind::Group,
        Sort::Channel => RoomKind::Channel,
    };
    let wish = RoomWish {
        handle: input.room.map(|name| name.0),
        kind,
        members: input.members.into_iter().map(|name| name.0).collect(),
        settings: input.settings.into(),
    };
    let room = ask.bridge().open_room(&ask.caller()?.account, wish).await?;
    list::get(ask.clone(), ThisRoom { room: Name(room) }).await
}

async fn direct(ask: Ask, input: With) -> Result<list::Room, Problem> {
    let room = ask.bridge().direct_room(&ask.caller()?.account, &input.user.0).await?;
    list::get(ask.clone(), ThisRoom { room: Name(room) }).await
}
