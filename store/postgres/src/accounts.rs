//! Who there is.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Handle, Timestamp, UserId};
use store::lane::Write;
use store::stored::handle;
use store::{Account, Error, NewAccount};

/// Adds a user; false if the handle is taken.
pub(crate) struct Add(pub(crate) NewAccount);

#[async_trait]
impl Write<Writer> for Add {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let Add(new) = self;
        let insert = sqlx::query!(
            "insert into account (id, handle, password_hash, admin, token_version, rooms_version, created_at)
             values ($1, $2, $3, $4, 1, 1, $5) on conflict (handle) do nothing",
            new.id.0,
            new.handle.as_str(),
            new.password_hash.as_deref(),
            new.admin,
            new.created_at.0
        );
        let done = insert.execute(to.conn()?).await.map_err(error)?;
        Ok(done.rows_affected() == 1)
    }
}

/// Raises the version of these users' rooms, once for each time they are named.
pub(crate) async fn rooms_changed(to: &mut Writer, users: &[i64]) -> Result<(), Error> {
    let update = sqlx::query!(
        "update account a set rooms_version = a.rooms_version + j.times
         from (select u.id, count(*) as times from unnest($1::bigint[]) u (id) group by u.id) j where a.id = j.id",
        users
    );
    update.execute(to.conn()?).await.map(drop).map_err(error)
}

struct Stored {
    id: i64,
    handle: String,
    password_hash: Option<String>,
    admin: bool,
    token_version: i64,
    rooms_version: i64,
    created_at: i64,
}

impl Stored {
    fn account(self) -> Result<Account, Error> {
        Ok(Account {
            id: UserId(self.id),
            handle: handle(&self.handle)?,
            password_hash: self.password_hash,
            admin: self.admin,
            token_version: self.token_version,
            rooms_version: self.rooms_version,
            created_at: Timestamp(self.created_at),
        })
    }
}

/// A user by handle.
pub(crate) async fn find(readers: &Readers, handle: &Handle) -> Result<Option<Account>, Error> {
    let row = sqlx::query_as!(
        Stored,
        "select id, handle, password_hash, admin, token_version, rooms_version, created_at
         from account where handle = $1",
        handle.as_str()
    );
    readers.ask(row.fetch_optional(&readers.pool)).await?.map(Stored::account).transpose()
}

/// Users in the order of their handles.
pub(crate) async fn list(
    readers: &Readers,
    after: Option<&Handle>,
    limit: u32,
) -> Result<Vec<Account>, Error> {
    let rows = sqlx::query_as!(
        Stored,
        "select id, handle, password_hash, admin, token_version, rooms_version, created_at
         from account where handle > $1 order by handle limit $2",
        after.map_or("", Handle::as_str),
        i64::from(limit.min(1_000))
    );
    readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter().map(Stored::account).collect()
}
