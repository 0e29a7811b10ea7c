//! Who keeps whom away.

use super::{contacts, is_kept_away};
use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Handle, Timestamp, UserId};
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
        if is_kept_away(to.conn()?, other, user).await? {
            return Ok(Kept::Away);
        }
        let count =
            sqlx::query_scalar!(r#"select count(*) as "count!" from block where user_id = $1"#, user.0);
        if count.fetch_one(to.conn()?).await.map_err(error)? >= i64::from(self.most) {
            return Ok(Kept::TooMany);
        }
        contacts::part(to, &self.pair).await?;
        let insert = sqlx::query!(
            "insert into block (user_id, other_id, since) values ($1, $2, $3)",
            user.0,
            other.0,
            self.pair.now.0
        );
        insert.execute(to.conn()?).await.map_err(error)?;
        told(to, &self.pair, true).await?;
        Ok(Kept::Away)
    }
}

#[async_trait]
impl Write<Writer> for LetNear {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let (user, other) = (self.0.user.user.0, self.0.other.user.0);
        let delete = sqlx::query!("delete from block where user_id = $1 and other_id = $2", user, other);
        if delete.execute(to.conn()?).await.map_err(error)?.rows_affected() == 0 {
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
    let update = sqlx::query!(
        "update room set rules_version = rules_version + 1
         where id = (select room_id from direct where a = $1 and b = $2)",
        a,
        b
    );
    update.execute(to.conn()?).await.map(drop).map_err(error)
}

/// A user who goes for good keeps nobody away any more, and what was judged of their rooms of two is judged again.
pub(super) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let update = sqlx::query!(
        "with gone as (delete from block where user_id = $1 returning user_id, other_id),
              shut as (select r.id from gone g
                       join direct d on d.a = least(g.user_id, g.other_id) and d.b = greatest(g.user_id, g.other_id)
                       join room r on r.id = d.room_id order by r.id for no key update of r)
         update room r set rules_version = r.rules_version + 1 from shut where r.id = shut.id",
        user.0
    );
    update.execute(to.conn()?).await.map(drop).map_err(error)
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
        "select a.id, a.handle, b.since
           from block b join account a on a.id = b.other_id
           where b.user_id = $1 and a.handle > $2 order by a.handle limit $3",
        user.0,
        after,
        limit
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    rows.map(|row| {
        let person = Person { user: UserId(row.id), handle: handle(&row.handle)? };
        Ok(KeptAway { person, since: Timestamp(row.since) })
    })
    .collect()
}

/// See [`store::Circle::keepers`].
pub(crate) async fn keepers(readers: &Readers, user: UserId, of: &[UserId]) -> Result<Vec<UserId>, Error> {
    let of: Vec<i64> = of.iter().take(1_000).map(|user| user.0).collect();
    let rows = sqlx::query_scalar!(
        "select user_id from block where user_id = any($1) and other_id = $2",
        &of,
        user.0
    );
    Ok(readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter().map(UserId).collect())
}

/// See [`store::Circle::apart_from`].
pub(crate) async fn apart_from(readers: &Readers, user: UserId, of: &[UserId]) -> Result<Vec<UserId>, Error> {
    let of: Vec<i64> = of.iter().take(1_000).map(|user| user.0).collect();
    let rows = sqlx::query_scalar!(
        r#"select j.other as "other!" from unnest($1::bigint[]) j (other)
           where exists (select 1 from block b where b.user_id = $2 and b.other_id = j.other)
              or exists (select 1 from block b where b.user_id = j.other and b.other_id = $2)"#,
        &of,
        user.0
    );
    Ok(readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter().map(UserId).collect())
}

/// See [`store::Circle::apart`].
pub(crate) async fn apart(readers: &Readers, among: &[UserId]) -> Result<Vec<(UserId, UserId)>, Error> {
    let among: Vec<i64> = among.iter().take(1_000).map(|user| user.0).collect();
    let rows = sqlx::query!(
        "select user_id, other_id from block where user_id = any($1) and other_id = any($1)",
        &among
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    Ok(rows.map(|row| (UserId(row.user_id), UserId(row.other_id))).collect())
}
