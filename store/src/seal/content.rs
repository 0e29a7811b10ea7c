//! A person's words: what they said, and what they did to a message in words, sealed into one column.

use super::SenderKey;
use super::about::PackedMedia;
use super::packed::{handle, mentions, pack, pack_as, unpack, unpack_as};
use super::place::Place;
use super::{deed, event};
use crate::Error;
use bytes::Bytes;
use chat::{Act, Attached, Content, Deed, Forwarded, Kind, MediaId, Mention, Seq};
use serde::{Deserialize, Serialize};

/// The form of a message that names an upload: what is known of that stands before the rest.
const FORM_WITH_MEDIA: u8 = 2;
/// Of one that repeats another one.
const FORWARDED: u8 = 3;

/// Opens what a person wrote at this place: a message, an edit of one, a sign put to one or taken back; or what they
/// were told.
///
/// # Errors
/// [`Error::NotAuthentic`] when it was not sealed with this key for this place; [`Error::Damaged`] when it was, in a
/// form this program does not know.
pub fn open_words(key: &SenderKey, place: Place, sealed: Vec<u8>) -> Result<Act, Error> {
    let plain = Bytes::from(key.0.open(&place.bytes(), sealed)?);
    match place.kind {
        Kind::Edit => deed::edit(&plain).map(Act::Did),
        Kind::React => deed::signed(&plain).map(|(of, sign)| Act::Did(Deed::React { of, sign })),
        Kind::Told => event::told(&plain).map(Act::Told),
        Kind::Unreact => deed::signed(&plain).map(|(of, sign)| Act::Did(Deed::Unreact { of, sign })),
        kind => message(kind, &plain).map(Act::Said),
    }
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

#[cfg(test)]
mod tests {
    use super::super::{MasterKey, new_salt, seal_deed, seal_event};
    use super::*;
    use chat::{Event, EventKind, Handle, Media, RoomId, Sign, UserId, Wording};

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
}
