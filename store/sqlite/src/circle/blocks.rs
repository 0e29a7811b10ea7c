//! Who keeps whom away.

use super::{contacts, is_kept_away};
use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{Handle, RoomId, Timestamp, UserId};
use store::lane::{Write, Writer as _};
use store::stored::{handle, in_list};
use store::{Error, Kept, KeptAway, NewEvent, Pair, Person};

/// See [`store::Circle::keep_away`].
pub(crate) struct KeepAway {
    pub(crate) pair: Pair,
    pub(crate) most: u32,
}

/// See [`store::Circle::let_near`].
pub(crate) struct LetNear(pub(crate) Pair);

#[async_trait]
impl Write<Writer> for KeepAway {
    type Answer = Kept;
    // Who is harassed does not wait for free space.
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<Kept, Error> {
        let (user, other) = (self.pair.user.user, self.pair.other.user);
        if is_kept_away(&mut to.conn, other, user).await? {
            return Ok(Kept::Away);
        }
        let count = sqlx::query_scalar!("select count(*) from block where user_id = ?", user.0);
        if count.fetch_one(&mut to.conn).await.map_err(error)? >= i64::from(self.most) {
            return Ok(Kept::TooMany);
        }
        contacts::part(to, &self.pair).await?;
        let insert = sqlx::query!(
            "insert into block (user_id, other_id, since) values (?, ?, ?)",
            user.0,
            other.0,
            self.pair.now.0
        );
        insert.execute(&mut to.conn).await.map_err(error)?;
        told(to, &self.pair, true).await?;
        Ok(Kept::Away)
    }
}

#[async_trait]
impl Write<Writer> for LetNear {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (user, other) = (self.0.user.user.0, self.0.other.user.0);
        let delete = sqlx::query!("delete from block where user_id = ? and other_id = ?", user, other);
        if delete.execute(&mut to.conn).await.map_err(error)?.rows_affected() == 0 {
            return Ok(false);
        }
        told(to, &self.0, false).await?;
        Ok(true)
    }
}

/// The user's devices are told, and what was judged of the room of the two is judged again.
async fn told(to: &mut Writer, pair: &Pair, away: bool) -> Result<(), Error> {
    to.events().push(NewEvent::new(pair.user.user, pair.kept(away), pair.now));
    let (user, other) = (pair.user.user.0, pair.other.user.0);
    let (a, b) = (user.min(other), user.max(other));
    let found = sqlx::query_scalar!("select room_id from direct where a = ? and b = ?", a, b);
    let room = found.fetch_optional(&mut to.conn).await.map_err(error)?;
    are_judged_again(to, room.map(RoomId).into_iter()).await
}

/// A user who goes for good keeps nobody away any more.
pub(super) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let shut = sqlx::query_scalar!(
        "select d.room_id from block b
         cross join direct d on d.a = min(b.user_id, b.other_id) and d.b = max(b.user_id, b.other_id)
         where b.user_id = ?",
        user.0
    );
    let shut = shut.fetch_all(&mut to.conn).await.map_err(error)?;
    let delete = sqlx::query!("delete from block where user_id = ?", user.0);
    delete.execute(&mut to.conn).await.map_err(error)?;
    are_judged_again(to, shut.into_iter().map(RoomId)).await
}

/// Whatever was judged of these rooms is judged again.
async fn are_judged_again(to: &mut Writer, rooms: impl Iterator<Item = RoomId>) -> Result<(), Error> {
    for (room, mut head) in to.heads.load(&mut to.conn, rooms).await? {
        head.rules += 1;
        let update = sqlx::query!("update room set rules_version = ? where id = ?", head.rules, room.0);
        update.execute(&mut to.conn).await.map_err(error)?;
        to.heads.moves(room, head);
    }
    Ok(())
}

/// See [`store::Circle::kept_away`].
pub(crate) async fn list(
    readers: &Readers,
    user: UserId,
    after: Option<&Handle>,
    limit: u32,
) -> Result<Vec<KeptAway>, Error> {
    let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
    let rows = sqlx::query!(
        r#"select a.id as "id!", a.handle as "handle!", b.since as "since!"
           from block b cross join account a on a.id = b.other_id
           where b.user_id = ? and a.handle > ? order by a.handle limit ?"#,
        user.0,
        after,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    rows.map(|row| {
        let person = Person { user: UserId(row.id), handle: handle(&row.handle)? };
        Ok(KeptAway { person, since: Timestamp(row.since) })
    })
    .collect()
}

/// See [`store::Circle::keepers`].
pub(crate) async fn keepers(readers: &Readers, user: UserId, of: &[UserId]) -> Result<Vec<UserId>, Error> {
    let of: Vec<i64> = of.iter().take(1_000).map(|user| user.0).collect();
    let of = json(&of)?;
    let rows = sqlx::query_scalar!(
        r#"select b.user_id as "user_id!"
           from json_each(?) j cross join block b on b.user_id = j.value and b.other_id = ?"#,
        of,
        user.0
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(UserId).collect())
}

/// See [`store::Circle::apart_from`].
pub(crate) async fn apart_from(readers: &Readers, user: UserId, of: &[UserId]) -> Result<Vec<UserId>, Error> {
    let of: Vec<i64> = of.iter().take(1_000).map(|user| user.0).collect();
    let of = json(&of)?;
    let rows = sqlx::query_scalar!(
        r#"select a.id as "other!" from json_each(?1) j cross join account a on a.id = j.value
           where exists (select 1 from block b where b.user_id = ?2 and b.other_id = a.id)
              or exists (select 1 from block b where b.user_id = a.id and b.other_id = ?2)"#,
        of,
        user.0
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(UserId).collect())
}

/// See [`store::Circle::apart`].
pub(crate) async fn apart(readers: &Readers, among: &[UserId]) -> Result<Vec<(UserId, UserId)>, Error> {
    let among: Vec<i64> = among.iter().take(1_000).map(|user| user.0).collect();
    let among = json(&among)?;
    let rows = sqlx::query!(
        r#"select b.user_id as "user_id!", b.other_id as "other_id!"
           from json_each(?1) j cross join block b on b.user_id = j.value
           where b.other_id in (select o.value from json_each(?1) o)"#,
        among
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    Ok(rows.map(|row| (UserId(row.user_id), UserId(row.other_id))).collect())
}
