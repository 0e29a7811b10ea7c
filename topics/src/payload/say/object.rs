//! The JSON object of a say, read in one pass.
//!
//! The keys are read by hand and not by a derived reader, because that one's errors repeat what stood in
//! the payload, and an error here names the key and nothing of the message.

use super::parts::{A_PLACE, Parts};
use super::{draft, kind};
use crate::payload::PayloadError;
use crate::payload::nested::{Text, look_through};
use crate::payload::read::as_seq;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chat::{Ask, Content, Draft, Handle, Kind, Seq};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Reads the object. `payload` begins with `{` after white space.
pub(super) fn read(payload: &Bytes) -> Result<(Option<Draft>, Ask), PayloadError> {
    let mut trouble = Trouble::default();
    let mut json = serde_json::Deserializer::from_slice(payload);
    let keys = json.deserialize_map(Reader { trouble: &mut trouble });
    let keys = keys.and_then(|keys| json.end().map(|()| keys)).map_err(|error| trouble.explain(&error))?;
    let said_under = keys.draft.as_ref().map(|text| draft::read(&text.0)).transpose()?;
    Ok((said_under, keys.parts(payload)?.ask()?))
}

/// A key that the object may have.
#[derive(Clone, Copy)]
enum Key {
    Draft,
    Kind,
    Of,
    Body,
    BodyBase64,
    ReplyTo,
    Mentions,
    Data,
}

impl Key {
    const ALL: [Key; 8] =
        [Key::Draft, Key::Kind, Key::Of, Key::Body, Key::BodyBase64, Key::ReplyTo, Key::Mentions, Key::Data];

    const fn word(self) -> &'static str {
        match self {
            Key::Draft => "draft",
            Key::Kind => "kind",
            Key::Of => "of",
            Key::Body => "body",
            Key::BodyBase64 => "body_base64",
            Key::ReplyTo => "reply_to",
            Key::Mentions => "mentions",
            Key::Data => "data",
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Key::Draft | Key::Kind | Key::Body => "a text",
            Key::BodyBase64 => "a text in base 64 with padding",
            Key::Of | Key::ReplyTo => A_PLACE,
            Key::Mentions => "a list of at most 50 handles",
            Key::Data => "an object",
        }
    }

    const fn wrong(self) -> PayloadError {
        PayloadError::Wrong { key: self.word(), expected: self.expected() }
    }

    fn place(self, number: u64) -> Result<Seq, PayloadError> {
        as_seq(number).ok_or(self.wrong())
    }
}

/// What the object holds. `null` is as good as nothing.
#[derive(Default)]
struct Keys<'a> {
    draft: Option<Text<'a>>,
    kind: Option<Text<'a>>,
    of: Option<u64>,
    body: Option<Text<'a>>,
    body_base64: Option<Text<'a>>,
    reply_to: Option<u64>,
    mentions: Option<Mentions>,
    data: Option<&'a RawValue>,
}

impl Keys<'_> {
    fn parts(self, payload: &Bytes) -> Result<Parts, PayloadError> {
        Ok(Parts {
            kind: self.kind.map_or(Ok(Kind::Text), |word| kind::said(&word.0))?,
            of: self.of.map(|seq| Key::Of.place(seq)).transpose()?,
            body: body(self.body, self.body_base64, payload)?,
            reply_to: self.reply_to.map(|seq| Key::ReplyTo.place(seq)).transpose()?,
            mentions: self.mentions.map(|mentions| mentions.0).unwrap_or_default(),
            data: self.data.map(data).transpose()?,
        })
    }
}

/// The body; borrowed from the payload where nothing in it is escaped.
fn body(text: Option<Text<'_>>, base64: Option<Text<'_>>, payload: &Bytes) -> Result<Bytes, PayloadError> {
    match (text.map(|text| text.0), base64) {
        (Some(_), Some(_)) => Err(PayloadError::Contradiction("body", "there is a `body_base64` beside it")),
        (Some(Cow::Borrowed(text)), None) => Ok(payload.slice_ref(text.as_bytes())),
        (Some(Cow::Owned(text)), None) => Ok(text.into()),
        (None, Some(text)) => {
            STANDARD.decode(text.0.as_bytes()).map(Bytes::from).map_err(|_| Key::BodyBase64.wrong())
        }
        (None, None) => Ok(Bytes::new()),
    }
}

/// The data, kept as it was written once everybody can be sure to read it.
fn data(data: &RawValue) -> Result<Box<str>, PayloadError> {
    if !data.get().starts_with('{') {
        return Err(Key::Data.wrong());
    }
    // Its errors are about the form alone; none repeats a value.
    look_through(data.get()).map_err(|error| PayloadError::Data(error.to_string()))?;
    Ok(data.get().into())
}

/// Where the reader is, and what it met there that JSON itself allows.
#[derive(Default)]
struct Trouble {
    at: Option<Key>,
    flaw: Option<PayloadError>,
}

impl Trouble {
    /// The error in our own words. Those of `serde_json` are fit to repeat only where they are about
    /// syntax.
    fn explain(self, error: &serde_json::Error) -> PayloadError {
        match (self.flaw, self.at, error.classify()) {
            (Some(flaw), _, _) => flaw,
            (None, Some(key), Category::Data) => key.wrong(),
            (None, None, Category::Data) => PayloadError::Broken("this is no object".to_owned()),
            (None, _, Category::Syntax | Category::Eof | Category::Io) => {
                PayloadError::Broken(error.to_string())
            }
        }
    }
}

struct Reader<'t> {
    trouble: &'t mut Trouble,
}

impl Reader<'_> {
    /// The key of this word, if it may stand here; `seen` has a bit for each key that did.
    fn key<E: serde::de::Error>(&mut self, word: &str, seen: &mut u8) -> Result<Key, E> {
        let key = Key::ALL.into_iter().find(|key| key.word() == word);
        let flaw = match key {
            Some(key) if *seen & 1 << key as u8 == 0 => {
                *seen |= 1 << key as u8;
                self.trouble.at = Some(key);
                return Ok(key);
            }
            Some(key) => PayloadError::Twice(key.word()),
            None => PayloadError::unknown_key(word),
        };
        self.trouble.flaw = Some(flaw);
        Err(E::custom("told in our own words"))
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Keys<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Keys<'de>, A::Error> {
        let mut keys = Keys::default();
        let mut seen = 0;
        while let Some(word) = map.next_key::<Text<'de>>()? {
            match self.key(&word.0, &mut seen)? {
                Key::Draft => keys.draft = map.next_value()?,
                Key::Kind => keys.kind = map.next_value()?,
                Key::Of => keys.of = map.next_value()?,
                Key::Body => keys.body = map.next_value()?,
                Key::BodyBase64 => keys.body_base64 = map.next_value()?,
                Key::ReplyTo => keys.reply_to = map.next_value()?,
                Key::Mentions => keys.mentions = map.next_value()?,
                Key::Data => keys.data = map.next_value()?,
            }
        }
        Ok(keys)
    }
}

/// Handles, no more of them than one message may name.
struct Mentions(Vec<Handle>);

impl<'de> Deserialize<'de> for Mentions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Mentions, D::Error> {
        deserializer.deserialize_seq(Mentions(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Mentions {
    type Value = Mentions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Key::Mentions.expected())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Mentions, A::Error> {
        while let Some(who) = list.next_element::<Text<'de>>()? {
            if self.0.len() == Content::MAX_MENTIONS {
                return Err(A::Error::custom("too many"));
            }
            self.0.push(Handle::new(&who.0).map_err(A::Error::custom)?);
        }
        Ok(self)
    }
}
