//! Who there is.

use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{Handle, Timestamp, UserId};
use sqlx::SqlitePool;
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
        let (handle, hash) = (new.handle.as_str(), new.password_hash.as_deref());
        let insert = sqlx::query!(
            "insert into account (id, handle, password_hash, admin, token_version, rooms_version, created_at)
             values (?, ?, ?, ?, 1, 1, ?) on conflict (handle) do nothing",
            new.id.0,
            handle,
            hash,
            new.admin,
            new.created_at.0
        );
        let done = insert.execute(&mut to.conn).await.map_err(error)?;
        Ok(done.rows_affected() == 1)
    }
}

/// Raises the version of these users' rooms, once for each time they are named.
pub(crate) async fn rooms_changed(writer: &mut Writer, users: &[i64]) -> Result<(), Error> {
    let users = json(&users)?;
    let update = sqlx::query!(
        "update account set rooms_version = rooms_version + j.times
         from (select value as id, count(*) as times from json_each(?) group by value) j where account.id = j.id",
        users
    );
    update.execute(&mut writer.conn).await.map(|_| ()).map_err(error)
}

struct Stored {
    id: i64,
    handle: String,
    password_hash: Option<String>,
    admin: i64,
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
            admin: self.admin != 0,
            token_version: self.token_version,
            rooms_version: self.rooms_version,
            created_at: Timestamp(self.created_at),
        })
    }
}

/// A user by handle.
pub(crate) async fn find(readers: &SqlitePool, handle: &Handle) -> Result<Option<Account>, Error> {
    let handle = handle.as_str();
    let row = sqlx::query_as!(Stored, "select * from account where handle = ?", handle);
    row.fetch_optional(readers).await.map_err(error)?.map(Stored::account).transpose()
}

/// Users in the order of their handles.
pub(crate) async fn list(
    readers: &SqlitePool,
    after: Option<&Handle>,
    limit: u32,
) -> Result<Vec<Account>, Error> {
    let (after, limit) = (after.map_or("", Handle::as_str), i64::from(limit.min(1_000)));
    let rows = sqlx::query_as!(
        Stored,
        "select * from account where handle > ? order by handle limit ?",
        after,
        limit
    );
    rows.fetch_all(readers).await.map_err(error)?.into_iter().map(Stored::account).collect()
}
