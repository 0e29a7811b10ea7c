//! What the caller sets for a room of theirs, for all their devices, and what they began to write in it.

use super::list::{Room, get};
use super::{CHANGE, SAY, ThisRoom};
use crate::ask::Ask;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use serde::{Deserialize, Serialize};
use store::stored::now;
use store::{PushLevel, Settings, SettingsChange, Unsaid};
use utoipa::ToSchema;

/// What shall be set; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Own {
    room: Name,
    /// Whether it shall not ring.
    muted: Option<bool>,
    /// Until when, with `muted`; for ever without it.
    muted_until: Option<At>,
    /// Whether it stays at the top of the list.
    pinned: Option<bool>,
    /// Whether it is out of sight.
    archived: Option<bool>,
    /// Whether it shall be shown as unread, though it was read. Reading it, or saying something in it, takes this away.
    marked_unread: Option<bool>,
    /// What of it is pushed to my devices: `all`, `mentions`, `none`, or `usual`.
    push: Option<Pushed>,
}

/// What of a room is pushed.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Pushed {
    Usual,
    All,
    Mentions,
    None,
}

impl Pushed {
    fn level(self) -> Option<PushLevel> {
        match self {
            Pushed::Usual => None,
            Pushed::All => Some(PushLevel::All),
            Pushed::Mentions => Some(PushLevel::Mentions),
            Pushed::None => Some(PushLevel::None),
        }
    }
}

/// What was begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewText {
    room: Name,
    /// Up to 4,096 bytes; nothing erases what was there.
    #[schema(max_length = 4096)]
    text: String,
}

/// What was begun to be written, and not said.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Text {
    text: Box<str>,
    /// When it was kept.
    at: At,
}

impl Text {
    pub(super) fn of(unsaid: Unsaid) -> Text {
        Text { text: unsaid.text, at: At(unsaid.at) }
    }
}

pub(super) fn methods() -> Vec<Method> {
    let own = (Verb::Post, "/v1/rooms/{room}/own");
    let draft = (Verb::Put, "/v1/rooms/{room}/draft");
    vec![
        Method::new(
            "rooms.set_own",
            own,
            CHANGE,
            "Mute, pin, archive or mark a room, or say what of it is pushed, for myself",
            set,
        )
        .may(&[Code::NotFound, Code::Invalid]),
        Method::new("rooms.set_draft", draft, SAY, "Keep what I began to write in a room", keep)
            .may(&[Code::NotFound, Code::Invalid]),
    ]
}

async fn set(ask: Ask, input: Own) -> Result<Room, Problem> {
    let Own { room, muted, muted_until, pinned, archived, marked_unread, push } = input;
    let muted_until = match (muted, muted_until) {
        (Some(true), until) => Some(Some(until.map_or(Settings::FOR_EVER, |until| until.0))),
        (Some(false), None) => Some(None),
        (None, None) => None,
        _ => return Err(Problem::bad_request("`muted_until` goes with `muted`: true")),
    };
    let push_level = push.map(Pushed::level);
    let change = SettingsChange { muted_until, pinned, archived, marked: marked_unread, push_level };
    if change == SettingsChange::default() {
        return Err(Problem::bad_request("nothing is to be set"));
    }
    ask.bridge().set_own(&ask.caller()?.account, &room.0, &change).await?;
    get(ask, ThisRoom { room }).await
}

async fn keep(ask: Ask, input: NewText) -> Result<Room, Problem> {
    let NewText { room, text } = input;
    if text.len() > Unsaid::MOST {
        let words = format!("a text that is begun has up to {} bytes", Unsaid::MOST);
        return Err(Problem::new(Code::Invalid, words));
    }
    let unsaid = Unsaid { text: text.into(), at: now() };
    ask.bridge().keep_unsaid(&ask.caller()?.account, &room.0, &unsaid).await?;
    get(ask, ThisRoom { room }).await
}
