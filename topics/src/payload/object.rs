//! A JSON object, written key by key into one buffer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chat::Handle;
use std::io::Write as _;

/// An object on its way. Keys are ours and need no escaping.
pub(super) struct Object {
    out: Vec<u8>,
}

impl Object {
    /// An object that will have about this many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Object {
        let mut out = Vec::with_capacity(bytes);
        out.push(b'{');
        Object { out }
    }

    /// A key with a text.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        serde_json::to_writer(&mut self.out, text).expect("a Vec takes all, and every text has a JSON form");
    }

    /// A key with a text, if there is one.
    pub(super) fn text_if(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// A key with a number.
    pub(super) fn number(&mut self, key: &str, number: u64) {
        self.key(key);
        write!(self.out, "{number}").expect("a Vec takes all");
    }

    /// A key with a number, if there is one.
    pub(super) fn number_if(&mut self, key: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.number(key, number);
        }
    }

    /// A key with a value that is JSON already.
    pub(super) fn json(&mut self, key: &str, json: &str) {
        self.key(key);
        self.out.extend_from_slice(json.as_bytes());
    }

    /// A key with names, if there are any.
    pub(super) fn names_if(&mut self, key: &str, names: &[Handle]) {
        if names.is_empty() {
            return;
        }
        self.key(key);
        let mut before = b'[';
        for name in names {
            self.out.extend_from_slice(&[before, b'"']);
            self.out.extend_from_slice(name.as_str().as_bytes()); // A handle has nothing to escape.
            self.out.push(b'"');
            before = b',';
        }
        self.out.push(b']');
    }

    /// `body` for bytes that are UTF-8, `body_base64` for others.
    pub(super) fn body(&mut self, body: &[u8]) {
        if let Ok(text) = std::str::from_utf8(body) {
            self.text("body", text);
        } else {
            self.text("body_base64", &STANDARD.encode(body));
        }
    }

    /// The finished object.
    pub(super) fn end(mut self) -> Bytes {
        self.out.push(b'}');
        self.out.into()
    }

    fn key(&mut self, key: &str) {
        if self.out.len() > 1 {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }
}
