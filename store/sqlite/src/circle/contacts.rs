//! Who is whose contact, and who asked whom.

use super::is_kept_away;
use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Handle, UserId};
use sqlx::SqliteExecutor;
use store::lane::{Write, Writer as _};
use store::stored::{StoredContact, in_list, tie as tie_of};
use store::{Befriended, Contact, Error, NewEvent, Pair, Tie};

/// See [`store::Circle::befriend`].
pub(crate) struct Befriend {
    pub(crate) pair: Pair,
    pub(crate) most: u32,
}

/// See [`store::Circle::part_ways`].
pub(crate) struct PartWays(pub(crate) Pair);

#[async_trait]
impl Write<Writer> for Befriend {
    type Answer = Befriended;

    async fn write(&self, to: &mut Writer) -> Result<Befriended, Error> {
        let Pair { user, other, .. } = &self.pair;
        if self.pair.is_one() || is_kept_away(&mut to.conn, user.user, other.user).await? {
            return Ok(Befriended::NoSuchUser);
        }
        if is_kept_away(&mut to.conn, other.user, user.user).await? {
            return Ok(Befriended::KeptAway);
        }
        let (mine, theirs) = match tie(&mut to.conn, user.user, other.user).await? {
            Some(Tie::Asked) => (Tie::Contact, Tie::Contact),
            Some(already) => return Ok(Befriended::Tied(already)),
            None if self.is_full(to).await? => return Ok(Befriended::TooMany),
            None => (Tie::Waiting, Tie::Asked),
        };
        set(to, &self.pair, Some(mine)).await?;
        set(to, &self.pair.turned(), Some(theirs)).await?;
        Ok(Befriended::Tied(mine))
    }
}

impl Befriend {
    /// Whether one of the two knows as many as one may.
    async fn is_full(&self, to: &mut Writer) -> Result<bool, Error> {
        let (user, other) = (self.pair.user.user.0, self.pair.other.user.0);
        let most = sqlx::query_scalar!(
            r#"select max((select count(*) from contact where user_id = ?),
                          (select count(*) from contact where user_id = ?)) as "most!: i64""#,
            user,
            other
        );
        Ok(most.fetch_one(&mut to.conn).await.map_err(error)? >= i64::from(self.most))
    }
}

#[async_trait]
impl Write<Writer> for PartWays {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        part(to, &self.0).await
    }
}

/// Ends what is between the two, and tells both; false if there was nothing.
pub(super) async fn part(to: &mut Writer, pair: &Pair) -> Result<bool, Error> {
    if tie(&mut to.conn, pair.user.user, pair.other.user).await?.is_none() {
        return Ok(false);
    }
    set(to, pair, None).await?;
    set(to, &pair.turned(), None).await?;
    Ok(true)
}

/// How the user stands to the other from now on; they are told.
async fn set(to: &mut Writer, pair: &Pair, tie: Option<Tie>) -> Result<(), Error> {
    let (user, other) = (pair.user.user.0, pair.other.user.0);
    let done = match tie.map(|tie| tie as i64) {
        Some(tie) => {
            sqlx::query!(
                "insert into contact (user_id, other_id, tie, since) values (?, ?, ?, ?)
                 on conflict (user_id, other_id) do update set tie = excluded.tie, since = excluded.since",
                user,
                other,
                tie,
                pair.now.0
            )
            .execute(&mut to.conn)
            .await
        }
        None => {
            let delete = sqlx::query!("delete from contact where user_id = ? and other_id = ?", user, other);
            delete.execute(&mut to.conn).await
        }
    };
    done.map_err(error)?;
    to.events().push(NewEvent::new(pair.user.user, pair.tied(tie), pair.now));
    Ok(())
}

async fn tie<'c>(from: impl SqliteExecutor<'c>, user: UserId, other: UserId) -> Result<Option<Tie>, Error> {
    let found =
        sqlx::query_scalar!("select tie from contact where user_id = ? and other_id = ?", user.0, other.0);
    found.fetch_optional(from).await.map_err(error)?.map(tie_of).transpose()
}

/// See [`store::Circle::tie`].
pub(crate) async fn between(readers: &Readers, user: UserId, other: UserId) -> Result<Option<Tie>, Error> {
    tie(readers, user, other).await
}

/// See [`store::Circle::contacts`].
pub(crate) async fn list(
    readers: &Readers,
    user: UserId,
    tie: Option<Tie>,
    after: Option<&Handle>,
    limit: u32,
) -> Result<Vec<Contact>, Error> {
    let (after, limit, tie) = (after.map_or("", Handle::as_str), in_list(limit), tie.map(|tie| tie as i64));
    let rows = sqlx::query_as!(
        StoredContact,
        r#"select a.id as "id!", a.handle as "handle!", c.tie as "tie!", c.since as "since!"
           from contact c cross join account a on a.id = c.other_id
           where c.user_id = ?1 and (?2 is null or c.tie = ?2) and a.handle > ?3 order by a.handle limit ?4"#,
        user.0,
        tie,
        after,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    rows.into_iter().map(StoredContact::read).collect()
}
