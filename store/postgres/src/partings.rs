//! Who goes for good, and takes along what they said.

use crate::failure::error;
use crate::media;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{RoomId, UserId};
use store::lane::Write;
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
            "insert into parting (user_id, erase) select id, $1 from account where id = $2
             on conflict (user_id) do update set erase = parting.erase or excluded.erase",
            erase,
            user.0
        );
        Ok(upsert.execute(to.conn()?).await.map_err(error)?.rows_affected() > 0)
    }
}

#[async_trait]
impl Write<Writer> for Erase {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let limit = self.limit.min(MOST);
        let uploads = media::erase_of(to, self.user, limit).await?;
        Ok(keys(to, self.user, limit).await? | uploads | signs(to, self.user, limit).await?)
    }
}

#[async_trait]
impl Write<Writer> for End {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let delete = sqlx::query!("delete from parting where user_id = $1", self.0.0);
        delete.execute(to.conn()?).await.map(drop).map_err(error)
    }
}

/// Who is going.
pub(crate) async fn list(readers: &Readers, limit: u32) -> Result<Vec<Parting>, Error> {
    let limit = i64::from(limit.min(MOST));
    let rows = sqlx::query!("select user_id, erase from parting order by user_id limit $1", limit);
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    Ok(rows.into_iter().map(|row| Parting { user: UserId(row.user_id), erase: row.erase }).collect())
}

/// The keys of the user in the rooms they ever were in: nobody speaks anywhere else.
async fn keys(to: &mut Writer, user: UserId, limit: u32) -> Result<bool, Error> {
    let delete = sqlx::query_scalar!(
        "delete from sender_key where sender_id = $1 and room_id in
         (select k.room_id from sender_key k
          where k.room_id in (select m.room_id from membership m where m.user_id = $1) and k.sender_id = $1
          limit $2)
         returning room_id",
        user.0,
        i64::from(limit)
    );
    let rooms = delete.fetch_all(to.conn()?).await.map_err(error)?;
    to.will_forget(rooms.iter().map(|room| (RoomId(*room), user)));
    Ok(rooms.len() >= limit as usize)
}

/// The signs of the user, and them among those who are counted.
async fn signs(to: &mut Writer, user: UserId, limit: u32) -> Result<bool, Error> {
    let delete = sqlx::query!(
        "delete from sign where user_id = $1 and (room_id, of_seq, sign) in
         (select room_id, of_seq, sign from sign where user_id = $1 limit $2)
         returning room_id, of_seq, sign",
        user.0,
        i64::from(limit)
    );
    let gone = delete.fetch_all(to.conn()?).await.map_err(error)?;
    let (rooms, ofs): (Vec<_>, Vec<_>) = gone.iter().map(|row| (row.room_id, row.of_seq)).unzip();
    let signs: Vec<_> = gone.into_iter().map(|row| row.sign).collect();
    // Where they were the only one nobody is left to be counted.
    let last = sqlx::query!(
        "delete from signed s using unnest($1::bigint[], $2::bigint[], $3::text[]) j (room_id, of_seq, sign)
         where s.room_id = j.room_id and s.of_seq = j.of_seq and s.sign = j.sign and s.people = 1",
        &rooms,
        &ofs,
        &signs
    );
    last.execute(to.conn()?).await.map_err(error)?;
    let fewer = sqlx::query!(
        "update signed s set people = s.people - 1
         from unnest($1::bigint[], $2::bigint[], $3::text[]) j (room_id, of_seq, sign)
         where s.room_id = j.room_id and s.of_seq = j.of_seq and s.sign = j.sign",
        &rooms,
        &ofs,
        &signs
    );
    fewer.execute(to.conn()?).await.map_err(error)?;
    Ok(signs.len() >= limit as usize)
}
