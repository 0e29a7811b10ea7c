//! Which kinds a client may say.

use crate::cut;
use crate::payload::PayloadError;
use chat::Kind;

/// The kind that a client says by this word: that of a message, or of what is done to one.
///
/// # Errors
/// [`PayloadError::Kind`] with the reason.
pub(super) fn said(word: &str) -> Result<Kind, PayloadError> {
    let deed = || Kind::ALL.into_iter().find(|kind| kind.is_deed() && kind.word() == word);
    Kind::said_by_clients(word).or_else(deed).ok_or_else(|| {
        let why = if Kind::ALL.into_iter().any(|kind| kind.word() == word) {
            "only the room itself tells it"
        } else {
            "there is no such kind"
        };
        PayloadError::Kind(cut(word, PayloadError::KEPT).to_owned(), why)
    })
}
