//! Sessions are left behind.

use crate::target::Target;
use crate::wire::{EVERYTHING, Guest, Wire};
use crate::{Failed, arrive};
use mqtt::packet::Qos;

/// Each connects, subscribes to all rooms of its user, and goes. Its session stays.
pub(super) async fn everybody(guests: &[Guest], target: Target<'_>) -> Result<(), Failed> {
    let stand = |_, guest: Guest| async move {
        let mut wire = Wire::connect(target.server, &guest).await?;
        wire.listen(&[EVERYTHING], Qos::AtLeastOnce).await?;
        wire.leave().await
    };
    arrive::everybody(target, guests, stand).await.map(drop)
}
