//! What is kept of how people show themselves.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::{Timestamp, UserId};
use store::lane::{Write, Writer as _};
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
        let visibility = visibility.map(|one| one as i64);
        let (says, devised) = (text.is_some(), devices.is_some());
        let text = text.as_ref().and_then(Option::as_ref);
        let text = sealed_text(to.keys.master(), self.user, text)?;
        let devices = devices.as_deref().and_then(pack_devices);
        let upsert = sqlx::query!(
            "insert into presence (user_id, visibility, text, devices)
             select a.id, ?2, ?4, ?6 from account a where a.id = ?1 and a.state <> 3
             on conflict (user_id) do update
             set visibility = coalesce(?2, visibility), text = case when ?3 then ?4 else text end,
                 devices = case when ?5 then ?6 else devices end",
            self.user.0,
            visibility,
            says,
            text,
            devised,
            devices
        );
        Ok(upsert.execute(&mut to.conn).await.map_err(error)?.rows_affected() == 1)
    }
}

#[async_trait]
impl Write<Writer> for Saw {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let seen: Vec<_> = self.0.iter().take(MOST).map(|(user, at)| (user.0, at.0)).collect();
        let seen = json(&seen)?;
        let upsert = sqlx::query!(
            "insert into presence (user_id, last_seen)
             select a.id, j.value ->> 1 from json_each(?) j
             cross join account a on a.id = j.value ->> 0 and a.state <> 3 where true
             on conflict (user_id) do update set last_seen = max(coalesce(last_seen, 0), excluded.last_seen)",
            seen
        );
        upsert.execute(&mut to.conn).await.map(drop).map_err(error)
    }
}

/// A user who goes for good shows nothing any more.
pub(crate) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    to.begin().await?;
    to.run("pragma secure_delete = on").await.map_err(error)?;
    let delete = sqlx::query!("delete from presence where user_id = ?", user.0);
    let gone = delete.execute(&mut to.conn).await.map(drop).map_err(error);
    to.run("pragma secure_delete = off").await.map_err(error)?;
    gone
}

/// See [`store::Presences::kept`].
pub(super) async fn of(
    readers: &Readers,
    master: &MasterKey,
    users: &[UserId],
) -> Result<Vec<KeptPresence>, Error> {
    let users: Vec<i64> = users.iter().take(MOST).map(|user| user.0).collect();
    let users = json(&users)?;
    let rows = sqlx::query_as!(
        StoredPresence,
        r#"select a.id as "id!", a.handle as "handle!", p.visibility, p.text, p.last_seen, p.devices
           from json_each(?) j cross join account a on a.id = j.value and a.state <> 3
           left join presence p on p.user_id = a.id"#,
        users
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    rows.into_iter().map(|row| row.read(master)).collect()
}

/// See [`store::Presences::with_devices`].
pub(super) async fn with_devices(
    readers: &Readers,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<UserId>, Error> {
    let (after, limit) = (after.map_or(i64::MIN, |user| user.0), in_list(limit));
    let rows = sqlx::query_scalar!(
        "select user_id from presence where devices is not null and user_id > ? order by user_id limit ?",
        after,
        limit
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(UserId).collect())
}
