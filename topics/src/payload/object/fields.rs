//! What an object holds, key by key, whichever notation it came in.
//!
//! Start at [`read`].

use super::{Notation, cbor, json};
use crate::payload::PayloadError;
use crate::payload::key::Key;
use chat::Mention;
use std::borrow::Cow;

/// The most keys that an object from a client may have.
const MOST: usize = 10;

/// Reads an object that may have these keys and no other, each once.
///
/// # Errors
/// [`PayloadError`] for the first thing in it that can't be read.
pub(in crate::payload) fn read<'a>(
    notation: Notation,
    payload: &'a [u8],
    keys: &'static [Key],
) -> Result<Fields<'a>, PayloadError> {
    match notation {
        Notation::Json => json::read(payload, keys),
        Notation::Cbor => cbor::read(payload, keys),
    }
}

/// The text under one key, however broken the object is behind it.
pub(in crate::payload) fn find(notation: Notation, payload: &[u8], key: Key) -> Option<String> {
    match notation {
        Notation::Json => json::find(payload, key),
        Notation::Cbor => cbor::find(payload, key),
    }
}

/// What stood under a key. Texts and bytes are borrowed from the payload where they stand there in one piece.
#[derive(Default)]
pub(in crate::payload) enum Value<'a> {
    /// No such key, or `null`.
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    Number(u64),
    Names(Vec<Mention>),
    Flag(bool),
    /// An object of the client's own as JSON, not looked through yet.
    Data(Cow<'a, str>),
}

/// The values of an object.
pub(in crate::payload) struct Fields<'a> {
    notation: Notation,
    keys: &'static [Key],
    values: [Value<'a>; MOST],
    /// One bit for each of `keys` that stood there.
    seen: u16,
}

impl<'a> Fields<'a> {
    pub(super) fn new(notation: Notation, keys: &'static [Key]) -> Fields<'a> {
        assert!(keys.len() <= MOST, "an object of a client has more keys than there are places");
        Fields { notation, keys, values: Default::default(), seen: 0 }
    }

    /// The key that is called so, at its first time.
    ///
    /// # Errors
    /// [`PayloadError::Twice`] at its second.
    pub(super) fn enter(&mut self, is_called: impl Fn(Key) -> bool) -> Result<Option<Key>, PayloadError> {
        let Some(place) = self.keys.iter().position(|key| is_called(*key)) else { return Ok(None) };
        if self.seen & 1 << place != 0 {
            return Err(PayloadError::Twice(self.keys[place].word()));
        }
        self.seen |= 1 << place;
        Ok(Some(self.keys[place]))
    }

    pub(super) fn put(&mut self, key: Key, value: Value<'a>) {
        if let Some(place) = self.place(key) {
            self.values[place] = value;
        }
    }

    /// What stood under this key; it is taken out.
    pub(in crate::payload) fn take(&mut self, key: Key) -> Value<'a> {
        self.place(key).map_or(Value::Nothing, |place| std::mem::take(&mut self.values[place]))
    }

    /// The text under this key, if there is one.
    ///
    /// # Errors
    /// [`PayloadError::Wrong`] where something else stood there.
    pub(in crate::payload) fn text(&mut self, key: Key) -> Result<Option<Cow<'a, str>>, PayloadError> {
        match self.take(key) {
            Value::Nothing => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(self.wrong(key)),
        }
    }

    /// The number under this key, if there is one.
    ///
    /// # Errors
    /// [`PayloadError::Wrong`] where something else stood there.
    pub(in crate::payload) fn number(&mut self, key: Key) -> Result<Option<u64>, PayloadError> {
        match self.take(key) {
            Value::Nothing => Ok(None),
            Value::Number(number) => Ok(Some(number)),
            _ => Err(self.wrong(key)),
        }
    }

    /// What is true or false under this key, if it is there.
    ///
    /// # Errors
    /// [`PayloadError::Wrong`] where something else stood there.
    pub(in crate::payload) fn flag(&mut self, key: Key) -> Result<Option<bool>, PayloadError> {
        match self.take(key) {
            Value::Nothing => Ok(None),
            Value::Flag(flag) => Ok(Some(flag)),
            _ => Err(self.wrong(key)),
        }
    }

    /// The names under this key; none if it is not there.
    ///
    /// # Errors
    /// [`PayloadError::Wrong`] where something else stood there.
    pub(in crate::payload) fn names(&mut self, key: Key) -> Result<Vec<Mention>, PayloadError> {
        match self.take(key) {
            Value::Nothing => Ok(Vec::new()),
            Value::Names(names) => Ok(names),
            _ => Err(self.wrong(key)),
        }
    }

    /// The object of the client's own under this key, as JSON that everybody can read.
    ///
    /// # Errors
    /// [`PayloadError::Data`], and [`PayloadError::Wrong`] where something else stood there.
    pub(in crate::payload) fn data(&mut self, key: Key) -> Result<Option<Box<str>>, PayloadError> {
        match (self.take(key), self.notation) {
            (Value::Nothing, _) => Ok(None),
            (Value::Data(data), Notation::Json) => json::data(&data).map(Some),
            (Value::Data(data), Notation::Cbor) => Ok(Some(data.into())),
            _ => Err(self.wrong(key)),
        }
    }

    /// The error for a value that can't stand under this key.
    pub(in crate::payload) fn wrong(&self, key: Key) -> PayloadError {
        key.wrong(self.notation)
    }

    fn place(&self, key: Key) -> Option<usize> {
        self.keys.iter().position(|one| *one == key)
    }
}
