//! What is known of an upload, packed and sealed with its own key: its name is its uploader's words.

use super::FileKey;
use crate::Error;
use chat::{Media, MediaId, Picture};
use serde::{Deserialize, Serialize};

const FORM: u8 = 1;

/// The part of an upload that this is sealed as.
const ABOUT: &str = "about";

/// What is known of an upload, beside its number.
#[derive(Serialize, Deserialize)]
pub(super) struct PackedMedia<'a> {
    kind: &'a str,
    size: u64,
    #[serde(borrow)]
    name: Option<&'a str>,
    #[serde(borrow)]
    picture: Option<(u32, u32, &'a str)>,
}

impl<'a> PackedMedia<'a> {
    pub(super) fn of(media: &'a Media) -> PackedMedia<'a> {
        let picture = media.picture.as_ref();
        PackedMedia {
            kind: &media.kind,
            size: media.size,
            name: media.name.as_deref(),
            picture: picture.map(|seen| (seen.width, seen.height, &*seen.blurhash)),
        }
    }

    pub(super) fn media(self, id: MediaId) -> Media {
        let PackedMedia { kind, size, name, picture } = self;
        let picture = picture.map(|(width, height, hash)| Picture { width, height, blurhash: hash.into() });
        Media { id, kind: kind.into(), size, name: name.map(Into::into), picture }
    }
}

/// Packs and seals what is known of an upload.
///
/// # Errors
/// [`Error::Broken`] when the cipher refuses, which no upload brings about.
pub fn seal_about(key: &FileKey, media: &Media) -> Result<Vec<u8>, Error> {
    let packed = postcard::to_extend(&PackedMedia::of(media), vec![FORM]);
    let mut packed = packed.map_err(|_| Error::Broken("what is known of a file can't be packed".into()))?;
    key.part(ABOUT)?.seal(0, true, &mut packed)?;
    Ok(packed)
}

/// Opens what [`seal_about`] sealed.
///
/// # Errors
/// [`Error::NotAuthentic`] when it was not sealed with this key; [`Error::Damaged`] when it was, in a form this program
/// does not know.
pub fn open_about(key: &FileKey, id: MediaId, mut sealed: Vec<u8>) -> Result<Media, Error> {
    key.part(ABOUT)?.open(0, true, &mut sealed)?;
    let damaged = || Error::Damaged("what is known of a file is in no form this program knows".into());
    let packed = sealed.strip_prefix(&[FORM]).ok_or_else(damaged)?;
    let packed: PackedMedia<'_> = postcard::from_bytes(packed).map_err(|_| damaged())?;
    Ok(packed.media(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_file_opens_with_its_key_only() {
        let key = FileKey::fresh().unwrap();
        let picture = Picture { width: 640, height: 480, blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj".into() };
        let media = Media {
            id: MediaId(7),
            kind: "image/jpeg".into(),
            size: 12_345,
            name: Some("kettle.jpg".into()),
            picture: Some(picture),
        };
        let sealed = seal_about(&key, &media).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"kettle"));
        assert_eq!(open_about(&key, media.id, sealed.clone()).unwrap(), media);
        assert!(open_about(&FileKey::fresh().unwrap(), media.id, sealed).is_err());
    }
}
