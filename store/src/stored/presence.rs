//! How somebody shows that they are there, column by column.

use super::{damaged, handle};
use crate::seal::{MasterKey, open_presence, seal_presence};
use crate::{Error, KeptPresence, PresenceChange};
use chat::{Origin, Presence, PresenceText, Timestamp, UserId, Visibility};

/// Bytes of one device.
const DEVICE: usize = 9;

/// See the module.
pub struct StoredPresence {
    /// Who.
    pub id: i64,
    /// What they are called.
    pub handle: String,
    /// [`Visibility`].
    pub visibility: Option<i64>,
    /// See [`seal_presence`].
    pub text: Option<Vec<u8>>,
    /// When they were here last.
    pub last_seen: Option<i64>,
    /// See [`pack_devices`].
    pub devices: Option<Vec<u8>>,
}

impl StoredPresence {
    /// As it is used. A text that does not open any more is none.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a column has a value that was never written.
    pub fn read(self, master: &MasterKey) -> Result<KeptPresence, Error> {
        let user = UserId(self.id);
        let visibility = self.visibility.map_or(Some(Visibility::default()), Visibility::from_number);
        let text = self.text.map(|kept| open_presence(master, user, &kept)).transpose();
        Ok(KeptPresence {
            user,
            handle: handle(&self.handle)?,
            visibility: visibility.ok_or_else(|| damaged("visibility"))?,
            text: text.unwrap_or_else(|error| {
                tracing::warn!(%error, user.id = %user, "what user {user} says of being there does not open");
                None
            }),
            last_seen: self.last_seen.map(Timestamp),
            devices: unpack_devices(self.devices.as_deref().unwrap_or_default())?,
        })
    }
}

/// A text as it is stored.
///
/// # Errors
/// As [`seal_presence`].
pub fn sealed_text(
    master: &MasterKey,
    user: UserId,
    text: Option<&PresenceText>,
) -> Result<Option<Vec<u8>>, Error> {
    text.map(|text| seal_presence(master, user, text)).transpose()
}

/// Devices as they are stored: eight bytes of which one it is, and one of what it said. None of them is no value.
#[must_use]
pub fn pack_devices(devices: &[(Origin, Presence)]) -> Option<Vec<u8>> {
    let some = devices.iter().take(PresenceChange::DEVICES);
    let packed: Vec<u8> = some
        .flat_map(|(origin, presence)| origin.0.to_be_bytes().into_iter().chain([*presence as u8]))
        .collect();
    (!packed.is_empty()).then_some(packed)
}

fn unpack_devices(packed: &[u8]) -> Result<Vec<(Origin, Presence)>, Error> {
    let wrong = || damaged("devices");
    let devices = packed.chunks(DEVICE).map(|one| {
        let (origin, said) = one.split_first_chunk::<8>()?;
        let presence = Presence::ALL.into_iter().find(|presence| said == [*presence as u8])?;
        Some((Origin(i64::from_be_bytes(*origin)), presence))
    });
    devices.collect::<Option<Vec<_>>>().ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_unpacked_as_they_were_packed_and_nothing_else_is_taken_for_some() {
        let devices = vec![(Origin(-7), Presence::Busy), (Origin(i64::MAX), Presence::Offline)];
        let packed = pack_devices(&devices).unwrap();
        assert_eq!(unpack_devices(&packed).unwrap(), devices);
        assert_eq!((pack_devices(&[]), unpack_devices(&[]).unwrap()), (None, Vec::new()));
        for bad in [&packed[..17], &[0; 9][..], &[9; 9]] {
            assert!(matches!(unpack_devices(bad), Err(Error::Damaged(_))));
        }
    }
}
