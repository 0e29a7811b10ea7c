//! Where devices are reached.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::UserId;
use store::lane::Write;
use store::seal::Keyring;
use store::stored::{StoredPushDevice, quiet};
use store::{Error, Habits, NewPushDevice, PushDevice, PushRegistered};

/// See [`store::Pushes::register_push`].
pub(super) struct Register {
    pub(super) new: NewPushDevice,
    pub(super) most: u32,
}

/// See [`store::Pushes::unregister_push`].
pub(super) struct Unregister {
    pub(super) user: UserId,
    pub(super) device: String,
    pub(super) app: Option<String>,
}

/// See [`store::Pushes::set_habits`].
pub(super) struct SetHabits {
    pub(super) user: UserId,
    pub(super) habits: Habits,
}

#[async_trait]
impl Write<Writer> for Register {
    type Answer = PushRegistered;

    /// Renewed is the row that was there: what the device shows of rooms is known by it.
    async fn write(&self, to: &mut Writer) -> Result<PushRegistered, Error> {
        let PushDevice { id, user, device, app, provider, how, address, registered_at, .. } = &self.new.0;
        let known = sqlx::query_scalar!(
            "select id from push_device where user_id = ? and device = ? and app = ?",
            user.0,
            device,
            app
        );
        let known = known.fetch_optional(&mut to.conn).await.map_err(error)?;
        let count = sqlx::query_scalar!("select count(*) from push_device where user_id = ?", user.0);
        if known.is_none() && count.fetch_one(&mut to.conn).await.map_err(error)? >= i64::from(self.most) {
            return Ok(PushRegistered::TooMany);
        }
        let key = address.key(app, provider);
        let id = store::PushDeviceId(known.unwrap_or(id.0));
        let others = sqlx::query!("delete from push_device where address_key = ? and id <> ?", key, id.0);
        others.execute(&mut to.conn).await.map_err(error)?;
        let sealed = to.keys.master().seal_address(id, address)?;
        let upsert = sqlx::query!(
            "insert into push_device (id, user_id, device, app, provider, how, address, address_key, registered_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             on conflict (id) do update
             set provider = ?5, how = ?6, address = ?7, address_key = ?8, registered_at = ?9, disabled = null,
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
        upsert.execute(&mut to.conn).await.map_err(error)?;
        let moved = sqlx::query!(
            "update push_note set provider = ?1 where device_id = ?2 and provider <> ?1",
            provider,
            id.0
        );
        moved.execute(&mut to.conn).await.map_err(error)?;
        Ok(if known.is_some() { PushRegistered::Renewed } else { PushRegistered::New })
    }
}

#[async_trait]
impl Write<Writer> for Unregister {
    type Answer = bool;
    // Who logs out does not wait for free space.
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let delete = sqlx::query!(
            "delete from push_device where user_id = ?1 and device = ?2 and (?3 is null or app = ?3)",
            self.user.0,
            self.device,
            self.app
        );
        Ok(delete.execute(&mut to.conn).await.map_err(error)?.rows_affected() > 0)
    }
}

#[async_trait]
impl Write<Writer> for SetHabits {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let Some(quiet) = &self.habits.quiet else {
            let delete = sqlx::query!("delete from push_quiet where user_id = ?", self.user.0);
            return delete.execute(&mut to.conn).await.map(drop).map_err(error);
        };
        let upsert = sqlx::query!(
            "insert into push_quiet (user_id, from_minute, to_minute, zone) values (?, ?, ?, ?)
             on conflict (user_id) do update
             set from_minute = excluded.from_minute, to_minute = excluded.to_minute, zone = excluded.zone",
            self.user.0,
            quiet.from,
            quiet.to,
            quiet.zone
        );
        upsert.execute(&mut to.conn).await.map(drop).map_err(error)
    }
}

/// A user who goes for good is told nothing any more.
pub(crate) async fn forget(to: &mut Writer, user: UserId) -> Result<(), Error> {
    let report = sqlx::query!(
        "delete from push_delivery where device_id in (select id from push_device where user_id = ?)",
        user.0
    );
    report.execute(&mut to.conn).await.map_err(error)?;
    let devices = sqlx::query!("delete from push_device where user_id = ?", user.0);
    devices.execute(&mut to.conn).await.map_err(error)?;
    let quiet = sqlx::query!("delete from push_quiet where user_id = ?", user.0);
    quiet.execute(&mut to.conn).await.map(drop).map_err(error)
}

/// A device that may not come in any more is told nothing either.
pub(crate) async fn forget_device(to: &mut Writer, user: UserId, device: &str) -> Result<(), Error> {
    let delete = sqlx::query!("delete from push_device where user_id = ? and device = ?", user.0, device);
    delete.execute(&mut to.conn).await.map(drop).map_err(error)
}

/// See [`store::Pushes::push_devices`].
pub(super) async fn of(readers: &Readers, keys: &Keyring, user: UserId) -> Result<Vec<PushDevice>, Error> {
    let rows = sqlx::query_as!(
        StoredPushDevice,
        "select id, user_id, device, app, provider, how, address, registered_at, disabled, disabled_at
         from push_device where user_id = ? order by device, app limit 100",
        user.0
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    rows.into_iter().map(|row| row.open(keys.master())).collect()
}

/// See [`store::Pushes::habits`].
pub(super) async fn habits(readers: &Readers, user: UserId) -> Result<Habits, Error> {
    let row = sqlx::query!("select from_minute, to_minute, zone from push_quiet where user_id = ?", user.0);
    let row = row.fetch_optional(readers).await.map_err(error)?;
    Ok(Habits {
        quiet: row.and_then(|row| quiet(Some(row.from_minute), Some(row.to_minute), Some(row.zone))),
    })
}
