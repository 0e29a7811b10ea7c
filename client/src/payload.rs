//! What is said, as JSON: on its way to the server, and back from it.
//!
//! `topics` reads what clients send and writes what they hear, for the server; this is the other side of the
//! same page. The reader takes keys and kinds that a later server may add: what it can't name it passes on.

mod settings; // what was set for a room

use crate::event::{To, What};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chat::{
    Ask, Attached, Content, Deed, Draft, Forwarded, Handle, Kind, LinkId, Media, MediaId, Mention, Picture,
    Role, Seq, Sign, Timestamp, Wording,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use topics::{Address, Topic};

/// What the server published breaks the contract; the text says how, and repeats nothing of the message.
#[derive(Debug, thiserror::Error)]
#[error("what a room said can't be read: {0}")]
pub(crate) struct Unreadable(&'static str);

/// An entry or a marker, as it came.
#[derive(Debug)]
pub(crate) enum Heard {
    Entry(Entry),
    Gap { room: Handle, from: Seq, to: Seq },
}

impl Heard {
    /// The entry before it on this device's way.
    pub(crate) fn prev(&self) -> Seq {
        match self {
            Heard::Entry(entry) => entry.prev,
            Heard::Gap { from, .. } => from.before(),
        }
    }
}

/// An entry of a room's log.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) room: Handle,
    pub(crate) seq: Seq,
    pub(crate) prev: Seq,
    pub(crate) n: u64,
    pub(crate) from: Handle,
    pub(crate) at: Timestamp,
    pub(crate) draft: Option<Draft>,
    pub(crate) what: What,
}

/// The topic to say something on.
pub(crate) fn topic(to: &To) -> Topic {
    match to {
        To::Room(room) => Topic::Say(room.clone()),
        To::User(user) => Topic::SayTo(user.clone()),
    }
}

/// Where something is said that is published on this topic.
pub(crate) fn to(topic: &str) -> Option<To> {
    match topic.parse::<Address>().ok()?.topic {
        Topic::Say(room) => Some(To::Room(room)),
        Topic::SayTo(user) => Some(To::User(user)),
        Topic::Typing(_) | Topic::Signal(_) | Topic::MyPresence | Topic::Presence(_) => None,
        Topic::Said(_)
        | Topic::Read(_)
        | Topic::Receipts(_)
        | Topic::Events
        | Topic::Replies
        | Topic::Rpc(_) => None,
    }
}

#[derive(Default, Serialize)]
struct Say<'a> {
    draft: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of_room: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<String>,
}

/// Writes what is asked of a room, under its draft. `None` if its `data` is no JSON.
pub(crate) fn ask(draft: Draft, ask: &Ask) -> Option<Bytes> {
    let draft = draft.0.to_string();
    let say = match ask {
        Ask::Forward { room, of } => Say {
            draft,
            kind: Kind::Text.word(),
            of: Some(of.0),
            of_room: Some(room.as_str()),
            ..Say::default()
        },
        Ask::Say(Content { kind, body, reply_to, mentions, data, media, .. }) => Say {
            draft,
            media: media.as_ref().map(|media| media.id().to_string()),
            kind: kind.word(),
            reply_to: reply_to.map(|seq| seq.0),
            ..words(body, mentions, data.as_deref())?
        },
        Ask::Do(deed) => Say { draft, kind: deed.kind().word(), of: Some(deed.of().0), ..deed_words(deed)? },
    };
    serde_json::to_vec(&say).ok().map(Bytes::from)
}

fn deed_words(deed: &Deed) -> Option<Say<'_>> {
    match deed {
        Deed::Edit { wording: Wording { body, mentions, data }, .. } => {
            words(body, mentions, data.as_deref())
        }
        Deed::React { sign, .. } | Deed::Unreact { sign, .. } => {
            Some(Say { body: Some(sign.as_str()), ..Say::default() })
        }
        Deed::Recall { .. } | Deed::Pin { .. } | Deed::Unpin { .. } => Some(Say::default()),
    }
}

/// The words of it alone.
fn words<'a>(bytes: &'a [u8], mentions: &'a [Mention], data: Option<&'a str>) -> Option<Say<'a>> {
    let body = std::str::from_utf8(bytes).ok();
    Some(Say {
        body: body.filter(|body| !body.is_empty()),
        body_base64: body.is_none().then(|| STANDARD.encode(bytes)),
        mentions: mentions.iter().map(Mention::as_str).collect(),
        data: data.map(serde_json::from_str::<&RawValue>).transpose().ok()?,
        ..Say::default()
    })
}

