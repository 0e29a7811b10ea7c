//! An object of the page, written and read in JSON or in CBOR.
//!
//! What an object says is decided elsewhere, once; here it gets its form. Both notations can say the same,
//! and what they refuse is refused for the same reasons: a key that has no place there, a key given twice, a
//! value of another type, bytes that are broken.
//!
//! Start at [`Object`] for writing and at [`fields::read`] for reading.

pub(super) mod fields; // what was read, key by key

mod json; // names and text

mod cbor; // numbers and bytes

pub(super) use cbor::standing_alone;

use super::at::rfc3339;
use super::key::Key;
use crate::Format;
use bytes::Bytes;
use chat::Timestamp;
use uuid::Uuid;

/// How an object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// Names for keys; times and drafts are texts.
    Json,
    /// Numbers for keys; times are numbers, and UUIDs and bodies may be bytes.
    Cbor,
}

impl Notation {
    /// How objects are written on topics of this format; under `plain/` there are none.
    pub(super) const fn of(format: Format) -> Option<Notation> {
        match format {
            Format::Json => Some(Notation::Json),
            Format::Cbor => Some(Notation::Cbor),
            Format::Plain => None,
        }
    }
}

/// The whole number that this payload is and nothing else, if it is one.
pub(super) fn whole_number(notation: Notation, payload: &[u8]) -> Option<u64> {
    match notation {
        Notation::Json => json::whole_number(payload),
        Notation::Cbor => cbor::whole_number(payload),
    }
}

/// True or false, if this payload is one of them and nothing else.
pub(super) fn flag(notation: Notation, payload: &[u8]) -> Option<bool> {
    match notation {
        Notation::Json => json::flag(payload),
        Notation::Cbor => cbor::flag(payload),
    }
}

/// An object on its way, written key by key into one buffer.
pub(super) struct Object {
    notation: Notation,
    out: Vec<u8>,
    keys: u8,
}

impl Object {
    /// An object that will have about this many bytes.
    pub(super) fn with_capacity(notation: Notation, bytes: usize) -> Object {
        let mut out = Vec::with_capacity(bytes);
        out.push(match notation {
            Notation::Json => b'{',
            Notation::Cbor => cbor::MAP,
        });
        Object { notation, out, keys: 0 }
    }

    /// A key with a text.
    pub(super) fn text(&mut self, key: Key, text: &str) {
        self.key(key);
        match self.notation {
            Notation::Json => json::text(&mut self.out, text),
            Notation::Cbor => cbor::text(&mut self.out, text),
        }
    }

    /// A key with a number.
    pub(super) fn number(&mut self, key: Key, number: u64) {
        self.key(key);
        match self.notation {
            Notation::Json => json::number(&mut self.out, number),
            Notation::Cbor => cbor::number(&mut self.out, number),
        }
    }

    /// A key with true or false.
    pub(super) fn flag(&mut self, key: Key, flag: bool) {
        self.key(key);
        match self.notation {
            Notation::Json => self.out.extend_from_slice(if flag { b"true" } else { b"false" }),
            Notation::Cbor => cbor::boolean(&mut self.out, flag),
        }
    }

    /// A key with a number, if there is one.
    pub(super) fn number_if(&mut self, key: Key, number: Option<u64>) {
        if let Some(number) = number {
            self.number(key, number);
        }
    }

    /// A key that says that there is nothing.
    pub(super) fn null(&mut self, key: Key) {
        self.key(key);
        match self.notation {
            Notation::Json => self.out.extend_from_slice(b"null"),
            Notation::Cbor => self.out.push(cbor::NULL),
        }
    }

    /// A key with names, if there are any.
    pub(super) fn names_if<'a>(&mut self, key: Key, names: impl ExactSizeIterator<Item = &'a str>) {
        if names.len() == 0 {
            return;
        }
        self.key(key);
        match self.notation {
            Notation::Json => json::names(&mut self.out, names),
            Notation::Cbor => cbor::names(&mut self.out, names),
        }
    }

    /// A key with a time.
    pub(super) fn time(&mut self, key: Key, at: Timestamp) {
        self.key(key);
        match self.notation {
            Notation::Json => json::text(&mut self.out, &rfc3339(at)),
            Notation::Cbor => cbor::signed(&mut self.out, at.0),
        }
    }

    /// A draft that is a UUID.
    pub(super) fn draft(&mut self, draft: Uuid) {
        self.key(Key::Draft);
        match self.notation {
            Notation::Json => {
                json::text(&mut self.out, draft.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
            }
            Notation::Cbor => cbor::bytes(&mut self.out, draft.as_bytes()),
        }
    }

    /// A draft as its sender wrote it, which may be a UUID too.
    pub(super) fn draft_as_written(&mut self, draft: &str) {
        match (self.notation, Uuid::try_parse(draft)) {
            (Notation::Cbor, Ok(draft)) => self.draft(draft),
            _ => self.text(Key::Draft, draft),
        }
    }

    /// A body: a text where it is UTF-8, bytes where it is not, in JSON under `body_base64`.
    pub(super) fn body(&mut self, body: &[u8]) {
        match (std::str::from_utf8(body), self.notation) {
            (Ok(text), _) => self.text(Key::Body, text),
            (Err(_), Notation::Json) => {
                self.key(Key::BodyBase64);
                json::base64(&mut self.out, body);
            }
            (Err(_), Notation::Cbor) => {
                self.key(Key::Body);
                cbor::bytes(&mut self.out, body);
            }
        }
    }

    /// A key with a value that is JSON already, and such that everybody can read it: data, which was looked through when it
    /// was said, or settings.
    pub(super) fn json(&mut self, key: Key, json: &str) {
        self.key(key);
        match self.notation {
            Notation::Json => self.out.extend_from_slice(json.as_bytes()),
            Notation::Cbor => cbor::from_json(&mut self.out, json),
        }
    }

    /// The finished object.
    pub(super) fn end(mut self) -> Bytes {
        match self.notation {
            Notation::Json => self.out.push(b'}'),
            Notation::Cbor => {
                // How many keys it has is known only now, and has room in the byte that was written first.
                debug_assert!(self.keys <= cbor::MOST_KEYS, "no object of the page has more keys");
                self.out[0] = cbor::MAP | self.keys;
            }
        }
        self.out.into()
    }

    fn key(&mut self, key: Key) {
        match self.notation {
            Notation::Json => json::key(&mut self.out, key.word(), self.keys == 0),
            Notation::Cbor => cbor::key(&mut self.out, key),
        }
        self.keys += 1;
    }
}
