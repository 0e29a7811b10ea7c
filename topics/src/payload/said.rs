//! What a room tells its members: an entry of its log.
//!
//! The payload is the same for every member, so it is written once for each format and shared. `prev` is
//! the exception: it is the way of one device, and members who missed nothing have the same.

use super::at::rfc3339;
use super::key::Key;
use super::media;
use super::object::{Notation, Object};
use super::settings;
use super::{Properties, event, property, signs};
use crate::Format;
use bytes::Bytes;
use chat::{Act, Deed, Entry, Handle, Mention, Seq};

/// The entry as a payload. Under `plain/` it is the body alone, shared and not copied; a room's own
/// entries, and most of what is done to a message, have none.
#[must_use]
pub fn write(entry: &Entry, room: &Handle, format: Format, prev: Option<Seq>) -> Bytes {
    match (Notation::of(format), &entry.act) {
        (Some(notation), Act::Told(event)) => event::object(entry, event, notation, prev),
        (Some(notation), _) => object(entry, room, notation, prev),
        (None, _) => body(entry).cloned().unwrap_or_default(),
    }
}

/// The user properties of the entry: all that is short. `data` and the members of a new room have no bound that
/// fits there; they are in objects only. Under `cbor/` there are none: they would be larger than the message.
#[must_use]
pub fn properties(entry: &Entry, room: &Handle, format: Format, prev: Option<Seq>) -> Properties {
    if format == Format::Cbor {
        return Vec::new();
    }
    if let Act::Told(event) = &entry.act {
        return event::properties(entry, event, prev);
    }
    let mut properties = Vec::with_capacity(10);
    properties.push(property("seq", entry.seq));
    properties.push(property("room", room));
    properties.push(property("from", &entry.from));
    properties.push(property("at", rfc3339(entry.at)));
    properties.push(property("kind", entry.act.kind().word()));
    properties.push(property("n", entry.n));
    properties.extend(prev.map(|prev| property("prev", prev)));
    properties.extend(entry.draft.map(|draft| property("draft", draft.0)));
    match &entry.act {
        Act::Said(content) => {
            properties.extend(content.reply_to.map(|seq| property("reply_to", seq)));
            properties.extend(content.mentions.iter().map(|who| property("mention", who)));
            properties.extend(content.media.as_ref().map(|media| property("media", media.id())));
            if let Some(origin) = &content.forwarded {
                properties.push(property("origin_room", &origin.room));
                properties.push(property("origin_seq", origin.seq));
                properties.push(property("origin_from", &origin.from));
            }
        }
        Act::Did(deed) => {
            properties.push(property("of", deed.of()));
            if let Deed::Edit { wording, .. } = deed {
                properties.extend(wording.mentions.iter().map(|who| property("mention", who)));
            }
        }
        Act::Appointed { role, .. } => properties.push(property("role", role.word())),
        Act::Muted { until, .. } => properties.extend(until.map(|until| property("until", rfc3339(until)))),
        Act::Joined { .. } | Act::Left { .. } | Act::Banned { .. } | Act::Unbanned { .. } => {}
        Act::Unmuted { .. } | Act::HandedOver { .. } => {}
        Act::Reactions { of, signs } => {
            properties.push(property("of", of));
            properties.extend(
                signs
                    .iter()
                    .map(|(sign, people)| property("sign", format_args!("{people} {}", sign.as_str()))),
            );
        }
        Act::Invited { role, until, .. } => {
            properties.push(property("role", role.word()));
            properties.push(property("until", rfc3339(*until)));
        }
        Act::LinkMade { link, role, uses, until } => {
            properties.push(property("link", link.0));
            properties.push(property("role", role.word()));
            properties.extend(uses.map(|uses| property("uses", uses)));
            properties.extend(until.map(|until| property("until", rfc3339(until))));
        }
        Act::LinkEnded { link } => properties.push(property("link", link.0)),
        Act::Uninvited { .. } | Act::Requested { .. } | Act::Declined { .. } => {}
        Act::Told(_) | Act::Created { .. } | Act::Recalled | Act::Set(_) => {}
    }
    properties.extend(entry.act.who().map(|who| property("user", who)));
    properties
}

/// The Content Type of the payload.
#[must_use]
pub fn content_type(entry: &Entry, format: Format) -> &'static str {
    let body = body(entry).map_or(&[][..], |body| body);
    match format {
        Format::Plain if std::str::from_utf8(body).is_err() => "application/octet-stream",
        _ => format.content_type(),
    }
}

