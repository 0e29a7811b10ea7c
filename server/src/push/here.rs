//! Who is connected, as the bridge knows it.

use bridge::Bridge;
use chat::{RoomId, UserId};
use push_worker::{Attendance, Here};
use std::sync::Arc;

/// The bridge of this process.
pub(super) struct AtBridge(pub(super) Arc<Bridge>);

impl Attendance for AtBridge {
    fn of(&self, user: UserId, room: RoomId) -> Vec<Here> {
        let here = self.0.here(user, room).into_iter();
        here.map(|one| Here {
            device: one.device,
            delivered: one.delivered,
            background: one.background,
            active_at: one.active_at,
        })
        .collect()
    }
}