#[derive(Deserialize)]
struct MediaKeys<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    size: u64,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    width: Option<u32>,
    height: Option<u32>,
    #[serde(borrow)]
    blurhash: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct KindOnly<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
struct GapKeys<'a> {
    #[serde(borrow)]
    room: Cow<'a, str>,
    from: u64,
    to: u64,
}

#[derive(Deserialize)]
struct Keys<'a> {
    #[serde(borrow)]
    room: Cow<'a, str>,
    seq: u64,
    prev: u64,
    n: u64,
    #[serde(borrow)]
    from: Cow<'a, str>,
    #[serde(borrow)]
    at: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    draft: Option<Cow<'a, str>>,
    of: Option<u64>,
    body: Option<Cow<'a, str>>,
    body_base64: Option<Cow<'a, str>>,
    reply_to: Option<u64>,
    #[serde(default)]
    mentions: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    media: Option<MediaKeys<'a>>,
    #[serde(default)]
    members: Vec<Cow<'a, str>>,
    user: Option<Cow<'a, str>>,
    role: Option<Cow<'a, str>>,
    until: Option<Cow<'a, str>>,
    settings: Option<settings::Keys<'a>>,
    origin_room: Option<Cow<'a, str>>,
    origin_seq: Option<u64>,
    origin_from: Option<Cow<'a, str>>,
    link: Option<Cow<'a, str>>,
    uses: Option<u32>,
    #[serde(default)]
    signs: Vec<SignKeys<'a>>,
}

#[derive(Deserialize)]
struct SignKeys<'a> {
    #[serde(borrow)]
    sign: Cow<'a, str>,
    people: u64,
}

/// Reads what came on `said`.
pub(crate) fn heard(payload: &Bytes) -> Result<Heard, Unreadable> {
    let kind: KindOnly<'_> = json(payload)?;
    if kind.kind == "gap" {
        let gap: GapKeys<'_> = json(payload)?;
        return Ok(Heard::Gap { room: handle(&gap.room)?, from: Seq(gap.from), to: Seq(gap.to) });
    }
    let keys: Keys<'_> = json(payload)?;
    Ok(Heard::Entry(Entry {
        room: handle(&keys.room)?,
        seq: Seq(keys.seq),
        prev: Seq(keys.prev),
        n: keys.n,
        from: handle(&keys.from)?,
        at: time_of(&keys.at).ok_or(Unreadable("`at` is no time"))?,
        draft: keys.draft.as_deref().map(Draft::from_text),
        what: what(keys, payload)?,
    }))
}

fn what(keys: Keys<'_>, payload: &Bytes) -> Result<What, Unreadable> {
    let user = || keys.user.as_deref().map_or(Err(Unreadable("`user` is missing")), handle);
    let role = || keys.role.as_deref().and_then(Role::from_word);
    let until = || {
        let until = keys.until.as_deref().map(|at| time_of(at).ok_or(Unreadable("`until` is no time")));
        until.transpose()
    };
    let link = || {
        let link = keys.link.as_deref().and_then(|digits| digits.parse().ok()).map(LinkId);
        link.ok_or(Unreadable("`link` is no number"))
    };
    // A later server may know roles that this version doesn't.
    let unknown = |kind: &str| What::Unknown { kind: kind.into(), payload: payload.clone() };
    Ok(match &*keys.kind {
        "created" => What::Created { members: handles(&keys.members)? },
        "joined" => What::Joined { user: user()? },
        "left" => What::Left { user: user()? },
        "banned" => What::Banned { user: user()? },
        "unbanned" => What::Unbanned { user: user()? },
        "role" => match role() {
            Some(role) => What::Appointed { user: user()?, role },
            None => unknown("role"),
        },
        "muted" => What::Muted { user: user()?, until: until()? },
        "invited" => match role() {
            Some(role) => {
                let until = until()?.ok_or(Unreadable("`until` is missing"))?;
                What::Invited { user: user()?, role, until }
            }
            None => unknown("invited"),
        },
        "uninvited" => What::Uninvited { user: user()? },
        "requested" => What::Requested { user: user()? },
        "declined" => What::Declined { user: user()? },
        "link_made" => match role() {
            Some(role) => What::LinkMade { link: link()?, role, uses: keys.uses, until: until()? },
            None => unknown("link_made"),
        },
        "link_ended" => What::LinkEnded { link: link()? },
        "unmuted" => What::Unmuted { user: user()? },
        "handed_over" => What::HandedOver { user: user()? },
        "settings" => What::Set(Box::new(keys.settings.unwrap_or_default().read())),
        "reactions" => reactions(&keys)?,
        "recalled" => What::Recalled,
        word => match Kind::ALL.into_iter().find(|kind| kind.word() == word) {
            Some(kind) if kind.is_message() => What::Message(content(kind, keys)?),
            Some(kind) if kind.is_deed() => What::Did(deed(kind, keys)?),
            _ => unknown(word),
        },
    })
}

