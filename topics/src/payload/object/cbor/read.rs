//! Objects in CBOR, read in one pass.
//!
//! They are read as strictly as JSON: lengths may be definite or not, numbers may be longer than they need to be,
//! but a tag, a float for a whole number, a key that is no number or comes twice is refused. Nothing is set
//! aside for a length before what it counts is there, so a payload costs no more than its own bytes.

use super::to_json::to_json;
use crate::payload::PayloadError;
use crate::payload::key::{Holds, Key};
use crate::payload::object::Notation;
use crate::payload::object::fields::{Fields, Value};
use chat::{Content, Mention};
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use std::borrow::Cow;
use uuid::Uuid;

/// The items of a list, or the pairs of a map: a number says how many there are, or a break ends them.
pub(super) struct Items {
    left: Option<u64>,
}

impl Items {
    pub(super) fn new(left: Option<u64>) -> Items {
        Items { left }
    }

    /// Whether there is one more.
    pub(super) fn more(&mut self, cbor: &mut Decoder<'_>) -> Result<bool, Error> {
        let Some(left) = &mut self.left else {
            let is_over = cbor.datatype()? == Type::Break;
            if is_over {
                cbor.set_position(cbor.position() + 1);
            }
            return Ok(!is_over);
        };
        let is_one_more = *left > 0;
        *left = left.saturating_sub(1);
        Ok(is_one_more)
    }
}

/// A text in one piece or in several.
pub(super) fn read_text<'a>(cbor: &mut Decoder<'a>) -> Result<Cow<'a, str>, Error> {
    let mut pieces = cbor.str_iter()?;
    let mut text = Cow::Borrowed(pieces.next().transpose()?.unwrap_or_default());
    for piece in pieces {
        text.to_mut().push_str(piece?);
    }
    Ok(text)
}

/// Bytes in one piece or in several.
fn read_bytes<'a>(cbor: &mut Decoder<'a>) -> Result<Cow<'a, [u8]>, Error> {
    let mut pieces = cbor.bytes_iter()?;
    let mut bytes = Cow::Borrowed(pieces.next().transpose()?.unwrap_or_default());
    for piece in pieces {
        bytes.to_mut().extend_from_slice(piece?);
    }
    Ok(bytes)
}

/// What breaks a payload, in words that repeat nothing of it.
impl From<Error> for PayloadError {
    fn from(error: Error) -> PayloadError {
        let words = match error.position() {
            Some(at) if !error.is_end_of_input() => format!("byte {at} can't stand there"),
            _ => "it ends too early".to_owned(),
        };
        PayloadError::Broken("CBOR", words)
    }
}

/// A payload that is a single text or byte string, and is a message as it stands; `None` if it is an object.
///
/// # Errors
/// [`PayloadError::Broken`] for anything else.
pub(in crate::payload) fn standing_alone(payload: &[u8]) -> Result<Option<Value<'_>>, PayloadError> {
    let mut cbor = Decoder::new(payload);
    let alone = match cbor.datatype()? {
        Type::Map | Type::MapIndef => return Ok(None),
        Type::String | Type::StringIndef => Value::Text(read_text(&mut cbor)?),
        Type::Bytes | Type::BytesIndef => Value::Bytes(read_bytes(&mut cbor)?),
        _ => return Err(PayloadError::Broken("CBOR", "it is no object, text or bytes".to_owned())),
    };
    ended(&cbor).map(|()| Some(alone))
}

/// Reads an object. `payload` begins like a map.
pub(in super::super) fn read<'a>(
    payload: &'a [u8],
    keys: &'static [Key],
) -> Result<Fields<'a>, PayloadError> {
    let mut cbor = Decoder::new(payload);
    let mut fields = Fields::new(Notation::Cbor, keys);
    let mut pairs = Items::new(cbor.map()?);
    while pairs.more(&mut cbor)? {
        let key = read_key(&mut cbor, &mut fields)?;
        let value = read_value(&mut cbor, key)?;
        fields.put(key, value);
    }
    ended(&cbor).map(|()| fields)
}

fn ended(cbor: &Decoder<'_>) -> Result<(), PayloadError> {
    match cbor.position() == cbor.input().len() {
        true => Ok(()),
        false => Err(PayloadError::Broken("CBOR", format!("byte {} is one too many", cbor.position()))),
    }
}

