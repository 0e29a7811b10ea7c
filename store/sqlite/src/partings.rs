//! Who goes for good, and takes along what they said.

use crate::failure::error;
use crate::media;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{RoomId, UserId};
use store::lane::{Write, Writer as _};
use store::{Error, Parting};

/// Most of one list, and most of each thing that one transaction erases.
const MOST: u32 = 1_000;

/// See [`store::People::will_part`].
pub(crate) struct Begin(pub(crate) Parting);

/// See [`store::People::erase`].
pub(crate) struct Erase {
    pub(crate) user: UserId,
    pub(crate) limit: u32,
}

/// See [`store::People::parted`].
pub(crate) struct End(pub(crate) UserId);

#[async_trait]
impl Write<Writer> for Begin {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let Parting { user, erase } = self.0;
        let upsert = sqlx::query!(
            "insert into parting (user_id, erase) select id, ? from account where id = ?
             on conflict (user_id) do update set erase = max(erase, excluded.erase)",
            erase,
            user.0
        );
        let done = upsert.execute(&mut to.conn).await.map_err(error)?;
        Ok(done.rows_affected() > 0)
    }
}

#[async_trait]
impl Write<Writer> for Erase {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        to.begin().await?;
        to.run("pragma secure_delete = on").await.map_err(error)?;
        let keys = keys(to, self.user, self.limit.min(MOST)).await;
        to.run("pragma secure_delete = off").await.map_err(error)?;
        let uploads = media::erase_of(to, self.user, self.limit.min(MOST)).await?;
        Ok(keys? | uploads | signs(to, self.user, self.limit.min(MOST)).await?)
    }
}

#[async_trait]
impl Write<Writer> for End {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let delete = sqlx::query!("delete from parting where user_id = ?", self.0.0);
        delete.execute(&mut to.conn).await.map(drop).map_err(error)
    }
}

/// Who is going.
pub(crate) async fn list(readers: &Readers, limit: u32) -> Result<Vec<Parting>, Error> {
    let limit = limit.min(MOST);
    let rows = sqlx::query!(
        r#"select user_id, erase as "erase: bool" from parting order by user_id limit ?"#,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    Ok(rows.into_iter().map(|row| Parting { user: UserId(row.user_id), erase: row.erase }).collect())
}

/// The keys of the user in the rooms they ever were in: nobody speaks anywhere else.
async fn keys(to: &mut Writer, user: UserId, limit: u32) -> Result<bool, Error> {
    let rooms = sqlx::query_scalar!(
        "select room_id from sender_key
         where room_id in (select room_id from membership where user_id = ?) and sender_id = ? limit ?",
        user.0,
        user.0,
        limit
    );
    let rooms = rooms.fetch_all(&mut to.conn).await.map_err(error)?;
    let these = json(&rooms)?;
    let delete = sqlx::query!(
        "delete from sender_key where room_id in (select value from json_each(?)) and sender_id = ?",
        these,
        user.0
    );
    delete.execute(&mut to.conn).await.map_err(error)?;
    to.will_forget(rooms.iter().map(|room| (RoomId(*room), user)));
    Ok(rooms.len() >= limit as usize)
}

/// The signs of the user, and them among those who are counted.
async fn signs(to: &mut Writer, user: UserId, limit: u32) -> Result<bool, Error> {
    let signs =
        sqlx::query!("select room_id, of_seq, sign from sign where user_id = ? limit ?", user.0, limit);
    let signs = signs.fetch_all(&mut to.conn).await.map_err(error)?;
    let count = signs.len();
    let these: Vec<_> = signs.into_iter().map(|row| (row.room_id, row.of_seq, row.sign)).collect();
    let these = json(&these)?;
    // Where they were the only one nobody is left to be counted.
    let last = sqlx::query!(
        "delete from signed where people = 1 and (room_id, of_seq, sign) in
         (select value ->> 0, value ->> 1, value ->> 2 from json_each(?))",
        these
    );
    last.execute(&mut to.conn).await.map_err(error)?;
    let fewer = sqlx::query!(
        "update signed set people = people - 1 where (room_id, of_seq, sign) in
         (select value ->> 0, value ->> 1, value ->> 2 from json_each(?))",
        these
    );
    fewer.execute(&mut to.conn).await.map_err(error)?;
    let delete = sqlx::query!(
        "delete from sign where user_id = ? and (room_id, of_seq, sign) in
         (select value ->> 0, value ->> 1, value ->> 2 from json_each(?))",
        user.0,
        these
    );
    delete.execute(&mut to.conn).await.map_err(error)?;
    Ok(count >= limit as usize)
}
