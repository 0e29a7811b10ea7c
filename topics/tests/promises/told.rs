//! What the examples of the page tell, as values.

use crate::handle;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chat::{
    Act, Ask, Attached, Content, Deed, Draft, Entry, Event, EventKind, Forwarded, Handle, Kind, Media,
    MediaId, Mention, Picture, Presence, PresenceText, Reach, Shown, Sign, Wording,
};
use chat::{
    Denial, History, Joining, Member, NewSettings, Objection, Policy, Refusal, Role, RoomId, RoomKind,
    RulesVersion, Say, Seq, Standing, Timestamp, UserId,
};
use serde_json::Value;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use topics::page::{Example, in_json};
use topics::payload::say::{self, SayProperties};
use topics::payload::{Properties, gap, presence, read, receipts, refused, rpc, said, signal, typing};
use topics::{Address, Format, Topic};

/// What the server writes for what an example tells.
pub(crate) fn written(address: &Address, told: &Value) -> (Bytes, Properties) {
    match &address.topic {
        Topic::Said(room) if told["kind"] == "gap" => {
            gap::write(room, seq(told, "from").unwrap(), seq(told, "to").unwrap(), address.format)
        }
        Topic::Said(room) => {
            let (entry, prev) = (entry(told), seq(told, "prev"));
            let properties = said::properties(&entry, room, address.format, prev);
            (said::write(&entry, room, address.format, prev), properties)
        }
        Topic::Receipts(room) => {
            let user = handle(text(told, "user"));
            let marks = (seq(told, "delivered").unwrap(), seq(told, "read").unwrap());
            (receipts::write(room, &user, marks, address.format).unwrap(), Vec::new())
        }
        Topic::Events => {
            let (entry, own, prev) = (event(told), Handle::own(UserId(1)), seq(told, "prev"));
            let properties = said::properties(&entry, &own, address.format, prev);
            (said::write(&entry, &own, address.format, prev), properties)
        }
        Topic::Replies if told["reply"].is_string() => (answer(told, address.format), Vec::new()),
        Topic::Replies => {
            let packet = told["packet"].as_u64().map(|packet| u16::try_from(packet).unwrap());
            let draft = told["draft"].as_str();
            refused::write(
                &refusal(text(told, "refused")),
                text(told, "topic"),
                draft,
                packet,
                address.format,
            )
        }
        Topic::Typing(room) => typing::write(
            room,
            &handle(text(told, "user")),
            told["typing"] == true || told["typing"] == "true",
            address.format,
        ),
        Topic::Signal(room) => {
            let body = told["body"].as_str().map_or_else(
                || base64(told).unwrap_or_default(),
                |text| Bytes::copy_from_slice(text.as_bytes()),
            );
            let data = told.get("data").map(|data| data.to_string().into());
            signal::write(room, &handle(text(told, "from")), &signal::Signal { body, data }, address.format)
        }
        Topic::Presence(user) => presence::write(user, &shown(told), address.format),
        Topic::Say(_) | Topic::SayTo(_) | Topic::Read(_) | Topic::MyPresence | Topic::Rpc(_) => {
            panic!("nobody hears {address}")
        }
    }
}

/// Bytes that are no text.
fn base64(told: &Value) -> Option<Bytes> {
    Some(STANDARD.decode(told["body_base64"].as_str()?).unwrap().into())
}

/// How somebody shows themselves in an example.
fn shown(told: &Value) -> Shown {
    let state = Presence::from_word(text(told, "state")).unwrap();
    let words = told["text"].as_str().map(|words| PresenceText::new(words).unwrap());
    Shown { state, text: words, last_seen: told["last_seen"].as_str().map(time) }
}

/// The answer to a request, as it is told.
fn answer(told: &Value, format: Format) -> Bytes {
    let method = text(told, "reply").parse().unwrap();
    let id = match &told["id"] {
        Value::Null => None,
        Value::Number(number) => Some(rpc::Id::Number(number.as_u64().unwrap())),
        id => Some(rpc::Id::Text(id.as_str().unwrap().into())),
    };
    let (result, problem) = (told.get("result").map(Value::to_string), told["problem"].to_string());
    let answer = result.as_deref().map_or(rpc::Answer::Problem(&problem), rpc::Answer::Result);
    rpc::write(&method, id.as_ref(), answer, format)
}

