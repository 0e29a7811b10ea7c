//! What is said, packed into one column: sealed where it is a person's words, in clear where it is a fact that other
//! tables hold anyway: who came and went, and which message something was done to.

use super::SenderKey;
use super::about::PackedMedia;
use super::settings;
use crate::Error;
use bytes::Bytes;
use chat::{
    Act, Attached, Content, Deed, Event, EventKind, Forwarded, Handle, Kind, MediaId, Mention, Role, RoomId,
    Seq, Sign, Timestamp, UserId, Wording,
};
use serde::{Deserialize, Serialize};

/// The first byte of what is packed, so that later programs know how to read it.
const FORM: u8 = 1;
/// The same of a message that repeats another one.
const FORWARDED: u8 = 3;

/// The first byte of a message that names an upload: what is known of that stands before the rest.
const FORM_WITH_MEDIA: u8 = 2;

/// Where a body belongs. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Its room.
    pub room: RoomId,
    /// Its number.
    pub seq: Seq,
    /// Who said it.
    pub sender: UserId,
    /// What sort of thing it is.
    pub kind: Kind,
}

#[derive(Serialize, Deserialize)]
struct Packed<'a> {
    #[serde(borrow)]
    body: &'a [u8],
    reply_to: Option<u64>,
    #[serde(borrow)]
    mentions: Vec<&'a str>,
    #[serde(borrow)]
    data: Option<&'a str>,
}

/// A message that repeats another one, and where that is.
#[derive(Serialize, Deserialize)]
struct PackedForwarded<'a> {
    #[serde(borrow)]
    content: Packed<'a>,
    #[serde(borrow)]
    media: Option<(i64, PackedMedia<'a>)>,
    #[serde(borrow)]
    room: &'a str,
    seq: u64,
    #[serde(borrow)]
    from: &'a str,
}

#[derive(Serialize, Deserialize)]
struct PackedEdit<'a> {
    of: u64,
    #[serde(borrow)]
    body: &'a [u8],
    #[serde(borrow)]
    mentions: Vec<&'a str>,
    #[serde(borrow)]
    data: Option<&'a str>,
}

#[derive(Serialize, Deserialize)]
struct PackedEvent<'a> {
    kind: u8,
    #[serde(borrow)]
    user: Option<&'a str>,
    #[serde(borrow)]
    room: Option<&'a str>,
    #[serde(borrow)]
    data: Option<&'a str>,
}

impl Place {
    fn bytes(self) -> [u8; 25] {
        let mut bytes = [0; 25];
        bytes[..8].copy_from_slice(&self.room.0.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.seq.0.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.sender.0.to_be_bytes());
        bytes[24] = self.kind as u8;
        bytes
    }
}

/// Packs and seals what was said.
///
/// # Errors
/// [`Error::Broken`] when the cipher refuses, which no content brings about.
pub fn seal_content(key: &SenderKey, place: Place, content: &Content) -> Result<Vec<u8>, Error> {
    let packed = Packed {
        body: &content.body,
        reply_to: content.reply_to.map(|seq| seq.0),
        mentions: content.mentions.iter().map(Mention::as_str).collect(),
        data: content.data.as_deref(),
    };
    let media = match &content.media {
        None => None,
        Some(Attached::Known(media)) => Some((media.id.0, PackedMedia::of(media))),
        Some(Attached::Named(_)) => {
            return Err(Error::Broken("a message names an upload that nobody looked up".into()));
        }
    };
    let packed = match (&content.forwarded, media) {
        (None, None) => pack(&packed)?,
        (None, Some((id, media))) => pack_as(FORM_WITH_MEDIA, &(id, media, packed))?,
        (Some(origin), media) => {
            let Forwarded { room, seq, from } = &**origin;
            let (room, from) = (room.as_str(), from.as_str());
            pack_as(FORWARDED, &PackedForwarded { content: packed, media, room, seq: seq.0, from })?
        }
    };
    key.0.seal(&place.bytes(), packed)
}

