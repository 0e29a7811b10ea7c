//! Who sees an upload, by name or by link, and who deletes it.

use super::{Desk, Part};
use crate::error::MediaError;
use chat::{MediaId, Timestamp, UserId};
use store::StoredMedia;
use store::stored::now;

impl Desk {
    /// An upload that this user may see.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], also for what they may not see; [`MediaError::Store`].
    pub async fn seen_by(&self, id: MediaId, user: UserId) -> Result<StoredMedia, MediaError> {
        self.store.shelf().media_for(id, user, now()).await?.ok_or(MediaError::NotFound)
    }

    /// An upload that a link of ours leads to, as long as the link is good.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], also for links that are none of ours or over; [`MediaError::Store`].
    pub async fn linked(
        &self,
        id: MediaId,
        part: Part,
        (until, signature): (Timestamp, &[u8]),
    ) -> Result<StoredMedia, MediaError> {
        if until < now() {
            return Err(MediaError::NotFound);
        }
        let found = self.store.shelf().media(id).await?.ok_or(MediaError::NotFound)?;
        match found.key.has_signed(&link(id, part, until), signature)? {
            true => Ok(found),
            false => Err(MediaError::NotFound),
        }
    }

    /// What makes a link to a part of it one of ours, until then.
    ///
    /// # Errors
    /// [`MediaError::Store`], which no link brings about.
    pub fn signature(found: &StoredMedia, part: Part, until: Timestamp) -> Result<[u8; 32], MediaError> {
        Ok(found.key.signature(&link(found.media.id, part, until))?)
    }

    /// Deletes an upload of this user that no message names.
    ///
    /// # Errors
    /// [`MediaError::NotFound`] if there is none such; [`MediaError::Store`].
    pub async fn delete(&self, id: MediaId, owner: UserId) -> Result<(), MediaError> {
        let dropped = self.store.shelf().drop_media(id, owner).await?;
        self.loose.notify_one();
        if dropped { Ok(()) } else { Err(MediaError::NotFound) }
    }

    /// Something was taken back: what nobody names is swept out soon.
    pub fn sweep_soon(&self) {
        self.loose.notify_one();
    }
}

/// What a link says, as it is signed.
fn link(id: MediaId, part: Part, until: Timestamp) -> String {
    format!("{id} {} {}", part.word(), until.0)
}
