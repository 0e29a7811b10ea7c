//! Where a message is, device by device: for who asks why somebody has not got it.

use crate::Bridge;
use crate::hub::Hubs;
use crate::session::Session;
use chat::{RoomId, Seq, UserId};
use std::collections::HashSet;
use store::{DeviceProgress, Error};

/// What a device has of one message. One that began to listen later than the message was said counts as one that has
/// everything before, as its cursor does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePlace {
    /// Whose.
    pub user: UserId,
    /// The MQTT client id.
    pub device: String,
    /// Whether it is connected to this server.
    pub connected: bool,
    /// Whether the message went to it, or is about to.
    pub sent: bool,
    /// Whether it has said that it has it.
    pub acknowledged: bool,
}

impl Bridge {
    /// What the devices of these users (up to 100) have of a message: those that are connected, and those that are away and
    /// have a session.
    ///
    /// # Errors
    /// The store's.
    pub async fn device_places(
        &self,
        (room, seq): (RoomId, Seq),
        users: &[UserId],
    ) -> Result<Vec<DevicePlace>, Error> {
        let core = self.core();
        let sessions: Vec<_> = users.iter().flat_map(|user| core.people.of(*user)).collect();
        let here: HashSet<_> =
            sessions.iter().filter_map(|session| session.stored).map(|(id, _)| id).collect();
        let mut places: Vec<DevicePlace> =
            sessions.iter().map(|session| session.place_of(&core.hubs, room, seq)).collect();
        let kept = core.store.receipts().devices(room, users).await?.into_iter();
        places.extend(kept.filter(|one| !here.contains(&one.session)).map(|one| away(one, seq)));
        Ok(places)
    }
}

fn away(device: DeviceProgress, seq: Seq) -> DevicePlace {
    let in_flight = device.in_flight.contains(&seq);
    DevicePlace {
        user: device.user,
        device: device.client_id.into(),
        connected: false,
        sent: in_flight || device.resume.is_some_and(|resume| resume >= seq),
        acknowledged: !in_flight && device.delivered >= seq,
    }
}

impl Session {
    /// Where a message is on its way to this device. The hub is asked before the queue: what passed there was offered.
    fn place_of(&self, hubs: &Hubs, room: RoomId, seq: Seq) -> DevicePlace {
        let hub = hubs.get(room);
        let level = hub.as_ref().filter(|hub| self.listens(hub)).map(|hub| hub.hold().last());
        let (upto, is_owed) = {
            let state = self.state();
            let behind = state.behind.get(&room).map(|behind| behind.sent);
            let left = state.hidden.get(&room).map(|path| path.end());
            let is_owed = state.owed.iter().any(|mark| mark.log == room.0 && mark.position == seq.0);
            (behind.or(level).or(left).unwrap_or(Seq::ZERO), is_owed)
        };
        let mut is_under_way = is_owed;
        self.outbound.unacknowledged(|mark| is_under_way |= mark.log == room.0 && mark.position == seq.0);
        let tells = hub.is_some_and(|hub| self.state().routes.is_acknowledged(&hub.handle));
        let sent = is_under_way || upto >= seq;
        DevicePlace {
            user: self.user,
            device: self.place.client_id.to_string(),
            connected: true,
            sent,
            acknowledged: sent && tells && !is_under_way,
        }
    }
}