/// Packs and seals a person's words about a message, and which message they are about.
///
/// # Errors
/// [`Error::Broken`] for a deed without words, or when the cipher refuses, which no words bring about.
pub fn seal_deed(key: &SenderKey, place: Place, deed: &Deed) -> Result<Vec<u8>, Error> {
    let packed = match deed {
        Deed::Edit { of, wording } => pack(&PackedEdit {
            of: of.0,
            body: &wording.body,
            mentions: wording.mentions.iter().map(Mention::as_str).collect(),
            data: wording.data.as_deref(),
        })?,
        Deed::React { of, sign } | Deed::Unreact { of, sign } => pack(&(of.0, sign.as_str()))?,
        Deed::Recall { .. } | Deed::Pin { .. } | Deed::Unpin { .. } => {
            return Err(Error::Broken("a deed without words is sealed".into()));
        }
    };
    key.0.seal(&place.bytes(), packed)
}

/// Packs and seals what a user is told.
///
/// # Errors
/// [`Error::Broken`] when the cipher refuses, which no event brings about.
pub fn seal_event(key: &SenderKey, place: Place, event: &Event) -> Result<Vec<u8>, Error> {
    let packed = PackedEvent {
        kind: event.kind as u8,
        user: event.user.as_ref().map(Handle::as_str),
        room: event.room.as_ref().map(Handle::as_str),
        data: event.data.as_deref(),
    };
    key.0.seal(&place.bytes(), pack(&packed)?)
}

/// Opens what a person wrote at this place: a message, an edit of one, a sign put to one or taken back; or what they
/// were told.
///
/// # Errors
/// [`Error::NotAuthentic`] when it was not sealed with this key for this place; [`Error::Damaged`] when it was, in a
/// form this program does not know.
pub fn open_words(key: &SenderKey, place: Place, sealed: Vec<u8>) -> Result<Act, Error> {
    let plain = Bytes::from(key.0.open(&place.bytes(), sealed)?);
    match place.kind {
        Kind::Edit => edit(&plain).map(Act::Did),
        Kind::React => signed(&plain).map(|(of, sign)| Act::Did(Deed::React { of, sign })),
        Kind::Told => told(&plain).map(Act::Told),
        Kind::Unreact => signed(&plain).map(|(of, sign)| Act::Did(Deed::Unreact { of, sign })),
        kind => message(kind, &plain).map(Act::Said),
    }
}

