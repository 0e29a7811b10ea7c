//! What a file is, by looking at its first bytes. What it is called says nothing.

/// So many first bytes are looked at.
pub(crate) const LOOKED_AT: usize = 8 * 1024;

/// What has no marks of its own.
const BYTES: &str = "application/octet-stream";

/// What can be read as text.
const TEXT: &str = "text/plain";

/// Pictures that can be shown, and so made safe.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Kinds that are taken: types of MIME, and families such as `video/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kinds(Vec<String>);

impl Default for Kinds {
    /// What people send each other. Programs are not among it, nor pages (HTML, SVG), which would run in a browser,
    /// nor pictures that we can't look into and so can't take their maker's whereabouts out of.
    fn default() -> Kinds {
        let others = [
            "audio/*",
            "video/*",
            TEXT,
            BYTES,
            "application/pdf",
            "application/zip",
            "application/gzip",
            "application/x-7z-compressed",
            "application/rtf",
            "application/epub+zip",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.oasis.opendocument.*",
            "application/vnd.openxmlformats-officedocument.*",
        ];
        Kinds(PICTURES.into_iter().chain(others).map(str::to_owned).collect())
    }
}

impl Kinds {
    /// Reads a list of them.
    ///
    /// # Errors
    /// The one that is neither a type nor the beginning of one with a `*` behind it.
    pub fn new(list: impl IntoIterator<Item = String>) -> Result<Kinds, String> {
        let list: Vec<String> = list.into_iter().collect();
        let is_kind = |kind: &str| {
            let word =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"/.+-".contains(&byte);
            let body = kind.strip_suffix('*').unwrap_or(kind);
            kind == "*" || body.split('/').count() == 2 && body.bytes().all(word)
        };
        match list.iter().find(|kind| !is_kind(kind)) {
            Some(wrong) => Err(wrong.clone()),
            None => Ok(Kinds(list)),
        }
    }

    /// Whether this kind is taken. Of pictures only those that can be shown are, whatever the list says.
    #[must_use]
    pub fn take(&self, kind: &str) -> bool {
        let listed = self.0.iter().any(|one| match one.strip_suffix('*') {
            Some(beginning) => kind.starts_with(beginning),
            None => one == kind,
        });
        listed && (!kind.starts_with("image/") || is_picture(kind))
    }
}

/// Whether it is a picture that can be shown.
pub(crate) fn is_picture(kind: &str) -> bool {
    PICTURES.contains(&kind)
}

/// What begins so. `whole` says that nothing comes after it.
pub(crate) fn of(beginning: &[u8], whole: bool) -> &'static str {
    if let Some(found) = infer::get(beginning) {
        return found.mime_type();
    }
    if is_page(beginning) {
        return "text/html";
    }
    match std::str::from_utf8(beginning) {
        Ok(text) if is_plain(text) => TEXT,
        // A character may be cut in its middle.
        Err(error) if !whole && error.error_len().is_none() && error.valid_up_to() > 0 => TEXT,
        _ => BYTES,
    }
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|one| !one.is_control() || matches!(one, '\n' | '\r' | '\t' | '\u{c}'))
}

/// Browsers look for these anywhere near the beginning.
fn is_page(beginning: &[u8]) -> bool {
    let near: Vec<u8> = beginning.iter().take(1_024).map(u8::to_ascii_lowercase).collect();
    let has = |word: &[u8]| near.windows(word.len()).any(|part| part == word);
    [&b"<html"[..], b"<script", b"<svg", b"<!doctype html", b"<iframe", b"<body"].into_iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", false), "image/png");
        assert_eq!(of(b"%PDF-1.7", false), "application/pdf");
        assert_eq!(of(b"the kettle is on \xf0\x9f", false), TEXT);
        assert_eq!(of(b"the kettle is on \xf0\x9f", true), BYTES);
        assert_eq!(of(b"\0\x01\x02", true), BYTES);
        assert_eq!(of(b"  hello <SCRIPT>alert(1)</script>", true), "text/html");
        assert_eq!(of(b"<?xml version=\"1.0\"?><svg xmlns=\"\">", true), "text/xml");
    }

    #[test]
    fn programs_pages_and_pictures_that_hide_something_are_not_taken() {
        let kinds = Kinds::default();
        for kind in ["image/jpeg", "video/mp4", TEXT, BYTES, "application/pdf"] {
            assert!(kinds.take(kind), "{kind}");
        }
        let elf = of(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", false);
        for kind in [elf, "text/html", "text/xml", "image/heif", "image/tiff", "image/svg+xml"] {
            assert!(!kinds.take(kind), "{kind}");
        }
        assert!(!Kinds::new(["image/*".to_owned()]).unwrap().take("image/heif"));
        assert_eq!(Kinds::new(["everything".to_owned()]), Err("everything".to_owned()));
    }
}
