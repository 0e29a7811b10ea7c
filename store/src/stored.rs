//! What an engine's columns mean. Numbers and words in them were written by us; what is anything else is damaged.

mod settings; // what is set for a room

mod entry; // an entry of the log

mod page; // and many of them

mod conversation; // a room of somebody's list

mod count; // how many people have put which signs

mod report; // what somebody reported

mod deed; // what an administrator did

mod contact; // whom somebody knows

mod presence; // how somebody shows that they are there

mod way; // how one comes into a room

mod upload; // a file that is there

mod push; // who is told when they are away

pub use contact::{StoredContact, tie};
pub use conversation::{StoredConversation, unsaid};
pub use count::{StoredCount, counts};
pub use deed::StoredDeed;
pub use entry::{StoredEntry, open, voices};
pub use page::Page;
pub use presence::{StoredPresence, pack_devices, sealed_text};
pub use push::{StoredCandidate, StoredDelivery, StoredPushDevice, push_level, quiet, seq};
pub use report::{StoredReport, places};
pub use settings::{StoredPolicy, StoredSettings};
pub use upload::StoredUpload;
pub use way::{StoredInvitation, StoredLink, StoredRequest};

use crate::{AccountState, CredentialKind, Error, SecretHash};
use chat::{Handle, Kind, Role, RoomKind, Sign, Timestamp};

/// A count as a column keeps it: what is past its largest number means "to the end".
#[must_use]
pub fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// So many rows of a list as are asked for, and at most 1,000.
#[must_use]
pub fn in_list(limit: u32) -> i64 {
    i64::from(limit.min(1_000))
}

/// The clock of this machine: for whoever is given none, and for rows that are saved without a caller's.
#[must_use]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

/// A stored value that can't be what it should be.
#[must_use]
pub fn damaged(what: &str) -> Error {
    Error::Damaged(format!("a stored {what} is not what was written"))
}

/// A stored handle.
///
/// # Errors
/// [`Error::Damaged`] when it is none.
pub fn handle(text: &str) -> Result<Handle, Error> {
    Handle::stored(text).ok_or_else(|| damaged("handle"))
}

/// A stored sign.
///
/// # Errors
/// [`Error::Damaged`] when it is none.
pub fn sign(text: &str) -> Result<Sign, Error> {
    Sign::new(text).map_err(|_| damaged("sign"))
}

/// A stored kind of entry.
///
/// # Errors
/// [`Error::Damaged`] when there is no such kind.
pub fn kind(number: i64) -> Result<Kind, Error> {
    u8::try_from(number).ok().and_then(Kind::from_number).ok_or_else(|| damaged("kind"))
}

/// A stored kind of room.
///
/// # Errors
/// [`Error::Damaged`] when there is no such kind.
pub fn room_kind(number: i64) -> Result<RoomKind, Error> {
    let kind = u8::try_from(number).ok().and_then(RoomKind::from_number);
    kind.ok_or_else(|| damaged("kind of room"))
}

/// A stored state of an account.
///
/// # Errors
/// [`Error::Damaged`] when there is no such state.
pub fn account_state(number: i64) -> Result<AccountState, Error> {
    let states = [AccountState::Active, AccountState::Deactivated, AccountState::Deleted];
    let found = states.into_iter().find(|state| i64::from(*state as u8) == number);
    found.ok_or_else(|| damaged("state of an account"))
}

/// A stored kind of credential.
///
/// # Errors
/// [`Error::Damaged`] when there is no such kind.
pub fn credential_kind(number: i64) -> Result<CredentialKind, Error> {
    let kinds = [CredentialKind::Login, CredentialKind::DeviceToken, CredentialKind::ApiKey];
    let found = kinds.into_iter().find(|kind| i64::from(*kind as u8) == number);
    found.ok_or_else(|| damaged("kind of credential"))
}

/// A stored hash of a secret.
///
/// # Errors
/// [`Error::Damaged`] when it has another length.
pub fn secret_hash(bytes: &[u8]) -> Result<SecretHash, Error> {
    bytes.try_into().map(SecretHash).map_err(|_| damaged("hash"))
}

/// A stored role.
///
/// # Errors
/// [`Error::Damaged`] when there is no such role.
pub fn role(number: i64) -> Result<Role, Error> {
    u8::try_from(number).ok().and_then(Role::from_number).ok_or_else(|| damaged("role"))
}
