//! The parts of an object in JSON, written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::Write as _;

/// Keys are ours and need no escaping.
pub(in super::super) fn key(out: &mut Vec<u8>, word: &str, is_first: bool) {
    if !is_first {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(word.as_bytes());
    out.extend_from_slice(b"\":");
}

pub(in super::super) fn text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a Vec takes all, and every text has a JSON form");
}

pub(in super::super) fn number(out: &mut Vec<u8>, number: u64) {
    write!(out, "{number}").expect("a Vec takes all");
}

pub(in super::super) fn names<'a>(out: &mut Vec<u8>, names: impl Iterator<Item = &'a str>) {
    let mut before = b'[';
    for name in names {
        out.extend_from_slice(&[before, b'"']);
        out.extend_from_slice(name.as_bytes()); // A name has nothing to escape.
        out.push(b'"');
        before = b',';
    }
    out.push(b']');
}

pub(in super::super) fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    text(out, &STANDARD.encode(bytes));
}
