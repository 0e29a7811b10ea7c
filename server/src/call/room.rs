//! What concerns a room and the people in it.

use super::{Asked, every_page, request, values};
use crate::cli::{OfMember, OfRoom, RoomAsk, RoomCreate};
use anyhow::Context;
use chat::Timestamp;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use std::time::Duration;
use store::stored::now;
use topics::payload::rfc3339;

/// Things on one page, where all pages are asked for: as many as there may be.
const PAGE: u32 = 200;

/// The request that it becomes.
pub(crate) fn room(asked: RoomAsk) -> anyhow::Result<Asked> {
    Ok(match asked {
        RoomAsk::Create(create) => self::create(create)?,
        RoomAsk::Show(of) => about(of, "rooms.settings", json!({})),
        RoomAsk::Set { room, settings, asking } => {
            let settings = values(settings)?;
            about(OfRoom { room, asking }, "rooms.set", json!({"settings": settings}))
        }
        RoomAsk::Members(of) => every_page(about(of, "rooms.members", json!({"limit": PAGE}))),
        RoomAsk::Role { of, role } => somebody(of, "rooms.role", json!({"role": word(role)})),
        RoomAsk::Owner(of) => somebody(of, "rooms.hand_over", json!({})),
        RoomAsk::Kick(of) => somebody(of, "rooms.kick", json!({})),
        RoomAsk::Ban(of) => somebody(of, "rooms.ban", json!({})),
        RoomAsk::Unban(of) => somebody(of, "rooms.unban", json!({})),
        RoomAsk::Bans(of) => every_page(about(of, "rooms.bans", json!({"limit": PAGE}))),
        RoomAsk::Mute { of, time } => {
            let until = time.map(|time| later(time).map(rfc3339)).transpose()?;
            somebody(of, "rooms.mute", json!({"until": until}))
        }
        RoomAsk::Unmute(of) => somebody(of, "rooms.unmute", json!({})),
        RoomAsk::Invite { of, ttl } => {
            somebody(of, "rooms.invite", json!({"expires_in": ttl.map(|ttl| ttl.as_secs())}))
        }
        RoomAsk::Invitations(of) => about(of, "rooms.invitations", json!({})),
        RoomAsk::Link { of, uses, ttl } => {
            let expires_in = ttl.map(|ttl| ttl.as_secs());
            about(of, "rooms.add_link", json!({"uses": uses, "expires_in": expires_in}))
        }
        RoomAsk::Links(of) => about(of, "rooms.links", json!({})),
        RoomAsk::Unlink { of, id } => about(of, "rooms.end_link", json!({"id": id.to_string()})),
    })
}

fn create(create: RoomCreate) -> anyhow::Result<Asked> {
    let RoomCreate { room, kind, members, settings, asking } = create;
    let members: Vec<&str> = members.iter().map(chat::Handle::as_str).collect();
    let more = json!({"kind": word(kind), "members": members, "settings": values(settings)?});
    Ok(about(OfRoom { room: room.clone(), asking }, "rooms.create", more))
}

fn about(of: OfRoom, method: &str, more: Value) -> Asked {
    request(method, with([("room", of.room.as_str())], more), of.asking)
}

fn somebody(of: OfMember, method: &str, more: Value) -> Asked {
    let who = [("room", of.room.as_str()), ("user", of.user.as_str())];
    request(method, with(who, more), of.asking)
}

/// What was not said stays out.
fn with<const N: usize>(names: [(&str, &str); N], more: Value) -> Value {
    let names = names.into_iter().map(|(key, name)| (key.to_owned(), Value::from(name)));
    let more = match more {
        Value::Object(more) => more,
        _ => Map::new(),
    };
    names.chain(more.into_iter().filter(|(_, value)| !value.is_null())).collect::<Map<_, _>>().into()
}

/// The word for it in a request, as it is typed.
fn word(value: impl ValueEnum) -> Option<String> {
    value.to_possible_value().map(|value| value.get_name().to_owned())
}

fn later(time: Duration) -> anyhow::Result<Timestamp> {
    let millis = i64::try_from(time.as_millis()).ok().and_then(|time| now().0.checked_add(time));
    millis.map(Timestamp).context("that is longer than time is counted")
}
