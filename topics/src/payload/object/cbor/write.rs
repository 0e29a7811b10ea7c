//! The parts of an object in CBOR, written: numbers as short as they can be, every length told before.

use crate::payload::key::Key;
use minicbor::encode::Encoder;

/// The byte of a map, without how many keys it has.
pub(in super::super) const MAP: u8 = 0xA0;
/// The most keys whose number has room in the byte of a map.
pub(in super::super) const MOST_KEYS: u8 = 23;
/// The byte of `null`.
pub(in super::super) const NULL: u8 = 0xF6;

/// Why an encoder that writes into a `Vec` can't fail.
const TAKES_ALL: &str = "a Vec takes all";

pub(in super::super) fn key(out: &mut Vec<u8>, key: Key) {
    number(out, key.number().expect("every key that is written in CBOR has its number").into());
}

pub(in super::super) fn text(out: &mut Vec<u8>, text: &str) {
    Encoder::new(out).str(text).expect(TAKES_ALL);
}

pub(in super::super) fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    Encoder::new(out).bytes(bytes).expect(TAKES_ALL);
}

pub(in super::super) fn number(out: &mut Vec<u8>, number: u64) {
    Encoder::new(out).u64(number).expect(TAKES_ALL);
}

pub(in super::super) fn signed(out: &mut Vec<u8>, number: i64) {
    Encoder::new(out).i64(number).expect(TAKES_ALL);
}

pub(in super::super) fn boolean(out: &mut Vec<u8>, is_true: bool) {
    Encoder::new(out).bool(is_true).expect(TAKES_ALL);
}

pub(super) fn float_32(out: &mut Vec<u8>, float: f32) {
    Encoder::new(out).f32(float).expect(TAKES_ALL);
}

pub(super) fn float_64(out: &mut Vec<u8>, float: f64) {
    Encoder::new(out).f64(float).expect(TAKES_ALL);
}

/// A list of so many items, which follow.
pub(super) fn list_of(out: &mut Vec<u8>, items: usize) {
    Encoder::new(out).array(items as u64).expect(TAKES_ALL);
}

/// A map of so many keys, which follow with their values.
pub(super) fn map_of(out: &mut Vec<u8>, keys: usize) {
    Encoder::new(out).map(keys as u64).expect(TAKES_ALL);
}

pub(in super::super) fn names<'a>(out: &mut Vec<u8>, names: impl ExactSizeIterator<Item = &'a str>) {
    list_of(out, names.len());
    names.for_each(|name| text(out, name));
}
