//! JSON: names for keys.

mod write;

mod read;

mod nested; // values of the client's own, looked through

pub(super) use read::{data, find, flag, read, whole_number};
pub(super) use write::{base64, key, names, number, text};
