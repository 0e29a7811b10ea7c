//! What somebody did to a message in words: gave it others, put a sign to it.

use super::SenderKey;
use super::packed::{mentions, pack, stored_sign, unpack};
use super::place::Place;
use crate::Error;
use bytes::Bytes;
use chat::{Deed, Mention, Seq, Sign, Wording};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct PackedEdit<'a> {
    of: u64,
    #[serde(borrow)]
    body: &'a [u8],
    #[serde(borrow)]
    mentions: Vec<&'a str>,
    #[serde(borrow)]
    data: Option<&'a str>,
}

/// Packs and seals a person's words about a message, and which message they are about.
///
/// # Errors
/// [`Error::Broken`] for a deed without words, or when the cipher refuses, which no words bring about.
pub fn seal_deed(key: &SenderKey, place: Place, deed: &Deed) -> Result<Vec<u8>, Error> {
    let packed = match deed {
        Deed::Edit { of, wording } => pack(&PackedEdit {
            of: of.0,
            body: &wording.body,
            mentions: wording.mentions.iter().map(Mention::as_str).collect(),
            data: wording.data.as_deref(),
        })?,
        Deed::React { of, sign } | Deed::Unreact { of, sign } => pack(&(of.0, sign.as_str()))?,
        Deed::Recall { .. } | Deed::Pin { .. } | Deed::Unpin { .. } => {
            return Err(Error::Broken("a deed without words is sealed".into()));
        }
    };
    key.0.seal(&place.bytes(), packed)
}

pub(super) fn edit(plain: &Bytes) -> Result<Deed, Error> {
    let packed: PackedEdit<'_> = unpack(plain)?;
    let wording = Wording {
        body: plain.slice_ref(packed.body),
        mentions: mentions(packed.mentions)?,
        data: packed.data.map(Into::into),
    };
    Ok(Deed::Edit { of: Seq(packed.of), wording })
}

pub(super) fn signed(plain: &Bytes) -> Result<(Seq, Sign), Error> {
    let (of, sign): (u64, &str) = unpack(plain)?;
    Ok((Seq(of), stored_sign(sign)?))
}
