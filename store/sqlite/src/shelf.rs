//! The part of the trait that knows what was uploaded, line by line.

use crate::media;
use crate::store::SqliteStore;
use async_trait::async_trait;
use chat::{Media, MediaId, Timestamp, UserId};
use store::seal::FileKey;
use store::{Allowance, BegunMedia, Error, NewMedia, Portrait, Shelf, StoredMedia, Sweep};

#[async_trait]
impl Shelf for SqliteStore {
    async fn begin_media(&self, new: &NewMedia, allowed: Allowance) -> Result<BegunMedia, Error> {
        self.running.lane.write(media::Begin { new: new.clone(), allowed }).await
    }

    async fn finish_media(&self, key: &FileKey, media: &Media, at: Timestamp) -> Result<bool, Error> {
        self.running.lane.write(media::Finish { key: key.clone(), media: media.clone(), at }).await
    }

    async fn media(&self, id: MediaId) -> Result<Option<StoredMedia>, Error> {
        media::find(&self.running.readers, self.running.keys.master(), id).await
    }

    async fn media_for(
        &self,
        id: MediaId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<StoredMedia>, Error> {
        media::find_for(&self.running.readers, self.running.keys.master(), (id, user), now).await
    }

    async fn hang(&self, place: Portrait, media: Option<MediaId>, by: UserId) -> Result<bool, Error> {
        self.running.lane.write(media::Hang { place, media, by }).await
    }

    async fn drop_media(&self, id: MediaId, owner: UserId) -> Result<bool, Error> {
        self.running.lane.write(media::Drop { id, owner }).await
    }

    async fn sweep_media(&self, sweep: Sweep) -> Result<Vec<MediaId>, Error> {
        self.running.lane.write(media::SweepOut(sweep)).await
    }

    async fn forget_media(&self, ids: &[MediaId]) -> Result<(), Error> {
        self.running.lane.write(media::Forget(ids.to_vec())).await
    }

    async fn unknown_media(&self, ids: &[MediaId]) -> Result<Vec<MediaId>, Error> {
        media::unknown(&self.running.readers, ids).await
    }
}