fn message(kind: Kind, plain: &Bytes) -> Result<Content, Error> {
    let known = |(id, media): (i64, PackedMedia<'_>)| Attached::Known(Box::new(media.media(MediaId(id))));
    let (packed, media, forwarded) = match plain.first() {
        Some(&FORM_WITH_MEDIA) => {
            let (id, media, packed): (i64, PackedMedia<'_>, _) = unpack_as(FORM_WITH_MEDIA, plain)?;
            (packed, Some(known((id, media))), None)
        }
        Some(&FORWARDED) => {
            let PackedForwarded { content, media, room, seq, from } = unpack_as(FORWARDED, plain)?;
            let origin = Forwarded { room: handle(room)?, seq: Seq(seq), from: handle(from)? };
            (content, media.map(known), Some(Box::new(origin)))
        }
        _ => (unpack(plain)?, None, None),
    };
    Ok(Content {
        media,
        kind,
        body: plain.slice_ref(packed.body),
        reply_to: packed.reply_to.map(Seq),
        mentions: mentions(packed.mentions)?,
        data: packed.data.map(Into::into),
        forwarded,
    })
}

fn told(plain: &Bytes) -> Result<Event, Error> {
    let packed: PackedEvent<'_> = unpack(plain)?;
    let kind = EventKind::from_number(packed.kind);
    Ok(Event {
        kind: kind.ok_or_else(|| Error::Damaged("an event is of no kind this program knows".into()))?,
        user: packed.user.map(handle).transpose()?,
        room: packed.room.map(handle).transpose()?,
        data: packed.data.map(Into::into),
    })
}

fn edit(plain: &Bytes) -> Result<Deed, Error> {
    let packed: PackedEdit<'_> = unpack(plain)?;
    let wording = Wording {
        body: plain.slice_ref(packed.body),
        mentions: mentions(packed.mentions)?,
        data: packed.data.map(Into::into),
    };
    Ok(Deed::Edit { of: Seq(packed.of), wording })
}

fn signed(plain: &Bytes) -> Result<(Seq, Sign), Error> {
    let (of, sign): (u64, &str) = unpack(plain)?;
    Ok((Seq(of), stored_sign(sign)?))
}

/// Packs what is in clear: who began the room, came or went, which message was taken back. `None` for what holds a
/// person's words.
///
/// # Errors
/// [`Error::Broken`] when it can't be packed, which no fact brings about.
pub fn pack_fact(act: &Act) -> Result<Option<Vec<u8>>, Error> {
    let who: Vec<&str> = match act {
        Act::Said(_) | Act::Told(_) => return Ok(None),
        Act::Did(Deed::Recall { of } | Deed::Pin { of } | Deed::Unpin { of }) => {
            return pack(&of.0).map(Some);
        }
        Act::Did(Deed::Edit { .. } | Deed::React { .. } | Deed::Unreact { .. }) => return Ok(None),
        // All that is left of it is its kind.
        Act::Recalled => return Ok(Some(Vec::new())),
        Act::Created { members } => members.iter().map(Handle::as_str).collect(),
        Act::Appointed { who, role } => return pack(&(who.as_str(), *role as u8)).map(Some),
        Act::Muted { who, until } => return pack(&(who.as_str(), until.map(|until| until.0))).map(Some),
        Act::Set(new) => return pack(&settings::Packed::of(new)).map(Some),
        Act::Reactions { of, signs } => {
            let signs: Vec<_> = signs.iter().map(|(sign, people)| (sign.as_str(), *people)).collect();
            return pack(&(of.0, signs)).map(Some);
        }
        Act::Joined { who } | Act::Left { who } | Act::Banned { who } => vec![who.as_str()],
        Act::Unbanned { who } | Act::Unmuted { who } | Act::HandedOver { who } => vec![who.as_str()],
    };
    pack(&who).map(Some)
}

/// Unpacks what is in clear; `None` if entries of this kind hold a person's words, and so are sealed.
///
/// # Errors
/// [`Error::Damaged`] when it is not what [`pack_fact`] wrote.
pub fn unpack_fact(kind: Kind, packed: &[u8]) -> Result<Option<Act>, Error> {
    match kind {
        private if private.is_private() => return Ok(None),
        Kind::Recalled => return Ok(Some(Act::Recalled)),
        Kind::Recall => return Ok(Some(Act::Did(Deed::Recall { of: Seq(unpack(packed)?) }))),
        Kind::Pin => return Ok(Some(Act::Did(Deed::Pin { of: Seq(unpack(packed)?) }))),
        Kind::Unpin => return Ok(Some(Act::Did(Deed::Unpin { of: Seq(unpack(packed)?) }))),
        Kind::Role => return appointed(packed).map(Some),
        Kind::Muted => return muted(packed).map(Some),
        Kind::Reactions => return reactions(packed).map(Some),
        Kind::Settings => {
            return unpack::<settings::Packed<'_>>(packed)?.read().map(|new| Some(Act::Set(new.into())));
        }
        _ => {}
    }
    let who: Vec<&str> = unpack(packed)?;
    let members = handles(who)?;
    let one = || members.first().cloned().ok_or_else(|| Error::Damaged("a coming or going of nobody".into()));
    Ok(match kind {
        Kind::Joined => Some(Act::Joined { who: one()? }),
        Kind::Left => Some(Act::Left { who: one()? }),
        Kind::Banned => Some(Act::Banned { who: one()? }),
        Kind::Unbanned => Some(Act::Unbanned { who: one()? }),
        Kind::Unmuted => Some(Act::Unmuted { who: one()? }),
        Kind::HandedOver => Some(Act::HandedOver { who: one()? }),
        _ => Some(Act::Created { members }),
    })
}

fn appointed(packed: &[u8]) -> Result<Act, Error> {
    let (who, role): (&str, u8) = unpack(packed)?;
    let role = Role::from_number(role).ok_or_else(|| Error::Damaged("a role is none".into()))?;
    Ok(Act::Appointed { who: handle(who)?, role })
}

fn muted(packed: &[u8]) -> Result<Act, Error> {
    let (who, until): (&str, Option<i64>) = unpack(packed)?;
    Ok(Act::Muted { who: handle(who)?, until: until.map(Timestamp) })
}

fn reactions(packed: &[u8]) -> Result<Act, Error> {
    let (of, signs): (u64, Vec<(&str, u64)>) = unpack(packed)?;
    let sign = |(sign, people): (&str, u64)| Ok((stored_sign(sign)?, people));
    Ok(Act::Reactions { of: Seq(of), signs: signs.into_iter().map(sign).collect::<Result<_, Error>>()? })
}

fn stored_sign(sign: &str) -> Result<Sign, Error> {
    Sign::new(sign).map_err(|_| Error::Damaged("a reaction is no sign".into()))
}

fn pack(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    pack_as(FORM, value)
}

fn pack_as(form: u8, value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let packed = postcard::to_extend(value, vec![form]);
    packed.map_err(|_| Error::Broken("an entry can't be packed".into()))
}

fn unpack<'a, T: Deserialize<'a>>(packed: &'a [u8]) -> Result<T, Error> {
    unpack_as(FORM, packed)
}

fn unpack_as<'a, T: Deserialize<'a>>(known: u8, packed: &'a [u8]) -> Result<T, Error> {
    let damaged = || Error::Damaged("an entry is packed in no form this program knows".into());
    let (&form, rest) = packed.split_first().ok_or_else(damaged)?;
    if form != known {
        return Err(damaged());
    }
    postcard::from_bytes(rest).map_err(|_| damaged())
}

fn mentions(texts: Vec<&str>) -> Result<Vec<Mention>, Error> {
    let mention =
        |text| Mention::new(text).map_err(|_| Error::Damaged("an entry calls what is no handle".into()));
    texts.into_iter().map(mention).collect()
}

fn handles(texts: Vec<&str>) -> Result<Vec<Handle>, Error> {
    texts.into_iter().map(handle).collect()
}

fn handle(text: &str) -> Result<Handle, Error> {
    Handle::new(text).map_err(|_| Error::Damaged("an entry names somebody by what is no handle".into()))
}

#[cfg(test)]
mod tests {
    use super::super::{MasterKey, new_salt};
    use super::*;
    use chat::Media;

    const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    fn said() -> (Place, Content) {
        let place = Place { room: RoomId(7), seq: Seq(42), sender: UserId(9), kind: Kind::Image };
        let content = Content {
            kind: Kind::Image,
            body: Bytes::from_static(b"the kettle is on \xff"),
            reply_to: Some(Seq(41)),
            mentions: vec![Mention::new("bo").unwrap(), Mention::All],
            data: Some(r#"{"w": 1}"#.into()),
            media: Some(Attached::Known(Box::new(Media {
                id: MediaId(17),
                kind: "image/png".into(),
                size: 9,
                name: Some("kettle.png".into()),
                picture: None,
            }))),
            forwarded: None,
        };
        (place, content)
    }

    #[test]
    fn what_was_said_is_read_as_it_was_said_and_nothing_of_it_shows() {
        let (room, _) = MasterKey::from_text(KEY).unwrap().make_room_key(RoomId(7)).unwrap();
        let (place, content) = said();
        let key = room.sender_key(&new_salt().unwrap(), place.sender).unwrap();
        let (tea, ann) = (Handle::new("tea").unwrap(), Handle::new("ann").unwrap());
        let origin = Some(Box::new(Forwarded { room: tea, seq: Seq(9), from: ann }));
        for content in [Content { forwarded: origin, ..content.clone() }, content] {
            let sealed = seal_content(&key, place, &content).unwrap();
            assert!(!sealed.windows(6).any(|part| part == b"kettle"));
            assert_eq!(open_words(&key, place, sealed).unwrap(), Act::Said(content));
        }
    }

    #[test]
    fn an_edit_is_read_as_it_was_made_and_belongs_to_its_message() {
        let (room, _) = MasterKey::from_text(KEY).unwrap().make_room_key(RoomId(7)).unwrap();
        let place = Place { kind: Kind::Edit, ..said().0 };
        let Content { body, mentions, data, .. } = said().1;
        let wording = Wording { body, mentions, data };
        let key = room.sender_key(&new_salt().unwrap(), place.sender).unwrap();
        let edit = Deed::Edit { of: Seq(41), wording };
        let sealed = seal_deed(&key, place, &edit).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"kettle"));
        let elsewhere = Place { kind: Kind::Text, ..place };
        assert_not_authentic(open_words(&key, elsewhere, sealed.clone()));
        assert_eq!(open_words(&key, place, sealed).unwrap(), Act::Did(edit));
    }

    #[test]
    fn a_sign_is_sealed_like_other_words() {
        let (room, _) = MasterKey::from_text(KEY).unwrap().make_room_key(RoomId(7)).unwrap();
        let key = room.sender_key(&new_salt().unwrap(), UserId(9)).unwrap();
        let (of, sign) = (Seq(41), Sign::new("kettle").unwrap());
        for deed in [Deed::React { of, sign: sign.clone() }, Deed::Unreact { of, sign }] {
            let place = Place { kind: deed.kind(), ..said().0 };
            let sealed = seal_deed(&key, place, &deed).unwrap();
            assert!(!sealed.windows(6).any(|part| part == b"kettle"));
            assert_eq!(open_words(&key, place, sealed).unwrap(), Act::Did(deed));
        }
    }

    #[test]
    fn what_a_user_is_told_is_sealed_like_words() {
        let (room, _) = MasterKey::from_text(KEY).unwrap().make_room_key(UserId(9).own_room()).unwrap();
        let key = room.sender_key(&new_salt().unwrap(), UserId(9)).unwrap();
        let place = Place { room: UserId(9).own_room(), kind: Kind::Told, ..said().0 };
        let bare = Event::new(EventKind::DeviceEnded);
        let whole = bare.clone().user(Handle::new("kettle").unwrap()).room(Handle::new("tea").unwrap());
        for event in [bare, whole.data(r#"{"label":"kettle"}"#)] {
            let sealed = seal_event(&key, place, &event).unwrap();
            assert!(!sealed.windows(6).any(|part| part == b"kettle"));
            assert_eq!(open_words(&key, place, sealed).unwrap(), Act::Told(event));
        }
    }

    fn assert_not_authentic(opened: Result<Act, Error>) {
        assert!(matches!(opened, Err(Error::NotAuthentic)), "{opened:?}");
    }

    #[test]
    fn a_body_opens_only_at_its_place_with_its_salt_and_untouched() {
        let (room, _) = MasterKey::from_text(KEY).unwrap().make_room_key(RoomId(7)).unwrap();
        let (place, content) = said();
        let salt = new_salt().unwrap();
        let key = room.sender_key(&salt, place.sender).unwrap();
        let sealed = seal_content(&key, place, &content).unwrap();
        let elsewhere = [
            Place { room: RoomId(8), ..place },
            Place { seq: Seq(43), ..place },
            Place { sender: UserId(10), ..place },
            Place { kind: Kind::File, ..place },
        ];
        for wrong in elsewhere {
            assert_not_authentic(open_words(&key, wrong, sealed.clone()));
        }
        let resalted = room.sender_key(&new_salt().unwrap(), place.sender).unwrap();
        assert_not_authentic(open_words(&resalted, place, sealed.clone()));
        for at in 0..sealed.len() {
            let mut touched = sealed.clone();
            touched[at] ^= 1;
            assert_not_authentic(open_words(&key, place, touched));
        }
        assert_not_authentic(open_words(&key, place, Vec::new()));
    }

    #[test]
    fn facts_are_found_again() {
        let (ann, bo) = (Handle::new("ann").unwrap(), Handle::new("bo").unwrap());
        let facts = [
            Act::Created { members: vec![ann.clone(), bo.clone()] },
            Act::Joined { who: ann },
            Act::Left { who: bo },
            Act::Did(Deed::Recall { of: Seq(41) }),
            Act::Did(Deed::Pin { of: Seq(41) }),
            Act::Did(Deed::Unpin { of: Seq(41) }),
            Act::Reactions { of: Seq(41), signs: vec![(Sign::new("kettle").unwrap(), 1_200)] },
            Act::Recalled,
        ];
        for fact in facts {
            let packed = pack_fact(&fact).unwrap().unwrap();
            assert_eq!(unpack_fact(fact.kind(), &packed).unwrap(), Some(fact));
        }
    }
}
