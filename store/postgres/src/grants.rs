//! What people may do with the topics of an app.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::UserId;
use store::lane::Write;
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
            let delete = sqlx::query!("delete from app_grant where app = $1 and user_id = $2", app, user);
            return delete.execute(to.conn()?).await.map(drop).map_err(error);
        }
        let upsert = sqlx::query!(
            "insert into app_grant (app, user_id, read, write) values ($1, $2, $3, $4)
             on conflict (app, user_id) do update set read = excluded.read, write = excluded.write",
            app,
            user,
            read,
            write
        );
        upsert.execute(to.conn()?).await.map(drop).map_err(error)
    }
}

/// Takes away what was granted to a user who goes for good.
pub(crate) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let delete = sqlx::query!("delete from app_grant where user_id = $1", user.0);
    delete.execute(to.conn()?).await.map(drop).map_err(error)
}

/// See [`store::Apps::grants`].
pub(crate) async fn list(readers: &Readers) -> Result<Vec<Grant>, Error> {
    let rows = sqlx::query!("select app, user_id, read, write from app_grant order by app, user_id");
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    let user = |user: i64| Some(UserId(user)).filter(|user| user.0 != 0);
    let grants = rows.into_iter();
    Ok(grants
        .map(|row| Grant { app: row.app, user: user(row.user_id), read: row.read, write: row.write })
        .collect())
}
