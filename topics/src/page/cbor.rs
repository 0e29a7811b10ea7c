//! What CBOR says, in the words of JSON, by the table of the page and not by that of the code.

use super::TEXT;
use crate::payload::at::rfc3339;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chat::Timestamp;
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The keys under `cbor/`, each with its number, in the order of the page.
pub fn keys() -> impl Iterator<Item = (u64, &'static str)> {
    let rows = TEXT.split("\n## `cbor/`").nth(1).unwrap_or_default().lines();
    rows.filter_map(|row| {
        let mut cells = row.strip_prefix("| ")?.split(" | ");
        let number = cells.next()?.parse().ok()?;
        Some((number, cells.next()?.strip_prefix('`')?.strip_suffix('`')?))
    })
}

/// The bytes that a block shows in hexadecimal, and what it says that they mean.
pub(super) fn bytes(block: &[&str]) -> Option<(Bytes, String)> {
    let parts = || block.iter().map(|line| line.split_once('#').unwrap_or((line, "")));
    let digits: Vec<u32> = parts()
        .flat_map(|(shown, _)| shown.chars().filter(|each| !each.is_whitespace()))
        .map(|digit| digit.to_digit(16))
        .collect::<Option<_>>()?;
    let bytes = digits.chunks(2).map(|pair| match *pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    let meaning: Vec<&str> =
        parts().map(|(_, meaning)| meaning.trim()).filter(|words| !words.is_empty()).collect();
    Some((bytes.collect::<Option<Vec<u8>>>()?.into(), meaning.join(" ")))
}

/// What a payload says under `cbor/`, as JSON says it: names for numbers, texts for times, UUIDs and other bytes.
///
/// # Errors
/// When it is no CBOR, or has a key that the page doesn't know.
pub fn in_json(payload: &[u8]) -> Result<Value, Error> {
    let mut cbor = Decoder::new(payload);
    let value = value(&mut cbor)?;
    match cbor.position() == payload.len() {
        true => Ok(value),
        false => Err(Error::message("more bytes behind it")),
    }
}

fn value(cbor: &mut Decoder<'_>) -> Result<Value, Error> {
    Ok(match cbor.datatype()? {
        Type::Map => object(cbor)?,
        Type::Array => {
            let items = cbor.array()?.unwrap_or_default();
            (0..items).map(|_| value(cbor)).collect::<Result<Vec<_>, _>>()?.into()
        }
        Type::String => cbor.str()?.into(),
        Type::Bytes => STANDARD.encode(cbor.bytes()?).into(),
        Type::Bool => cbor.bool()?.into(),
        Type::Null => cbor.null().map(|()| Value::Null)?,
        Type::F16 | Type::F32 | Type::F64 => cbor.f64()?.into(),
        Type::U64 => cbor.u64()?.into(),
        _ => cbor.i64()?.into(),
    })
}

fn object(cbor: &mut Decoder<'_>) -> Result<Value, Error> {
    let mut object = Map::new();
    for _ in 0..cbor.map()?.unwrap_or_default() {
        let (key, value) = match cbor.datatype()? {
            Type::String => (cbor.str()?, value(cbor)?),
            _ => told(cbor)?,
        };
        if object.insert(key.to_owned(), value).is_some() {
            return Err(Error::message("a key comes twice"));
        }
    }
    Ok(object.into())
}

/// A key of the page with its value.
fn told<'a>(cbor: &mut Decoder<'a>) -> Result<(&'a str, Value), Error> {
    let number = cbor.u64()?;
    let key = keys().find(|(one, _)| *one == number).map(|(_, key)| key);
    let key = key.ok_or_else(|| Error::message("the page has no such key"))?;
    Ok(match (key, cbor.datatype()?) {
        ("at" | "until" | "last_seen", _) => (key, rfc3339(Timestamp(cbor.i64()?)).into()),
        ("draft", Type::Bytes) => {
            let draft = Uuid::from_slice(cbor.bytes()?).map_err(Error::custom)?;
            (key, draft.to_string().into())
        }
        ("body", Type::Bytes) => ("body_base64", value(cbor)?),
        _ => (key, value(cbor)?),
    })
}
