//! Where the devices of somebody are reached while they are away.

use super::{AccountError, words};
use crate::Bridge;
use chat::UserId;
use store::{NewPushDevice, PushAddress, PushDevice, PushDeviceId, PushRegistered};

/// Devices of one user, each counted once for each app: whatever is said to somebody costs a request for each of them, and
/// nobody looks at more.
const MOST: u32 = 20;

impl Bridge {
    /// Takes down where a device is reached: for which app and by whom, how it wants to be told, and under which name.
    ///
    /// # Errors
    /// [`AccountError::TooMany`], [`AccountError::Text`].
    pub async fn register_push(
        &self,
        user: UserId,
        device: String,
        (app, provider): (String, String),
        how: String,
        address: PushAddress,
    ) -> Result<PushDevice, AccountError> {
        words::device(&device)?;
        let (id, registered_at) = (PushDeviceId(self.number()?), self.core().now());
        let device =
            PushDevice { id, user, device, app, provider, how, address, registered_at, disabled: None };
        let new = NewPushDevice(device);
        match self.core().store.pushes().register_push(&new, MOST).await? {
            PushRegistered::New | PushRegistered::Renewed => Ok(new.0),
            PushRegistered::TooMany => Err(AccountError::TooMany(MOST)),
        }
    }
}
