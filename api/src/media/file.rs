//! A file on its way out.

use axum::body::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _};
use media::{Desk, MediaError, Part};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use store::StoredMedia;

/// Kinds that a browser may show where it is, in a page without rights; everything else is saved.
const SHOWN: [&str; 3] = ["image/", "audio/", "video/"];

/// A file that may be sent.
pub(crate) struct File {
    /// Its bytes.
    pub(crate) size: u64,
    /// What it is.
    pub(crate) kind: String,
    /// What tells it from every other, in quotes.
    pub(crate) tag: String,
    name: Option<String>,
    /// Whether it is to be saved, whatever it is.
    saved: bool,
    bytes: Source,
}

enum Source {
    /// In the place where uploads are.
    Kept(Arc<Desk>, Box<StoredMedia>),
    /// Here.
    Here(Bytes),
}

impl File {
    /// An upload.
    pub(super) fn whole(desk: Arc<Desk>, found: StoredMedia, saved: bool) -> File {
        let media = &found.media;
        File {
            size: media.size,
            kind: media.kind.to_string(),
            tag: format!("\"{}\"", media.id),
            name: media.name.as_deref().map(str::to_owned),
            saved,
            bytes: Source::Kept(desk, Box::new(found)),
        }
    }

    /// The small one of a picture.
    pub(super) fn small(found: &StoredMedia, bytes: Bytes) -> File {
        let is_png = bytes.starts_with(b"\x89PNG");
        File {
            size: bytes.len() as u64,
            kind: if is_png { "image/png" } else { "image/jpeg" }.to_owned(),
            tag: format!("\"{}-{}\"", found.media.id, Part::Thumbnail.word()),
            name: None,
            saved: false,
            bytes: Source::Here(bytes),
        }
    }

    /// How it is to be shown (RFC 6266): a name that is not ASCII is said twice.
    pub(crate) fn disposition(&self) -> String {
        let shown = !self.saved && SHOWN.iter().any(|family| self.kind.starts_with(family));
        let mut told = if shown { "inline" } else { "attachment" }.to_owned();
        if let Some(name) = &self.name {
            let plain = |one: char| {
                if one.is_ascii() && !one.is_control() && one != '"' && one != '\\' { one } else { '_' }
            };
            let plain: String = name.chars().map(plain).collect();
            write!(told, "; filename=\"{plain}\"").ok();
            if plain != *name {
                told.push_str("; filename*=UTF-8''");
                for byte in name.bytes() {
                    match byte {
                        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                            told.push(byte.into())
                        }
                        other => write!(told, "%{other:02X}").unwrap_or_default(),
                    }
                }
            }
        }
        told
    }

    /// A stretch of it, as it comes.
    pub(crate) async fn read(
        self,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError> {
        match self.bytes {
            Source::Kept(desk, found) => Ok(desk.read(&found, range).await?.boxed()),
            Source::Here(bytes) => {
                let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                let part = bytes.slice(at(range.start)..at(range.end));
                Ok(futures_util::stream::once(async { Ok(part) }).boxed())
            }
        }
    }

    /// So many bytes of nothing.
    #[cfg(test)]
    pub(crate) fn nothing(size: u64) -> File {
        let bytes = Source::Here(Bytes::new());
        File { size, kind: "text/plain".into(), tag: "\"7\"".into(), name: None, saved: false, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reaches_every_browser_and_breaks_no_header() {
        let told = |name: &str| File { name: Some(name.into()), ..File::nothing(1) }.disposition();
        assert_eq!(told("kettle.txt"), "attachment; filename=\"kettle.txt\"");
        assert_eq!(told("茶\".txt"), "attachment; filename=\"__.txt\"; filename*=UTF-8''%E8%8C%B6%22.txt");
        let picture = File { kind: "image/png".into(), ..File::nothing(1) };
        assert_eq!(picture.disposition(), "inline");
        assert_eq!(File { saved: true, ..picture }.disposition(), "attachment");
    }
}
