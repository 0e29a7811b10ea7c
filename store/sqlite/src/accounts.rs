//! Who there is.

mod change; // what becomes of an account

mod profile; // what others may know

pub(crate) use change::{Change, password, state_of};
pub(crate) use profile::{SetProfile, profile};

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{Handle, Timestamp, UserId};
use sqlx::SqliteExecutor;
use store::lane::Write;
use store::stored::{account_state, handle, in_list};
use store::{Account, Error, NewAccount};

/// Adds a user; false if the handle is taken.
pub(crate) struct Add(pub(crate) NewAccount);

#[async_trait]
impl Write<Writer> for Add {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        add(to, &self.0).await
    }
}

/// Adds a user; false if the handle is taken.
pub(crate) async fn add(to: &mut Writer, new: &NewAccount) -> Result<bool, Error> {
    let (handle, hash) = (new.handle.as_str(), new.password_hash.as_deref());
    let insert = sqlx::query!(
        "insert into account (id, handle, password_hash, admin, service, token_version, rooms_version, created_at)
         values (?, ?, ?, ?, ?, 1, 1, ?) on conflict (handle) do nothing",
        new.id.0,
        handle,
        hash,
        new.admin,
        new.service,
        new.created_at.0
    );
    let done = insert.execute(&mut to.conn).await.map_err(error)?;
    Ok(done.rows_affected() == 1)
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

/// A row of `account`, as far as it says who may come in.
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) handle: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) admin: i64,
    pub(crate) service: i64,
    pub(crate) state: i64,
    pub(crate) token_version: i64,
    pub(crate) rooms_version: i64,
    pub(crate) has_credentials: i64,
    pub(crate) created_at: i64,
    pub(crate) last_login_at: Option<i64>,
}

impl Stored {
    pub(crate) fn account(self) -> Result<Account, Error> {
        Ok(Account {
            id: UserId(self.id),
            handle: handle(&self.handle)?,
            password_hash: self.password_hash,
            admin: self.admin != 0,
            service: self.service != 0,
            state: account_state(self.state)?,
            token_version: self.token_version,
            rooms_version: self.rooms_version,
            has_credentials: self.has_credentials != 0,
            created_at: Timestamp(self.created_at),
            last_login_at: self.last_login_at.map(Timestamp),
        })
    }
}

/// A user by handle.
pub(crate) async fn find(readers: &Readers, handle: &Handle) -> Result<Option<Account>, Error> {
    let handle = handle.as_str();
    let row = sqlx::query_as!(
        Stored,
        r#"select id, handle, password_hash, admin, service, state, token_version, rooms_version, created_at, last_login_at,
                  exists (select 1 from credential where user_id = account.id) as "has_credentials!: i64"
           from account where handle = ?"#,
        handle
    );
    row.fetch_optional(readers).await.map_err(error)?.map(Stored::account).transpose()
}

/// A user by number.
pub(crate) async fn of<'c>(from: impl SqliteExecutor<'c>, user: UserId) -> Result<Option<Account>, Error> {
    let row = sqlx::query_as!(
        Stored,
        r#"select id, handle, password_hash, admin, service, state, token_version, rooms_version, created_at, last_login_at,
                  exists (select 1 from credential where user_id = account.id) as "has_credentials!: i64"
           from account where id = ?"#,
        user.0
    );
    row.fetch_optional(from).await.map_err(error)?.map(Stored::account).transpose()
}

/// Users in the order of their handles.
pub(crate) async fn list(
    readers: &Readers,
    after: Option<&Handle>,
    limit: u32,
) -> Result<Vec<Account>, Error> {
    let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
    let rows = sqlx::query_as!(
        Stored,
        r#"select id, handle, password_hash, admin, service, state, token_version, rooms_version, created_at, last_login_at,
                  exists (select 1 from credential where user_id = account.id) as "has_credentials!: i64"
           from account where handle > ? order by handle limit ?"#,
        after,
        limit
    );
    rows.fetch_all(readers).await.map_err(error)?.into_iter().map(Stored::account).collect()
}
