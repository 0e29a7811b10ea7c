//! What was uploaded: whose it is, who may see it, and when it can go.
//!
//! The bytes lie elsewhere and this is what counts of them: bytes without a row are nobody's, and a row without bytes was
//! never finished. What a message names is kept as long as the message is; what none names goes after a while.

use crate::Error;
use crate::seal::FileKey;
use async_trait::async_trait;
use chat::{Media, MediaId, RoomId, Timestamp, UserId};

/// How far an upload is. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum MediaState {
    /// Its bytes are coming.
    Coming = 1,
    /// It is there.
    There = 2,
    /// It is erased: its key is gone, and its bytes are to be deleted.
    Going = 3,
}

/// An upload that begins.
#[derive(Debug, Clone)]
pub struct NewMedia {
    /// A fresh snowflake.
    pub id: MediaId,
    /// Whose.
    pub owner: UserId,
    /// Bytes that are held free for it.
    pub held: u64,
    /// Its own key.
    pub key: FileKey,
    /// Now.
    pub at: Timestamp,
}

/// How much one user may have uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Bytes, with what is held free for those that are coming.
    pub bytes: u64,
    /// Uploads.
    pub count: u32,
}

/// How an upload began, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BegunMedia {
    /// Its bytes may come.
    Begun,
    /// There would be too many bytes.
    TooManyBytes,
    /// There are too many already.
    TooMany,
}

/// An upload that is there.
#[derive(Debug, Clone)]
pub struct StoredMedia {
    /// Whose.
    pub owner: UserId,
    /// What is known of it.
    pub media: Media,
    /// What opens it.
    pub key: FileKey,
    /// When it began.
    pub at: Timestamp,
}

/// Where an upload may hang for others to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portrait {
    /// In a user's profile, where everybody sees it.
    User(UserId),
    /// At a room's door, where everybody sees it who may know of the room.
    Room(RoomId),
}

impl Portrait {
    /// Which kind, and whose, as they are stored.
    #[must_use]
    pub const fn key(self) -> (u8, i64) {
        match self {
            Portrait::User(user) => (1, user.0),
            Portrait::Room(room) => (2, room.0),
        }
    }
}

/// What is to be swept out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Uploads that began before and are still coming: whoever sent them is gone.
    pub coming_before: Timestamp,
    /// Uploads that nobody names since before.
    pub loose_before: Timestamp,
    /// Messages that ran out before name nothing any more.
    pub now: Timestamp,
    /// How many at most, up to 500.
    pub limit: u32,
}

/// The part of a store that knows what was uploaded. Every method that writes returns only after its transaction is on
/// the disk.
#[async_trait]
pub trait Shelf: Send + Sync {
    /// Begins an upload, if its owner's allowance has room for it.
    async fn begin_media(&self, new: &NewMedia, allowed: Allowance) -> Result<BegunMedia, Error>;

    /// Its bytes are there, and this is what they are. False if it was swept out meanwhile, or was there before.
    async fn finish_media(&self, key: &FileKey, media: &Media, at: Timestamp) -> Result<bool, Error>;

    /// An upload that is there, for whoever has a right to it that is not looked up here.
    async fn media(&self, id: MediaId) -> Result<Option<StoredMedia>, Error>;

    /// An upload that this user may see at `now`: their own, and what a message names that they can hear,
    /// and what hangs where they can see it.
    async fn media_for(
        &self,
        id: MediaId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<StoredMedia>, Error>;

    /// Hangs an upload of this user there, or nothing. What hung there before is named by that no more. False if there is no
    /// such upload of theirs; one that hangs there already may be anybody's.
    async fn hang(&self, place: Portrait, media: Option<MediaId>, by: UserId) -> Result<bool, Error>;

    /// Erases an upload of this user that nobody names, also one that is still coming; false if there is none such.
    async fn drop_media(&self, id: MediaId, owner: UserId) -> Result<bool, Error>;

    /// Erases what is to be swept out, and tells what is erased and still has bytes, the oldest first.
    async fn sweep_media(&self, sweep: Sweep) -> Result<Vec<MediaId>, Error>;

    /// The bytes of these are deleted: their rows may go. What is not erased stays.
    async fn forget_media(&self, ids: &[MediaId]) -> Result<(), Error>;

    /// Which of these have no row, in their order. At most 1,000.
    async fn unknown_media(&self, ids: &[MediaId]) -> Result<Vec<MediaId>, Error>;
}
