//! Devices that are reached by a provider, what is to be told to them and what was, column by column.

use super::damaged;
use crate::push::{Candidate, Delivery, PushDevice, PushDeviceId, PushLevel, Quiet, Seat};
use crate::seal::MasterKey;
use crate::{Error, packed};
use chat::{RoomId, Seq, Timestamp, UserId};

/// A registration.
pub struct StoredPushDevice {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub user_id: i64,
    /// The MQTT client id.
    pub device: String,
    /// For which app.
    pub app: String,
    /// By whom.
    pub provider: String,
    /// Its giver's words.
    pub how: String,
    /// Sealed.
    pub address: Vec<u8>,
    /// When.
    pub registered_at: i64,
    /// Why it is not used.
    pub disabled: Option<String>,
    /// Since when.
    pub disabled_at: Option<i64>,
}

impl StoredPushDevice {
    /// Opens it.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when its address was not sealed with this key.
    pub fn open(self, master: &MasterKey) -> Result<PushDevice, Error> {
        let id = PushDeviceId(self.id);
        Ok(PushDevice {
            id,
            user: UserId(self.user_id),
            device: self.device,
            app: self.app,
            provider: self.provider,
            how: self.how,
            address: master.open_address(id, self.address)?,
            registered_at: Timestamp(self.registered_at),
            disabled: self.disabled.zip(self.disabled_at.map(Timestamp)),
        })
    }
}

/// A device that might be told something.
pub struct StoredCandidate {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub user_id: i64,
    /// The MQTT client id.
    pub device: String,
    /// By whom.
    pub provider: String,
    /// The first entry they may hear.
    pub hears_from: i64,
    /// Up to where they have read.
    pub read_seq: i64,
    /// [`PushLevel`].
    pub push_level: Option<i64>,
    /// Until when the room is silent.
    pub muted_until: Option<i64>,
    /// Quiet hours.
    pub quiet: Option<Quiet>,
    /// The last entry that calls them.
    pub called: Option<i64>,
    /// Whom they keep away.
    pub keeps_away: Vec<i64>,
    /// Of their session: whether it ended in order, and its packed cursors.
    pub session: Option<(bool, Vec<u8>)>,
    /// Up to where the device was told.
    pub done_seq: i64,
}

impl StoredCandidate {
    /// As whoever decides sees it.
    ///
    /// # Errors
    /// [`Error::Damaged`] for what was not written so.
    pub fn candidate(self, room: RoomId) -> Result<Candidate, Error> {
        Ok(Candidate {
            id: PushDeviceId(self.id),
            user: UserId(self.user_id),
            device: self.device,
            provider: self.provider,
            hears_from: seq(self.hears_from),
            read: seq(self.read_seq),
            level: push_level(self.push_level)?,
            muted_until: self.muted_until.map(Timestamp),
            quiet: self.quiet,
            called: self.called.map(seq),
            keeps_away: self.keeps_away.into_iter().map(UserId).collect(),
            seat: self.session.map(|session| seat(session, room)).transpose()?,
            done: seq(self.done_seq),
        })
    }
}

fn seat((running, cursors): (bool, Vec<u8>), room: RoomId) -> Result<Seat, Error> {
    let cursors = packed::unpack_cursors(&cursors)?;
    let delivered = cursors.iter().find(|(one, _)| *one == room).map_or(0, |(_, cursor)| cursor.delivered);
    Ok(Seat { running, delivered: Seq(delivered) })
}

/// A stored place in a log.
#[must_use]
pub fn seq(number: i64) -> Seq {
    Seq(number.cast_unsigned())
}

/// A stored level, or none.
///
/// # Errors
/// [`Error::Damaged`] when there is no such level.
pub fn push_level(number: Option<i64>) -> Result<Option<PushLevel>, Error> {
    let level = |number| PushLevel::from_number(number).ok_or_else(|| damaged("level"));
    number.map(level).transpose()
}

/// Quiet hours.
#[must_use]
pub fn quiet(from: Option<i64>, to: Option<i64>, zone: Option<String>) -> Option<Quiet> {
    let minute = |minute: i64| u16::try_from(minute.rem_euclid(1_440)).unwrap_or(0);
    Some(Quiet { from: minute(from?), to: minute(to?), zone: zone? })
}

/// An attempt to tell a device something.
pub struct StoredDelivery {
    /// Its number.
    pub number: i64,
    /// Which device.
    pub device_id: i64,
    /// Whose.
    pub user_id: i64,
    /// For which app.
    pub app: String,
    /// By whom.
    pub provider: String,
    /// Of which room.
    pub room_id: i64,
    /// Up to which entry.
    pub seq: i64,
    /// How it ended.
    pub outcome: String,
    /// What the provider said.
    pub reason: String,
    /// Its number for it.
    pub name: String,
    /// When.
    pub at: i64,
}

impl From<StoredDelivery> for Delivery {
    fn from(row: StoredDelivery) -> Delivery {
        Delivery {
            number: row.number,
            device: PushDeviceId(row.device_id),
            user: UserId(row.user_id),
            way: (row.app, row.provider),
            place: (RoomId(row.room_id), seq(row.seq)),
            outcome: (row.outcome, row.reason, row.name),
            at: Timestamp(row.at),
        }
    }
}
