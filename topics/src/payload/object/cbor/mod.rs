//! CBOR (RFC 8949): numbers for keys, and bytes.
//!
//! Data is an object of the client's own. It is kept as JSON, so what is said in CBOR must have a JSON form:
//! keys that are texts and come once, numbers of 64 bits, no bytes, no tags, nothing deeper than 120 levels.
//! Everything that JSON can say has a CBOR form.

mod write;

mod read;

mod to_json; // data that is said

mod from_json; // data that is heard

pub(super) use from_json::from_json;
pub(super) use read::{find, flag, read, whole_number};
pub(super) use write::{MAP, MOST_KEYS, NULL, boolean, bytes, key, names, number, signed, text};

pub(in crate::payload) use read::standing_alone;
