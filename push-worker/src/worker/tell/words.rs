//! What a device is shown, in few words. Providers read along: where that is not wanted, the app's own words stand there.

use crate::manner::Manner;
use crate::notification::{Form, Lifetime, Notification, Priority, Sealed, Words};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chat::{Act, Content, Entry, Event, EventKind, Kind, Seq};
use std::collections::BTreeMap;
use store::{Note, NoteContext};
use uuid::Uuid;

/// Who is told of a message: where, from whom, what, and how much there is.
pub(super) fn told(
    id: Uuid,
    entry: &Entry,
    context: &NoteContext,
    manner: &Manner,
    lifetime: Lifetime,
) -> Notification {
    let own = entry.room.owner().is_some();
    let room = if own { "me" } else { context.handle.as_str() };
    let mut data = BTreeMap::from([("room", room.to_owned()), ("seq", entry.seq.0.to_string())]);
    if !own {
        // Google keeps `from` for itself.
        data.insert("sender", entry.from.as_str().to_owned());
    }
    data.insert("kind", kind(entry).to_owned());
    let shows = manner.content && manner.form != Form::Background;
    Notification {
        id,
        form: manner.form,
        words: if shows { shown(entry, context) } else { None },
        sealed: if shows { sealed(entry, manner) } else { None },
        data,
        badge: Some(context.badge),
        sound: true,
        collapse: Some(room.to_owned()),
        thread: Some(room.to_owned()),
        priority: if manner.form == Form::Background { Priority::Normal } else { Priority::High },
        lifetime,
    }
}

/// What it shows of this room up to here was read elsewhere.
pub(super) fn withdrawal(id: Uuid, context: &NoteContext, upto: Seq, lifetime: Lifetime) -> Notification {
    let room = if context.handle.is_own() { "me" } else { context.handle.as_str() };
    let upto = i64::try_from(upto.0).unwrap_or(i64::MAX);
    Notification::withdrawal(id, room, upto, context.badge, lifetime)
}

/// Whoever set this up wants to see whether it works.
pub(super) fn test(note: &Note, manner: &Manner, lifetime: Lifetime) -> Notification {
    let seq = note.what.map_or(0, |(_, to)| to.0);
    Notification {
        id: Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("test.{}.{seq}", note.device.id.0).as_bytes()),
        form: manner.form,
        words: Some(Words::new("Natter", "This is a test: pushes reach this device.")),
        sealed: None,
        data: BTreeMap::from([("test", seq.to_string())]),
        badge: None,
        sound: true,
        collapse: None,
        thread: None,
        priority: Priority::High,
        lifetime,
    }
}

fn kind(entry: &Entry) -> &'static str {
    match &entry.act {
        Act::Said(content) => content.kind.word(),
        Act::Told(event) => event.kind.word(),
        _ => "",
    }
}

/// What is sealed for devices stays sealed; the app that opens it makes the words.
fn sealed(entry: &Entry, manner: &Manner) -> Option<Sealed> {
    match &entry.act {
        Act::Said(content) if content.kind == Kind::Sealed && manner.form == Form::MutableContent => {
            Some(Sealed::new(BASE64_STANDARD.encode(&content.body)))
        }
        _ => None,
    }
}

fn shown(entry: &Entry, context: &NoteContext) -> Option<Words> {
    match &entry.act {
        Act::Said(content) if content.kind == Kind::Sealed => None,
        Act::Said(content) => {
            let (from, said) = (entry.from.as_str(), body(content));
            Some(match context.direct {
                true => Words::new(from, &said),
                false => {
                    let room = context.name.as_deref().unwrap_or(context.handle.as_str());
                    Words::new(room, &format!("{from}: {said}"))
                }
            })
        }
        Act::Told(event) => Some(asked(event)),
        _ => None,
    }
}

/// The words of a message, or what it is where it has none.
fn body(content: &Content) -> String {
    let text = String::from_utf8_lossy(&content.body);
    let text = text.trim();
    let what = match content.kind {
        Kind::Image => "a picture",
        Kind::File => "a file",
        Kind::Audio => "a sound",
        Kind::Video => "a video",
        Kind::Location => "a place",
        Kind::Card => "a card",
        _ => "a message",
    };
    if text.is_empty() { what.to_owned() } else { text.to_owned() }
}

fn asked(event: &Event) -> Words {
    let name =
        |handle: &Option<chat::Handle>| handle.as_ref().map_or("somebody", |one| one.as_str()).to_owned();
    let (user, room) = (name(&event.user), name(&event.room));
    let words = match event.kind {
        EventKind::RoomInvited => format!("{user} invites you into {room}"),
        EventKind::RoomRequested => format!("{user} asks to be let into {room}"),
        _ => format!("{user} asks you to be a contact"),
    };
    Words::new("Natter", &words)
}
