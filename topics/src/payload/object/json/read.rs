//! Objects in JSON, read in one pass.
//!
//! They are read by hand and not by a derived reader, because that one's errors repeat what stood in the
//! payload, and an error here names the key and nothing of the message.

use super::nested::{Text, look_through};
use crate::payload::PayloadError;
use crate::payload::key::{Holds, Key};
use crate::payload::object::Notation;
use crate::payload::object::fields::{Fields, Value};
use chat::{Content, Mention};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Reads an object. `payload` begins with `{` after white space.
pub(in super::super) fn read<'a>(
    payload: &'a [u8],
    keys: &'static [Key],
) -> Result<Fields<'a>, PayloadError> {
    let mut trouble = Trouble::default();
    let mut json = serde_json::Deserializer::from_slice(payload);
    let fields = json.deserialize_map(Reader { keys, trouble: &mut trouble });
    fields.and_then(|fields| json.end().map(|()| fields)).map_err(|error| trouble.explain(&error))
}

/// The whole number that this payload is and nothing else, if it is one.
pub(in super::super) fn whole_number(payload: &[u8]) -> Option<u64> {
    serde_json::from_slice(payload).ok()
}

/// True or false, if this payload is one of them and nothing else.
pub(in super::super) fn flag(payload: &[u8]) -> Option<bool> {
    serde_json::from_slice(payload).ok()
}

/// Data, kept as it was written once everybody can be sure to read it.
pub(in super::super) fn data(data: &str) -> Result<Box<str>, PayloadError> {
    // Its errors are about the form alone; none repeats a value.
    look_through(data).map_err(|error| PayloadError::Data(error.to_string()))?;
    Ok(data.into())
}

/// The text under a key, as far as the object can be read.
pub(in super::super) fn find(payload: &[u8], key: Key) -> Option<String> {
    let mut found = None;
    // What is wrong with the payload was told when it was read.
    let _ = serde_json::Deserializer::from_slice(payload).deserialize_map(Finder { key, found: &mut found });
    found
}

/// Where the reader is, and what it met there that JSON itself allows.
#[derive(Default)]
struct Trouble {
    at: Option<Key>,
    flaw: Option<PayloadError>,
}

impl Trouble {
    /// The error in our own words. Those of `serde_json` are fit to repeat only where they are about syntax.
    fn explain(self, error: &serde_json::Error) -> PayloadError {
        match (self.flaw, self.at, error.classify()) {
            (Some(flaw), _, _) => flaw,
            (None, Some(key), Category::Data) => key.wrong(Notation::Json),
            (None, None, Category::Data) => PayloadError::Broken("JSON", "this is no object".to_owned()),
            (None, _, Category::Syntax | Category::Eof | Category::Io) => {
                PayloadError::Broken("JSON", error.to_string())
            }
        }
    }
}

struct Reader<'t> {
    keys: &'static [Key],
    trouble: &'t mut Trouble,
}

impl Reader<'_> {
    /// The key of this word, if it may stand here.
    fn key<E: serde::de::Error>(&mut self, word: &str, fields: &mut Fields<'_>) -> Result<Key, E> {
        let flaw = match fields.enter(|key| key.word() == word) {
            Ok(Some(key)) => {
                self.trouble.at = Some(key);
                return Ok(key);
            }
            Ok(None) => PayloadError::unknown_key(word),
            Err(twice) => twice,
        };
        self.trouble.flaw = Some(flaw);
        Err(E::custom("told in our own words"))
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Fields::new(Notation::Json, self.keys);
        while let Some(word) = map.next_key::<Text<'de>>()? {
            let key = self.key(&word.0, &mut fields)?;
            fields.put(key, map.next_value_seed(key.holds())?);
        }
        Ok(fields)
    }
}

/// `null` is as good as nothing.
impl<'de> DeserializeSeed<'de> for Holds {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value<'de>, D::Error> {
        let value = match self {
            Holds::Text | Holds::TextOrBytes => {
                Option::<Text<'de>>::deserialize(json)?.map(|text| Value::Text(text.0))
            }
            Holds::TextOrNumber => return json.deserialize_any(TextOrNumber),
            Holds::Number => Option::<u64>::deserialize(json)?.map(Value::Number),
            Holds::Names => Option::<Names>::deserialize(json)?.map(|names| Value::Names(names.0)),
            Holds::Flag => Option::<bool>::deserialize(json)?.map(Value::Flag),
            Holds::Data => {
                Option::<&'de RawValue>::deserialize(json)?.map(own_object::<D::Error>).transpose()?
            }
        };
        Ok(value.unwrap_or_default())
    }
}

fn own_object<'de, E: serde::de::Error>(data: &'de RawValue) -> Result<Value<'de>, E> {
    match data.get().starts_with('{') {
        true => Ok(Value::Data(Cow::Borrowed(data.get()))),
        false => Err(E::custom("no object")),
    }
}

/// A text, a whole number, or nothing.
struct TextOrNumber;

impl<'de> Visitor<'de> for TextOrNumber {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a whole number")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Nothing)
    }
}

/// Whom a message calls, no more of them than one may.
struct Names(Vec<Mention>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
        deserializer.deserialize_seq(Names(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Names {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("handles")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Names, A::Error> {
        while let Some(who) = list.next_element::<Text<'de>>()? {
            if self.0.len() == Content::MAX_MENTIONS {
                return Err(A::Error::custom("too many"));
            }
            self.0.push(Mention::new(&who.0).map_err(A::Error::custom)?);
        }
        Ok(self)
    }
}

/// Goes through an object as far as one key.
struct Finder<'f> {
    key: Key,
    found: &'f mut Option<String>,
}

impl<'de> Visitor<'de> for Finder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if key.0 == self.key.word() {
                let text: Text<'de> = map.next_value()?;
                *self.found = Some(text.0.into_owned());
                break;
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}
