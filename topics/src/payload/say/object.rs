//! The object of a say.

use super::parts::Parts;
use super::{draft, kind, of_room};
use crate::payload::PayloadError;
use crate::payload::key::Key;
use crate::payload::object::Notation;
use crate::payload::object::fields::{self, Fields, Value};
use crate::payload::read::as_seq;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chat::{Ask, Draft, Kind, MediaId, Seq};
use std::borrow::Cow;

const KEYS: &[Key] = &[
    Key::Draft,
    Key::Kind,
    Key::Of,
    Key::Body,
    Key::BodyBase64,
    Key::ReplyTo,
    Key::Mentions,
    Key::Data,
    Key::Media,
    Key::OfRoom,
];

/// Reads the object. `payload` begins like one.
pub(super) fn read(notation: Notation, payload: &Bytes) -> Result<(Option<Draft>, Ask), PayloadError> {
    let mut said = fields::read(notation, payload, KEYS)?;
    let draft = draft::inside(&mut said)?;
    let parts = Parts {
        kind: said.text(Key::Kind)?.map_or(Ok(Kind::Text), |word| kind::said(&word))?,
        of: place(&mut said, Key::Of)?,
        body: body(&mut said, payload)?,
        reply_to: place(&mut said, Key::ReplyTo)?,
        mentions: said.names(Key::Mentions)?,
        data: said.data(Key::Data)?,
        media: media(&mut said)?,
        of_room: said.text(Key::OfRoom)?.map(|room| of_room(&room)).transpose()?,
    };
    Ok((draft, parts.ask()?))
}

/// The number of an upload.
fn media(said: &mut Fields<'_>) -> Result<Option<MediaId>, PayloadError> {
    let digits = said.text(Key::Media)?;
    digits.map(|digits| MediaId::from_digits(&digits).ok_or(said.wrong(Key::Media))).transpose()
}

/// The place of an entry.
fn place(said: &mut Fields<'_>, key: Key) -> Result<Option<Seq>, PayloadError> {
    said.number(key)?.map(|number| as_seq(number).ok_or(said.wrong(key))).transpose()
}

/// The body; a part of the payload where it stands there in one piece.
pub(in crate::payload) fn body(said: &mut Fields<'_>, payload: &Bytes) -> Result<Bytes, PayloadError> {
    match (said.take(Key::Body), said.text(Key::BodyBase64)?) {
        (Value::Nothing, None) => Ok(Bytes::new()),
        (Value::Nothing, Some(text)) => {
            STANDARD.decode(text.as_bytes()).map(Bytes::from).map_err(|_| said.wrong(Key::BodyBase64))
        }
        (_, Some(_)) => Err(PayloadError::Contradiction("body", "there is a `body_base64` beside it")),
        (body, None) => as_bytes(body, payload).ok_or(said.wrong(Key::Body)),
    }
}

/// A text or bytes that were read out of this payload.
pub(super) fn as_bytes(value: Value<'_>, payload: &Bytes) -> Option<Bytes> {
    match value {
        Value::Text(Cow::Borrowed(text)) => Some(payload.slice_ref(text.as_bytes())),
        Value::Text(Cow::Owned(text)) => Some(text.into()),
        Value::Bytes(Cow::Borrowed(bytes)) => Some(payload.slice_ref(bytes)),
        Value::Bytes(Cow::Owned(bytes)) => Some(bytes.into()),
        _ => None,
    }
}
