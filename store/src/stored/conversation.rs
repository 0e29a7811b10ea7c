//! A room of somebody's list, as the columns have it.

use super::{StoredEntry, handle, open, role, room_kind, voices};
use crate::seal::{Keyring, Keys, Voice, open_unsaid};
use crate::{Conversation, Error, Settings, Unsaid};
use chat::{RoomId, Timestamp, UserId};

/// A row of the list, with what it hangs on.
pub struct StoredConversation {
    /// Whose list it is.
    pub user: UserId,
    /// The room's name.
    pub handle: String,
    /// [`chat::RoomKind`], as stored.
    pub kind: i64,
    /// What people call it.
    pub name: Option<String>,
    /// Where its picture is.
    pub avatar: Option<String>,
    /// Who else is in a direct room.
    pub with: Option<String>,
    /// [`chat::Role`], as stored.
    pub role: i64,
    /// The last entry of the log.
    pub last: StoredEntry,
    /// The mark, and the room's counting entries with it.
    pub read: crate::plan::Mark,
    /// Messages after the mark that call this person.
    pub mentions: u64,
    /// What they set.
    pub settings: Settings,
    /// What they began to write, sealed, with the room's wrapped key, and when.
    pub unsaid: Option<(Vec<u8>, Vec<u8>, Timestamp)>,
}

impl StoredConversation {
    /// Who said what is in these: their keys open the last entries.
    pub fn voices(rows: &[StoredConversation]) -> impl Iterator<Item = Voice> {
        rows.iter().flat_map(|row| voices(std::slice::from_ref(&row.last)).collect::<Vec<_>>())
    }

    /// Opens it. What does not open with its key is left out and counted as damage.
    ///
    /// # Errors
    /// [`Error::Damaged`] when this program can't read it for another reason.
    pub fn open(self, ring: &Keyring, keys: &Keys, now: Timestamp) -> Result<Conversation, Error> {
        let StoredEntry { room, seq, n, at, expires_at, .. } = self.last;
        let is_over = expires_at.is_some_and(|end| end <= now);
        let mut last = open(ring, keys, vec![self.last])?;
        Ok(Conversation {
            room,
            handle: handle(&self.handle)?,
            kind: room_kind(self.kind)?,
            name: self.name.map(Into::into),
            avatar: self.avatar.map(Into::into),
            with: self.with.map(|with| handle(&with)).transpose()?,
            role: role(self.role)?,
            last_seq: seq,
            last_at: at,
            last: last.pop().filter(|_| !is_over),
            read_seq: self.read.seq,
            unread: n.saturating_sub(self.read.n),
            mentions: self.mentions,
            settings: self.settings,
            unsaid: self.unsaid.map(|kept| unsaid(ring, (room, self.user), kept)).transpose()?.flatten(),
        })
    }
}

/// Opens what somebody began to write. What does not open with its key is left out, and said in the log.
///
/// # Errors
/// [`Error::Damaged`] when this program can't read it for another reason.
pub fn unsaid(
    ring: &Keyring,
    place: (RoomId, UserId),
    (kept, wrapped, at): (Vec<u8>, Vec<u8>, Timestamp),
) -> Result<Option<Unsaid>, Error> {
    match open_unsaid(ring.master(), place, wrapped, &kept) {
        Ok(text) => Ok(Some(Unsaid { text, at })),
        Err(Error::NotAuthentic) => {
            tracing::error!(room.id = %place.0, user.id = %place.1, "a text that was begun does not open any more");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
