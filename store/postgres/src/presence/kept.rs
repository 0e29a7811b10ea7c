//! What is kept of how people show themselves.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Timestamp, UserId};
use std::collections::BTreeMap;
use store::lane::Write;
use store::seal::MasterKey;
use store::stored::{StoredPresence, in_list, pack_devices, sealed_text};
use store::{Error, KeptPresence, PresenceChange};

/// Most that is asked or written at once.
const MOST: usize = 1_000;

/// See [`store::Presences::keep`].
pub(super) struct Keep {
    pub(super) user: UserId,
    pub(super) change: PresenceChange,
}

/// See [`store::Presences::saw`].
pub(super) struct Saw(pub(super) Vec<(UserId, Timestamp)>);

#[async_trait]
impl Write<Writer> for Keep {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let PresenceChange { visibility, text, devices } = &self.change;
        let visibility = visibility.map(|one| one as i16);
        let (says, devised) = (text.is_some(), devices.is_some());
        let text = text.as_ref().and_then(Option::as_ref);
        let text = sealed_text(to.keys.master(), self.user, text)?;
        let devices = devices.as_deref().and_then(pack_devices);
        let upsert = sqlx::query!(
            "insert into presence as p (user_id, visibility, text, devices)
             select a.id, $2::smallint, $4::bytea, $6::bytea from account a where a.id = $1 and a.state <> 3
             on conflict (user_id) do update
             set visibility = coalesce($2, p.visibility), text = case when $3 then $4 else p.text end,
                 devices = case when $5 then $6 else p.devices end",
            self.user.0,
            visibility,
            says,
            text,
            devised,
            devices
        );
        Ok(upsert.execute(to.conn()?).await.map_err(error)?.rows_affected() == 1)
    }
}

#[async_trait]
impl Write<Writer> for Saw {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        // A row is written once by a statement, and rows in one order.
        let seen: BTreeMap<i64, i64> = self.0.iter().take(MOST).map(|(user, at)| (user.0, at.0)).collect();
        let (users, times): (Vec<i64>, Vec<i64>) = seen.into_iter().unzip();
        let upsert = sqlx::query!(
            "insert into presence as p (user_id, last_seen)
             select a.id, j.at from unnest($1::bigint[], $2::bigint[]) j (id, at)
             join account a on a.id = j.id and a.state <> 3 order by a.id
             on conflict (user_id) do update set last_seen = greatest(p.last_seen, excluded.last_seen)",
            &users,
            &times
        );
        upsert.execute(to.conn()?).await.map(drop).map_err(error)
    }
}

/// A user who goes for good shows nothing any more.
pub(crate) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let delete = sqlx::query!("delete from presence where user_id = $1", user.0);
    delete.execute(to.conn()?).await.map(drop).map_err(error)
}

/// See [`store::Presences::kept`].
pub(super) async fn of(
    readers: &Readers,
    master: &MasterKey,
    users: &[UserId],
) -> Result<Vec<KeptPresence>, Error> {
    let users: Vec<i64> = users.iter().take(MOST).map(|user| user.0).collect();
    let rows = sqlx::query_as!(
        StoredPresence,
        r#"select a.id, a.handle, p.visibility::bigint as visibility, p.text as "text?", p.last_seen as "last_seen?",
                  p.devices as "devices?"
           from account a left join presence p on p.user_id = a.id
           where a.id = any($1) and a.state <> 3"#,
        &users
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    rows.into_iter().map(|row| row.read(master)).collect()
}

/// See [`store::Presences::with_devices`].
pub(super) async fn with_devices(
    readers: &Readers,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<UserId>, Error> {
    let rows = sqlx::query_scalar!(
        "select user_id from presence where devices is not null and user_id > $1 order by user_id limit $2",
        after.map_or(i64::MIN, |user| user.0),
        in_list(limit)
    );
    Ok(readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter().map(UserId).collect())
}
