//! The payloads of `topics.md`, as they are read and written.
//!
//! What a client sends is read strictly: an unknown or repeated key, a wrong type, broken JSON are
//! refused with the place and the name of the key, never guessed at and never stored. What a member hears
//! is written in one pass. Bodies are carried byte for byte, and none is ever part of an error. Size
//! limits are judged in `chat`, not here.
//!
//! Bodies under `plain/` apart, every payload is an object. What it says stands here; how an object is written
//! in JSON and in CBOR stands in [`object`], the only place of the crate that knows either.

pub mod say; // what a client asks to have taken

pub mod read; // how far a client has read

pub mod said; // what a room tells its members

pub mod typing; // who is writing

pub mod signal; // what members tell each other and nobody keeps

mod event; // what the server tells one user

pub mod presence;
pub mod receipts; // how far members are // whether somebody is there

pub mod gap; // what a device is not told one by one

pub mod receipt; // what stands beside a PUBACK

pub mod refused; // why not

pub mod rpc; // a request, and its answer

mod media; // the upload that a message shows

mod key; // the keys of objects, by name and by number

mod object; // objects, in JSON and in CBOR

mod settings; // what was set for a room

mod signs; // which signs a message has

pub(crate) mod at; // times

pub use at::{from_rfc3339, rfc3339};

use crate::cut;

/// User properties of a message in MQTT 5, in the order in which they are written.
pub type Properties = Vec<(String, String)>;

/// User properties of an acknowledgement in MQTT 5, in the order in which they are written.
pub type AnswerProperties = Vec<(&'static str, String)>;

/// One property, from anything that can be shown.
fn property(key: &str, value: impl ToString) -> (String, String) {
    (key.to_owned(), value.to_string())
}

/// A payload can't be read. The words are for its sender: they name keys and places, and never a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// It can't be read as what it seems to be, JSON or CBOR. The words say where: a line and a column, or a byte.
    #[error("the payload is broken {0}: {1}")]
    Broken(&'static str, String),
    /// It has a key that means nothing here.
    #[error("`{0}` is no key of this payload")]
    UnknownKey(String),
    /// It has the name of a key where keys are numbers.
    #[error("`{0}` is written as the number {1} in CBOR")]
    Named(&'static str, u8),
    /// It has a key twice.
    #[error("`{0}` is given twice")]
    Twice(&'static str),
    /// What a key or user property holds can't be used.
    #[error("`{key}` must be {expected}")]
    Wrong {
        /// The key or the user property.
        key: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// Two keys that say the same thing, or a key and a user property that contradict each other.
    #[error("give `{0}` once: {1}")]
    Contradiction(&'static str, &'static str),
    /// A kind that clients may not say.
    #[error("kind `{0}` can't be said: {1}")]
    Kind(String, &'static str),
    /// It has a key that its kind has no use for.
    #[error("`{key}` means nothing with kind `{kind}`")]
    Misplaced {
        /// The key.
        key: &'static str,
        /// The kind.
        kind: &'static str,
    },
    /// What stands under a key is none of the words that may stand there.
    #[error("`{0}` must be one of {1}")]
    Word(&'static str, &'static str),
    /// `data` is an object that not every reader of JSON can take; the place is counted from its start.
    #[error("`data` can't be read by everybody: {0} of it")]
    Data(String),
}

impl PayloadError {
    /// How much of an unknown key or kind an error repeats, in bytes.
    pub const KEPT: usize = 64;

    fn unknown_key(key: &str) -> PayloadError {
        PayloadError::UnknownKey(cut(key, PayloadError::KEPT).to_owned())
    }
}

impl From<PayloadError> for chat::Refusal {
    fn from(error: PayloadError) -> chat::Refusal {
        chat::Refusal::Payload(error.to_string())
    }
}
