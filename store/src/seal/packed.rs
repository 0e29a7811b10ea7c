//! Values in a row of bytes, the first of which says in which form they are, so that later programs know how to read them.

use crate::Error;
use chat::{Handle, Mention, Sign};
use serde::{Deserialize, Serialize};

/// The usual form.
const FORM: u8 = 1;

pub(super) fn pack(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    pack_as(FORM, value)
}

pub(super) fn pack_as(form: u8, value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let packed = postcard::to_extend(value, vec![form]);
    packed.map_err(|_| Error::Broken("an entry can't be packed".into()))
}

pub(super) fn unpack<'a, T: Deserialize<'a>>(packed: &'a [u8]) -> Result<T, Error> {
    unpack_as(FORM, packed)
}

pub(super) fn unpack_as<'a, T: Deserialize<'a>>(known: u8, packed: &'a [u8]) -> Result<T, Error> {
    let damaged = || Error::Damaged("an entry is packed in no form this program knows".into());
    let (&form, rest) = packed.split_first().ok_or_else(damaged)?;
    if form != known {
        return Err(damaged());
    }
    postcard::from_bytes(rest).map_err(|_| damaged())
}

pub(super) fn mentions(texts: Vec<&str>) -> Result<Vec<Mention>, Error> {
    let mention =
        |text| Mention::new(text).map_err(|_| Error::Damaged("an entry calls what is no handle".into()));
    texts.into_iter().map(mention).collect()
}

pub(super) fn handles(texts: Vec<&str>) -> Result<Vec<Handle>, Error> {
    texts.into_iter().map(handle).collect()
}

pub(super) fn handle(text: &str) -> Result<Handle, Error> {
    Handle::new(text).map_err(|_| Error::Damaged("an entry names somebody by what is no handle".into()))
}

pub(super) fn stored_sign(text: &str) -> Result<Sign, Error> {
    Sign::new(text).map_err(|_| Error::Damaged("a reaction is no sign".into()))
}
