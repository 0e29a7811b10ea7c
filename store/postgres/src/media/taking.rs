//! Uploads come: a row first, and what it is when it is whole.

use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Media, MediaId, Timestamp, UserId};
use store::lane::Write;
use store::seal::{FileKey, seal_about};
use store::stored::number;
use store::{Allowance, BegunMedia, Error, NewMedia};

/// See [`store::Shelf::begin_media`].
pub(crate) struct Begin {
    pub(crate) new: NewMedia,
    pub(crate) allowed: Allowance,
}

/// See [`store::Shelf::finish_media`].
pub(crate) struct Finish {
    pub(crate) key: FileKey,
    pub(crate) media: Media,
    pub(crate) at: Timestamp,
}

/// See [`store::Shelf::drop_media`].
pub(crate) struct Drop {
    pub(crate) id: MediaId,
    pub(crate) owner: UserId,
}

#[async_trait]
impl Write<Writer> for Begin {
    type Answer = BegunMedia;

    async fn write(&self, to: &mut Writer) -> Result<BegunMedia, Error> {
        let NewMedia { id, owner, held, key, at } = &self.new;
        let has = sqlx::query!(
            r#"select count(*) as "count!", coalesce(sum(size), 0)::bigint as "bytes!" from media
               where owner_id = $1 and state in (1, 2)"#,
            owner.0
        );
        let has = has.fetch_one(to.conn()?).await.map_err(error)?;
        if has.count >= i64::from(self.allowed.count) {
            return Ok(BegunMedia::TooMany);
        }
        if has.bytes.saturating_add(number(*held)) > number(self.allowed.bytes) {
            return Ok(BegunMedia::TooManyBytes);
        }
        let (key, held) = (to.keys.master().wrap_file_key(*id, key)?, number(*held));
        let insert = sqlx::query!(
            "insert into media (id, owner_id, state, size, key, begun_at, loose_at) values ($1, $2, 1, $3, $4, $5, $6)",
            id.0,
            owner.0,
            held,
            key,
            at.0,
            at.0
        );
        insert.execute(to.conn()?).await.map_err(error)?;
        Ok(BegunMedia::Begun)
    }
}

#[async_trait]
impl Write<Writer> for Finish {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (about, size) = (seal_about(&self.key, &self.media)?, number(self.media.size));
        let update = sqlx::query!(
            "update media set state = 2, size = $1, about = $2, loose_at = $3 where id = $4 and state = 1",
            size,
            about,
            self.at.0,
            self.media.id.0
        );
        Ok(update.execute(to.conn()?).await.map_err(error)?.rows_affected() == 1)
    }
}

#[async_trait]
impl Write<Writer> for Drop {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let update = sqlx::query!(
            "update media set state = 3, key = '', about = null
             where id = $1 and owner_id = $2 and state in (1, 2) and loose_at is not null",
            self.id.0,
            self.owner.0
        );
        Ok(update.execute(to.conn()?).await.map_err(error)?.rows_affected() == 1)
    }
}
