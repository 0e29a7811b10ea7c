//! What people may do with the topics of an app.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::UserId;
use store::lane::Write;
use store::stored::damaged;
use store::{Error, Grant};

/// See [`store::Apps::put_grant`].
pub(crate) struct Put(pub(crate) Grant);

#[async_trait]
impl Write<Writer> for Put {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let Grant { app, user, read, write } = &self.0;
        let user = user.map_or(0, |user| user.0);
        if read.is_empty() && write.is_empty() {
            let delete = sqlx::query!("delete from app_grant where app = ? and user_id = ?", app, user);
            return delete.execute(&mut to.conn).await.map(drop).map_err(error);
        }
        let (read, write) = (json(read)?, json(write)?);
        let upsert = sqlx::query!(
            "insert into app_grant (app, user_id, read, write) values (?, ?, ?, ?)
             on conflict (app, user_id) do update set read = excluded.read, write = excluded.write",
            app,
            user,
            read,
            write
        );
        upsert.execute(&mut to.conn).await.map(drop).map_err(error)
    }
}

/// Takes away what was granted to a user who goes for good.
pub(crate) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let delete = sqlx::query!("delete from app_grant where user_id = ?", user.0);
    delete.execute(&mut to.conn).await.map(drop).map_err(error)
}

/// See [`store::Apps::grants`].
pub(crate) async fn list(readers: &Readers) -> Result<Vec<Grant>, Error> {
    let rows = sqlx::query!("select app, user_id, read, write from app_grant order by app, user_id");
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    let grant = |(app, user, read, write): (String, i64, String, String)| {
        let user = Some(UserId(user)).filter(|user| user.0 != 0);
        Ok(Grant { app, user, read: filters(&read)?, write: filters(&write)? })
    };
    rows.into_iter().map(|row| (row.app, row.user_id, row.read, row.write)).map(grant).collect()
}

fn filters(stored: &str) -> Result<Vec<String>, Error> {
    serde_json::from_str(stored).map_err(|_| damaged("grant"))
}