/// Whom a sign calls.
static NO_MENTIONS: Vec<Mention> = Vec::new();

/// What a person wrote in it.
struct Words<'a> {
    body: &'a Bytes,
    mentions: &'a [Mention],
    data: Option<&'a str>,
}

fn words(entry: &Entry) -> Option<Words<'_>> {
    let (body, mentions, data) = match &entry.act {
        Act::Said(content) => (&content.body, &content.mentions, &content.data),
        Act::Did(Deed::Edit { wording, .. }) => (&wording.body, &wording.mentions, &wording.data),
        Act::Did(Deed::React { sign, .. } | Deed::Unreact { sign, .. }) => {
            (sign.as_bytes(), &NO_MENTIONS, &None)
        }
        _ => return None,
    };
    Some(Words { body, mentions, data: data.as_deref() })
}

fn body(entry: &Entry) -> Option<&Bytes> {
    words(entry).map(|words| words.body)
}

fn object(entry: &Entry, room: &Handle, notation: Notation, prev: Option<Seq>) -> Bytes {
    // The envelope has about 200 bytes, a mention about 20, and base 64 makes four bytes of three.
    let words = words(entry);
    let said = words.as_ref().map_or(0, |words| {
        (words.body.len() + words.data.map_or(0, str::len)) * 4 / 3 + words.mentions.len() * 20
    });
    let mut object = Object::with_capacity(notation, 256 + said);
    object.text(Key::Room, room.as_str());
    object.number(Key::Seq, entry.seq.0);
    object.text(Key::From, entry.from.as_str());
    object.time(Key::At, entry.at);
    object.text(Key::Kind, entry.act.kind().word());
    match &entry.act {
        Act::Said(content) => {
            object.number_if(Key::ReplyTo, content.reply_to.map(|seq| seq.0));
            if let Some(attached) = &content.media {
                object.json(Key::Media, &media::written(attached));
            }
            if let Some(origin) = &content.forwarded {
                object.text(Key::OriginRoom, origin.room.as_str());
                object.number(Key::OriginSeq, origin.seq.0);
                object.text(Key::OriginFrom, origin.from.as_str());
            }
        }
        Act::Did(deed) => object.number(Key::Of, deed.of().0),
        Act::Recalled => {}
        Act::Created { members } => object.names_if(Key::Members, members.iter().map(Handle::as_str)),
        Act::Appointed { role, .. } => object.text(Key::Role, role.word()),
        Act::Muted { until: Some(until), .. } => object.time(Key::Until, *until),
        Act::Set(new) => object.json(Key::Settings, &settings::json(new)),
        Act::Reactions { of, signs } => {
            object.number(Key::Of, of.0);
            object.json(Key::Signs, &signs::json(signs));
        }
        Act::Joined { .. } | Act::Left { .. } | Act::Banned { .. } | Act::Unbanned { .. } => {}
        Act::Invited { role, until, .. } => {
            object.text(Key::Role, role.word());
            object.time(Key::Until, *until);
        }
        Act::LinkMade { link, role, uses, until } => {
            // 63 bits: JSON's readers round such a number.
            object.text(Key::Link, &link.0.to_string());
            object.text(Key::Role, role.word());
            object.number_if(Key::Uses, uses.map(u64::from));
            if let Some(until) = until {
                object.time(Key::Until, *until);
            }
        }
        Act::LinkEnded { link } => object.text(Key::Link, &link.0.to_string()),
        Act::Muted { until: None, .. } | Act::Unmuted { .. } | Act::HandedOver { .. } | Act::Told(_) => {}
        Act::Uninvited { .. } | Act::Requested { .. } | Act::Declined { .. } => {}
    }
    if let Some(who) = entry.act.who() {
        object.text(Key::User, who.as_str());
    }
    if let Some(words) = words {
        words.write(&mut object);
    }
    if let Some(draft) = entry.draft {
        object.draft(draft.0);
    }
    object.number(Key::N, entry.n);
    object.number_if(Key::Prev, prev.map(|seq| seq.0));
    object.end()
}

impl Words<'_> {
    fn write(&self, object: &mut Object) {
        if !self.body.is_empty() {
            object.body(self.body);
        }
        object.names_if(Key::Mentions, self.mentions.iter().map(Mention::as_str));
        if let Some(data) = self.data {
            object.json(Key::Data, data);
        }
    }
}