fn reactions(keys: &Keys<'_>) -> Result<What, Unreadable> {
    let of = keys.of.map(Seq).ok_or(Unreadable("`of` is missing"))?;
    let sign = |one: &SignKeys<'_>| Ok((sign(&one.sign)?, one.people));
    Ok(What::Reactions { of, signs: keys.signs.iter().map(sign).collect::<Result<_, _>>()? })
}

fn sign(text: &str) -> Result<Sign, Unreadable> {
    Sign::new(text).map_err(|_| Unreadable("a sign is none"))
}

fn deed(kind: Kind, keys: Keys<'_>) -> Result<Deed, Unreadable> {
    let of = keys.of.map(Seq).ok_or(Unreadable("`of` is missing"))?;
    let sign = |text: Option<&str>| text.map_or(Err(Unreadable("`body` is missing")), sign);
    Ok(match kind {
        Kind::Recall => Deed::Recall { of },
        Kind::React => Deed::React { of, sign: sign(keys.body.as_deref())? },
        Kind::Unreact => Deed::Unreact { of, sign: sign(keys.body.as_deref())? },
        Kind::Pin => Deed::Pin { of },
        Kind::Unpin => Deed::Unpin { of },
        _ => {
            let Content { body, mentions, data, .. } = content(kind, keys)?;
            Deed::Edit { of, wording: Wording { body, mentions, data } }
        }
    })
}

fn content(kind: Kind, keys: Keys<'_>) -> Result<Content, Unreadable> {
    let body = match (keys.body, keys.body_base64) {
        (Some(text), _) => Bytes::from(text.into_owned()),
        (None, Some(text)) => {
            STANDARD.decode(&*text).map_err(|_| Unreadable("`body_base64` is no base 64"))?.into()
        }
        (None, None) => Bytes::new(),
    };
    let (reply_to, mentions) = (keys.reply_to.map(Seq), mentions(&keys.mentions)?);
    let forwarded = match (&keys.origin_room, keys.origin_seq, &keys.origin_from) {
        (Some(room), Some(seq), Some(from)) => {
            Some(Box::new(Forwarded { room: handle(room)?, seq: Seq(seq), from: handle(from)? }))
        }
        _ => None,
    };
    let data = keys.data.map(|data| data.get().into());
    let media = keys.media.map(media).transpose()?;
    Ok(Content { kind, body, reply_to, mentions, data, media, forwarded })
}

/// What a later server may say beside this is left out.
fn media(keys: MediaKeys<'_>) -> Result<Attached, Unreadable> {
    let id = MediaId::from_digits(&keys.id).ok_or(Unreadable("`media` has no number"))?;
    let picture = match (keys.width, keys.height, keys.blurhash) {
        (Some(width), Some(height), Some(hash)) => {
            Some(Picture { width, height, blurhash: hash.into_owned().into() })
        }
        _ => None,
    };
    Ok(Attached::Known(Box::new(Media {
        id,
        kind: keys.kind.into_owned().into(),
        size: keys.size,
        name: keys.name.map(|name| name.into_owned().into()),
        picture,
    })))
}

/// The reader's own words may repeat what stood there, so they are not kept.
fn json<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(payload).map_err(|_| Unreadable("a key is missing, or this is no JSON"))
}

fn handle(text: &str) -> Result<Handle, Unreadable> {
    Handle::new(text).map_err(|_| Unreadable("a name is no handle"))
}

fn mentions(texts: &[Cow<'_, str>]) -> Result<Vec<Mention>, Unreadable> {
    let mention = |text: &Cow<'_, str>| Mention::new(text).map_err(|_| Unreadable("a name is no handle"));
    texts.iter().map(mention).collect()
}

fn handles(texts: &[Cow<'_, str>]) -> Result<Vec<Handle>, Unreadable> {
    texts.iter().map(|text| handle(text)).collect()
}

/// `2026-11-23T10:00:00.123Z` in milliseconds since 1970.
pub(crate) fn time_of(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}
