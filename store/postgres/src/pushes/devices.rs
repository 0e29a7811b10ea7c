//! Where devices are reached.

use super::PostgresPushes;
use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use chat::UserId;
use store::seal::Keyring;
use store::stored::{StoredPushDevice, quiet};
use store::{Error, Habits, PushDevice, PushDeviceId, PushRegistered};

/// See [`store::Pushes::register_push`]. Renewed is the row that was there: what the device shows of rooms is known by it.
pub(super) async fn register(
    to: &PostgresPushes,
    new: &PushDevice,
    most: u32,
) -> Result<PushRegistered, Error> {
    let PushDevice { id, user, device, app, provider, how, address, registered_at, .. } = new;
    let mut tx = to.begin().await?;
    // One after another for each user, so that nobody has more than they may.
    let user_row = sqlx::query!("select 1 as one from account where id = $1 for update", user.0);
    user_row.fetch_optional(&mut *tx).await.map_err(error)?;
    let known = sqlx::query_scalar!(
        "select id from push_device where user_id = $1 and device = $2 and app = $3",
        user.0,
        device,
        app
    );
    let known = known.fetch_optional(&mut *tx).await.map_err(error)?;
    let count =
        sqlx::query_scalar!(r#"select count(*) as "count!" from push_device where user_id = $1"#, user.0);
    if known.is_none() && count.fetch_one(&mut *tx).await.map_err(error)? >= i64::from(most) {
        return Ok(PushRegistered::TooMany);
    }
    let key = address.key(app, provider);
    let id = PushDeviceId(known.unwrap_or(id.0));
    let others = sqlx::query!("delete from push_device where address_key = $1 and id <> $2", key, id.0);
    others.execute(&mut *tx).await.map_err(error)?;
    let sealed = to.keys.master().seal_address(id, address)?;
    let upsert = sqlx::query!(
        "insert into push_device (id, user_id, device, app, provider, how, address, address_key, registered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update
         set provider = $5, how = $6, address = $7, address_key = $8, registered_at = $9, disabled = null,
             disabled_at = null",
        id.0,
        user.0,
        device,
        app,
        provider,
        how,
        sealed,
        key,
        registered_at.0
    );
    upsert.execute(&mut *tx).await.map_err(error)?;
    let moved = sqlx::query!(
        "update push_note set provider = $1 where device_id = $2 and provider <> $1",
        provider,
        id.0
    );
    moved.execute(&mut *tx).await.map_err(error)?;
    tx.commit().await.map_err(error)?;
    Ok(if known.is_some() { PushRegistered::Renewed } else { PushRegistered::New })
}

/// See [`store::Pushes::unregister_push`].
pub(super) async fn unregister(
    to: &PostgresPushes,
    user: UserId,
    device: &str,
    app: Option<&str>,
) -> Result<bool, Error> {
    let delete = sqlx::query!(
        "delete from push_device where user_id = $1 and device = $2 and ($3::text is null or app = $3)",
        user.0,
        device,
        app
    );
    Ok(delete.execute(&to.writers).await.map_err(error)?.rows_affected() > 0)
}

/// See [`store::Pushes::set_habits`].
pub(super) async fn set_habits(to: &PostgresPushes, user: UserId, habits: &Habits) -> Result<(), Error> {
    let Some(quiet) = &habits.quiet else {
        let delete = sqlx::query!("delete from push_quiet where user_id = $1", user.0);
        return delete.execute(&to.writers).await.map(drop).map_err(error);
    };
    let minute = |minute: u16| i16::try_from(minute).unwrap_or(0);
    let upsert = sqlx::query!(
        "insert into push_quiet (user_id, from_minute, to_minute, zone) values ($1, $2, $3, $4)
         on conflict (user_id) do update
         set from_minute = excluded.from_minute, to_minute = excluded.to_minute, zone = excluded.zone",
        user.0,
        minute(quiet.from),
        minute(quiet.to),
        quiet.zone
    );
    upsert.execute(&to.writers).await.map(drop).map_err(error)
}

/// A user who goes for good is told nothing any more.
pub(crate) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let report = sqlx::query!(
        "delete from push_delivery where device_id in (select id from push_device where user_id = $1)",
        user.0
    );
    report.execute(to.conn()?).await.map_err(error)?;
    let devices = sqlx::query!("delete from push_device where user_id = $1", user.0);
    devices.execute(to.conn()?).await.map_err(error)?;
    let quiet = sqlx::query!("delete from push_quiet where user_id = $1", user.0);
    quiet.execute(to.conn()?).await.map(drop).map_err(error)
}

/// A device that may not come in any more is told nothing either.
pub(crate) async fn forget_device(to: &mut Writer, user: UserId, device: &str) -> Result<(), Error> {
    let delete = sqlx::query!("delete from push_device where user_id = $1 and device = $2", user.0, device);
    delete.execute(to.conn()?).await.map(drop).map_err(error)
}

/// See [`store::Pushes::push_devices`].
pub(super) async fn of(readers: &Readers, keys: &Keyring, user: UserId) -> Result<Vec<PushDevice>, Error> {
    let rows = sqlx::query_as!(
        StoredPushDevice,
        "select id, user_id, device, app, provider, how, address, registered_at, disabled, disabled_at
         from push_device where user_id = $1 order by device, app limit 100",
        user.0
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    rows.into_iter().map(|row| row.open(keys.master())).collect()
}

/// See [`store::Pushes::habits`].
pub(super) async fn habits(readers: &Readers, user: UserId) -> Result<Habits, Error> {
    let row = sqlx::query!("select from_minute, to_minute, zone from push_quiet where user_id = $1", user.0);
    let row = readers.ask(row.fetch_optional(&readers.pool)).await?;
    Ok(Habits {
        quiet: row
            .and_then(|row| quiet(Some(row.from_minute.into()), Some(row.to_minute.into()), Some(row.zone))),
    })
}