fn read_key(cbor: &mut Decoder<'_>, fields: &mut Fields<'_>) -> Result<Key, PayloadError> {
    match cbor.datatype()? {
        Type::String | Type::StringIndef => {
            let word = read_text(cbor)?;
            let key = fields.enter(|key| key.word() == word)?;
            Err(match key.and_then(|key| Some((key.word(), key.number()?))) {
                Some((word, number)) => PayloadError::Named(word, number),
                None => PayloadError::unknown_key(&word),
            })
        }
        _ => {
            let number = cbor.u64()?;
            let key = fields.enter(|key| key.number().map(u64::from) == Some(number))?;
            key.ok_or_else(|| PayloadError::unknown_key(&number.to_string()))
        }
    }
}

fn read_value<'a>(cbor: &mut Decoder<'a>, key: Key) -> Result<Value<'a>, PayloadError> {
    let here = cbor.datatype()?;
    Ok(match (key.holds(), here) {
        (_, Type::Null) => cbor.null().map(|()| Value::Nothing)?,
        (Holds::Text | Holds::TextOrBytes | Holds::TextOrNumber, Type::String | Type::StringIndef) => {
            Value::Text(read_text(cbor)?)
        }
        (Holds::TextOrBytes, Type::Bytes | Type::BytesIndef) => Value::Bytes(read_bytes(cbor)?),
        (Holds::Number | Holds::TextOrNumber, Type::U8 | Type::U16 | Type::U32 | Type::U64) => {
            Value::Number(cbor.u64()?)
        }
        (Holds::Names, Type::Array | Type::ArrayIndef) => Value::Names(read_names(cbor, key)?),
        (Holds::Data, Type::Map | Type::MapIndef) => Value::Data(Cow::Owned(to_json(cbor)?)),
        (Holds::Flag, Type::Bool) => Value::Flag(cbor.bool()?),
        _ => return Err(key.wrong(Notation::Cbor)),
    })
}

/// Whom a message calls, no more of them than one may.
fn read_names(cbor: &mut Decoder<'_>, key: Key) -> Result<Vec<Mention>, PayloadError> {
    let mut names = Vec::new();
    let mut items = Items::new(cbor.array()?);
    while items.more(cbor)? {
        let is_text = matches!(cbor.datatype()?, Type::String | Type::StringIndef);
        if names.len() == Content::MAX_MENTIONS || !is_text {
            return Err(key.wrong(Notation::Cbor));
        }
        let who = read_text(cbor)?;
        names.push(Mention::new(&who).map_err(|_| key.wrong(Notation::Cbor))?);
    }
    Ok(names)
}

/// The whole number that this payload is and nothing else, if it is one.
pub(in super::super) fn whole_number(payload: &[u8]) -> Option<u64> {
    let mut cbor = Decoder::new(payload);
    let number = cbor.u64().ok()?;
    ended(&cbor).is_ok().then_some(number)
}

/// True or false, if this payload is one of them and nothing else.
pub(in super::super) fn flag(payload: &[u8]) -> Option<bool> {
    let mut cbor = Decoder::new(payload);
    let flag = cbor.bool().ok()?;
    ended(&cbor).is_ok().then_some(flag)
}

/// The text under a key, or the UUID, as far as the object can be read.
pub(in super::super) fn find(payload: &[u8], key: Key) -> Option<String> {
    let mut cbor = Decoder::new(payload);
    let mut pairs = Items::new(cbor.map().ok()?);
    while pairs.more(&mut cbor).ok()? {
        let is_number = matches!(cbor.datatype().ok()?, Type::U8 | Type::U16 | Type::U32 | Type::U64);
        if is_number && Some(cbor.u64().ok()?) == key.number().map(u64::from) {
            return match read_value(&mut cbor, key).ok()? {
                Value::Text(text) => Some(text.into_owned()),
                Value::Bytes(bytes) => Some(Uuid::from_slice(&bytes).ok()?.to_string()),
                _ => None,
            };
        }
        if !is_number {
            cbor.skip().ok()?;
        }
        cbor.skip().ok()?;
    }
    None
}