/// What an example that is heard tells, in the words of JSON.
pub(crate) fn told(example: &Example) -> Value {
    match example.topic.parse::<Address>().unwrap().format {
        Format::Json => serde_json::from_slice(&example.payload).unwrap(),
        Format::Plain => from_properties(example),
        Format::Cbor => in_json(&example.payload).unwrap(),
    }
}

/// What an example that is sent says.
pub(crate) fn said_in(example: &Example) -> (Option<Draft>, Ask) {
    let format = example.topic.parse::<Address>().unwrap().format;
    let properties = SayProperties::of(example.properties.iter().copied()).unwrap();
    say::read(format, &example.payload, &properties).unwrap()
}

/// What an example under `plain/` tells by its user properties, in the words of JSON.
fn from_properties(example: &Example) -> Value {
    let mut told = serde_json::Map::new();
    for (key, value) in &example.properties {
        let number = !["at", "draft"].contains(key) && value.bytes().all(|byte| byte.is_ascii_digit());
        let value = if number { value.parse::<u64>().unwrap().into() } else { Value::from(*value) };
        told.insert((*key).to_owned(), value);
    }
    told.insert("body".to_owned(), String::from_utf8(example.payload.to_vec()).unwrap().into());
    told.into()
}

/// What the room of the examples answers to an example that is published.
pub(crate) fn published(example: &Example) -> Result<(), Refusal> {
    let address: Address = example.topic.parse().unwrap();
    match address.topic {
        Topic::Read(_) => Ok(read::parse(address.format, &example.payload).map(|_| ())?),
        Topic::Say(_) | Topic::SayTo(_) => {
            let properties = SayProperties::of(example.properties.iter().copied())?;
            let (draft, ask) = say::read(address.format, &example.payload, &properties)?;
            tea().say(anns(draft, ask), 65_536, Timestamp(0)).map(|_| ())
        }
        // Which methods there are the API knows.
        Topic::Rpc(method) if method.as_str() == "rooms.dance" => Err(Refusal::NoSuchTopic),
        Topic::Rpc(_) => Ok(rpc::read(address.format, &example.payload).map(|_| ())?),
        Topic::Typing(_) => Ok(typing::read(address.format, &example.payload).map(|_| ())?),
        Topic::Signal(_) => Ok(signal::read(address.format, &example.payload).map(|_| ())?),
        Topic::MyPresence => Ok(presence::read(address.format, &example.payload).map(|_| ())?),
        Topic::Said(_) | Topic::Receipts(_) | Topic::Events | Topic::Replies | Topic::Presence(_) => {
            Err(Refusal::NoSuchTopic)
        }
    }
}

pub(crate) fn tea() -> Standing {
    Standing {
        room: RoomId(7),
        handle: handle("tea"),
        kind: RoomKind::Group,
        rules: RulesVersion(1),
        policy: Policy::of(RoomKind::Group),
        member: Some(Member { role: Role::Owner, from_seq: Seq::FIRST, muted_until: None }),
        closed: false,
    }
}

