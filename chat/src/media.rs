//! A picture, a film, a sound or a file that somebody uploaded.
//!
//! What it is, the server found out by looking at it: no word of the uploader's is in here but the name. It never
//! changes: another picture is another number.

use std::fmt;

/// The number of what was uploaded. Knowing it is no right to see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaId(pub i64);

impl fmt::Display for MediaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl MediaId {
    /// Reads a number as it is written in payloads and paths: up to 19 digits.
    #[must_use]
    pub fn from_digits(text: &str) -> Option<MediaId> {
        let plain = matches!(text.len(), 1..=19) && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok().map(MediaId)).flatten()
    }

    /// The upload that is shown at this address, if it is one of this server's: `/v1/media/{number}/content`, or
    /// `…/thumbnail`.
    #[must_use]
    pub fn shown_at(address: &str) -> Option<MediaId> {
        let (digits, part) = address.strip_prefix("/v1/media/")?.split_once('/')?;
        matches!(part, "content" | "thumbnail").then(|| MediaId::from_digits(digits)).flatten()
    }
}

/// What everybody may know of it who may see it. Its `Debug` tells how much it is, never how it is called.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// Its number.
    pub id: MediaId,
    /// What it is, as a type of MIME (RFC 6838): found by looking at it.
    pub kind: Box<str>,
    /// Its bytes.
    pub size: u64,
    /// What its uploader called it.
    pub name: Option<Box<str>>,
    /// How it looks, of a picture.
    pub picture: Option<Picture>,
}

/// How a picture looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels from left to right, upright.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// A blurred picture of it in some 30 characters (blurha.sh), to be shown until it is there.
    pub blurhash: Box<str>,
}

impl Media {
    /// The longest name, in bytes: what file systems take.
    pub const MAX_NAME: usize = 255;

    /// What comes before the `/` of its kind: `image`, `video`, `audio`, `text`, `application`.
    #[must_use]
    pub fn family(&self) -> &str {
        self.kind.split('/').next().unwrap_or_default()
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Media");
        out.field("id", &self.id).field("kind", &self.kind).field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_in_no_debug_output() {
        let media = Media {
            id: MediaId(7),
            kind: "image/png".into(),
            size: 9,
            name: Some("divorce.png".into()),
            picture: None,
        };
        assert_eq!(format!("{media:?}"), r#"Media { id: MediaId(7), kind: "image/png", size: 9, .. }"#);
        assert_eq!(media.family(), "image");
    }

    #[test]
    fn a_number_is_digits_and_nothing_else() {
        assert_eq!(MediaId::from_digits("9007199254740993"), Some(MediaId(9_007_199_254_740_993)));
        for wrong in ["", "-1", "+1", " 1", "1.0", "99999999999999999999", "9999999999999999999"] {
            assert_eq!(MediaId::from_digits(wrong), None, "{wrong}");
        }
    }
}
