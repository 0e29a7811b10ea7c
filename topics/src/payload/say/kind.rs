//! Which kinds a client may say.

use crate::cut;
use crate::payload::PayloadError;
use chat::Kind;

/// Acts upon an earlier entry. They are in the contract and not yet in the server.
const ACTS: [&str; 6] = ["edit", "recall", "react", "unreact", "pin", "unpin"];

/// The kind that a client says by this word.
///
/// # Errors
/// [`PayloadError::Kind`] with the reason.
pub(super) fn said(word: &str) -> Result<Kind, PayloadError> {
    Kind::said_by_clients(word).ok_or_else(|| {
        let why = if ACTS.contains(&word) {
            "it is not taken yet"
        } else if Kind::ALL.into_iter().any(|kind| kind.word() == word) {
            "only the room itself tells it"
        } else {
            "there is no such kind"
        };
        PayloadError::Kind(cut(word, PayloadError::KEPT).to_owned(), why)
    })
}