pub(crate) fn anns(draft: Option<Draft>, ask: Ask) -> Say {
    Say { sender: UserId(1), origin: None, draft, ask, expires_at: None }
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` in {value}"))
}

pub(crate) fn seq(value: &Value, key: &str) -> Option<Seq> {
    value.get(key).map(|seq| Seq(seq.as_u64().unwrap()))
}

/// Where it was said first.
fn forwarded(heard: &Value) -> Option<Box<Forwarded>> {
    let seq = seq(heard, "origin_seq")?;
    let name = |key| handle(text(heard, key));
    Some(Box::new(Forwarded { room: name("origin_room"), seq, from: name("origin_from") }))
}

/// Whom it calls.
fn mentions(heard: &Value) -> Vec<Mention> {
    let list = heard.get("mentions").and_then(Value::as_array);
    list.into_iter().flatten().map(|who| Mention::new(who.as_str().unwrap()).unwrap()).collect()
}

pub(crate) fn handles(value: &Value, key: &str) -> Vec<Handle> {
    value.get(key).map_or_else(Vec::new, |list| {
        list.as_array().unwrap().iter().map(|who| handle(who.as_str().unwrap())).collect()
    })
}

pub(crate) fn at(value: &Value) -> Timestamp {
    time(text(value, "at"))
}

fn time(text: &str) -> Timestamp {
    let at = OffsetDateTime::parse(text, &Rfc3339).unwrap();
    Timestamp(i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap())
}

/// The entry that an example of `said` describes.
pub(crate) fn entry(heard: &Value) -> Entry {
    Entry {
        room: RoomId(7),
        seq: seq(heard, "seq").unwrap(),
        n: heard["n"].as_u64().unwrap(),
        sender: UserId(1),
        from: handle(text(heard, "from")),
        origin: None,
        at: at(heard),
        expires_at: None,
        draft: heard.get("draft").and_then(Value::as_str).map(Draft::from_text),
        act: act(heard),
        reach: Reach::everybody(seq(heard, "seq").unwrap()),
    }
}

/// The entry of an own room that an example of `me/events` describes.
fn event(heard: &Value) -> Entry {
    let kind = EventKind::ALL.into_iter().find(|kind| kind.word() == text(heard, "kind")).unwrap();
    let named = |key: &str| heard.get(key).and_then(Value::as_str).map(handle);
    let data = heard.get("data").map(|data| data.to_string().into());
    Entry {
        room: UserId(1).own_room(),
        seq: seq(heard, "seq").unwrap(),
        n: 0,
        sender: UserId(1),
        from: handle("ann"),
        origin: None,
        at: at(heard),
        expires_at: None,
        draft: None,
        act: Act::Told(Event { kind, user: named("user"), room: named("room"), data }),
        reach: Reach::everybody(seq(heard, "seq").unwrap()),
    }
}

pub(crate) fn act(heard: &Value) -> Act {
    match text(heard, "kind") {
        "created" => Act::Created { members: handles(heard, "members") },
        "joined" => Act::Joined { who: handle(text(heard, "user")) },
        "left" => Act::Left { who: handle(text(heard, "user")) },
        "banned" => Act::Banned { who: handle(text(heard, "user")) },
        "unbanned" => Act::Unbanned { who: handle(text(heard, "user")) },
        "role" => Act::Appointed {
            who: handle(text(heard, "user")),
            role: Role::from_word(text(heard, "role")).unwrap(),
        },
        "muted" => Act::Muted {
            who: handle(text(heard, "user")),
            until: heard.get("until").map(|until| time(until.as_str().unwrap())),
        },
        "unmuted" => Act::Unmuted { who: handle(text(heard, "user")) },
        "handed_over" => Act::HandedOver { who: handle(text(heard, "user")) },
        "settings" => Act::Set(Box::new(settings(&heard["settings"]))),
        "reactions" => Act::Reactions { of: seq(heard, "of").unwrap(), signs: signs(heard) },
        "invited" => Act::Invited {
            who: handle(text(heard, "user")),
            role: Role::from_word(text(heard, "role")).unwrap(),
            until: time(text(heard, "until")),
        },
        "uninvited" => Act::Uninvited { who: handle(text(heard, "user")) },
        "requested" => Act::Requested { who: handle(text(heard, "user")) },
        "declined" => Act::Declined { who: handle(text(heard, "user")) },
        "link_made" => Act::LinkMade {
            link: link(heard),
            role: Role::from_word(text(heard, "role")).unwrap(),
            uses: heard.get("uses").map(|uses| uses.as_u64().unwrap().try_into().unwrap()),
            until: heard.get("until").map(|until| time(until.as_str().unwrap())),
        },
        "link_ended" => Act::LinkEnded { link: link(heard) },
        "recalled" => Act::Recalled,
        "recall" => Act::Did(Deed::Recall { of: seq(heard, "of").unwrap() }),
        "pin" => Act::Did(Deed::Pin { of: seq(heard, "of").unwrap() }),
        "unpin" => Act::Did(Deed::Unpin { of: seq(heard, "of").unwrap() }),
        "react" => Act::Did(Deed::React { of: seq(heard, "of").unwrap(), sign: sign(heard) }),
        "unreact" => Act::Did(Deed::Unreact { of: seq(heard, "of").unwrap(), sign: sign(heard) }),
        "edit" => Act::Did(Deed::Edit { of: seq(heard, "of").unwrap(), wording: wording(heard) }),
        kind => Act::Said(Content {
            kind: Kind::said_by_clients(kind).unwrap(),
            body: body(heard),
            reply_to: seq(heard, "reply_to"),
            mentions: mentions(heard),
            data: heard.get("data").map(|data| data.to_string().into()),
            media: heard.get("media").map(media),
            forwarded: forwarded(heard),
        }),
    }
}

fn link(heard: &Value) -> chat::LinkId {
    chat::LinkId(text(heard, "link").parse().unwrap())
}

/// What an example sets.
pub(crate) fn settings(set: &Value) -> NewSettings {
    let text = |key: &str| set[key].as_str().map(Into::into);
    let role = |key: &str| set[key].as_str().map(|word| Role::from_word(word).unwrap());
    let number = |key: &str| set[key].as_u64().map(|number| u32::try_from(number).unwrap());
    NewSettings {
        name: text("name"),
        description: text("description"),
        avatar: text("avatar"),
        join: set["join"]
            .as_str()
            .map(|word| Joining::ALL.into_iter().find(|one| one.word() == word).unwrap()),
        history: set["history"]
            .as_str()
            .map(|word| History::ALL.into_iter().find(|one| one.word() == word).unwrap()),
        write: role("write"),
        pin: role("pin"),
        invite: role("invite"),
        call_all: role("call_all"),
        member_limit: number("member_limit"),
        slow_mode: number("slow_mode"),
        listed: set["listed"].as_bool(),
    }
}

/// The upload that a message shows.
fn media(heard: &Value) -> Attached {
    let number = |key: &str| heard.get(key).and_then(Value::as_u64);
    let size = |key: &str| u32::try_from(number(key).unwrap()).unwrap();
    let hash = heard.get("blurhash").and_then(Value::as_str);
    Attached::Known(Box::new(Media {
        id: MediaId::from_digits(text(heard, "id")).unwrap(),
        kind: text(heard, "type").into(),
        size: number("size").unwrap(),
        name: heard.get("name").and_then(Value::as_str).map(Into::into),
        picture: hash.map(|hash| Picture {
            width: size("width"),
            height: size("height"),
            blurhash: hash.into(),
        }),
    }))
}

/// What becomes of what was asked for.
pub(crate) fn done(ask: Ask) -> Act {
    match ask {
        Ask::Say(content) => Act::Said(content),
        Ask::Do(deed) => Act::Did(deed),
        Ask::Forward { .. } => panic!("what another room says is not known here"),
    }
}

/// The signs of a message, and how many people have put each.
fn signs(heard: &Value) -> Vec<(Sign, u64)> {
    let one = |one: &Value| (Sign::new(text(one, "sign")).unwrap(), one["people"].as_u64().unwrap());
    heard["signs"].as_array().unwrap().iter().map(one).collect()
}

fn sign(heard: &Value) -> Sign {
    Sign::new(text(heard, "body")).unwrap()
}

fn wording(heard: &Value) -> Wording {
    Wording {
        body: body(heard),
        mentions: mentions(heard),
        data: heard.get("data").map(|data| data.to_string().into()),
    }
}

pub(crate) fn body(heard: &Value) -> Bytes {
    match heard.get("body_base64") {
        Some(_) => STANDARD.decode(text(heard, "body_base64")).unwrap().into(),
        None => text(heard, "body").to_owned().into(),
    }
}

/// Every refusal there is, with what an example can't tell of it.
pub(crate) fn refusals() -> Vec<Refusal> {
    let mut all = vec![
        Refusal::NotAMember,
        Refusal::NoSuchUser,
        Refusal::NoSuchTopic,
        Refusal::Payload("`reply_to` must be a whole number from 1".to_owned()),
        Refusal::TooLarge { len: 2, limit: 1 },
        Refusal::MayNotCallAll,
        Refusal::DraftReused,
        Refusal::NoSuchMedia,
        Refusal::Quota(Duration::from_secs(1)),
        Refusal::Retained,
    ];
    all.extend(Objection::ALL.map(Refusal::Objected));
    all.extend(Denial::ALL.map(Refusal::Denied));
    for refusal in &all {
        // A new refusal does not compile until it is in the list, and then the page must explain it.
        match refusal {
            Refusal::NotAMember | Refusal::NoSuchUser | Refusal::NoSuchTopic | Refusal::Payload(_) => {}
            Refusal::TooLarge { .. } | Refusal::DraftReused | Refusal::NoSuchMedia => {}
            Refusal::Quota(_) | Refusal::Retained => {}
            Refusal::Objected(_) | Refusal::MayNotCallAll | Refusal::Denied(_) => {}
        }
    }
    all
}

pub(crate) fn refusal(code: &str) -> Refusal {
    refusals().into_iter().find(|refusal| refusal.code() == code).unwrap()
}
