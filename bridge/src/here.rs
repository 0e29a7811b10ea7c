//! Which devices of somebody are connected, and what they have of a room: for who decides whether to wake those that are
//! not.

use crate::Bridge;
use chat::{RoomId, Seq, Timestamp, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A device that is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Its client id.
    pub device: Arc<str>,
    /// Up to where it has everything of the room, and has said so; zero where it has said nothing.
    pub delivered: Seq,
    /// Whether its app is in the background.
    pub background: bool,
    /// When its user last did something with it.
    pub active_at: Timestamp,
}

impl Bridge {
    /// The devices of a user that are connected.
    #[must_use]
    pub fn here(&self, user: UserId, room: RoomId) -> Vec<Here> {
        let core = self.core();
        let rooms = BTreeSet::from([room]);
        let here = core.people.of(user).into_iter().filter(|session| !session.is_over());
        here.map(|session| Here {
            device: session.place.client_id.clone(),
            delivered: session.delivered_in(&core.hubs, &rooms).first().map_or(Seq::ZERO, |(_, seq)| *seq),
            background: session.activity.is_in_background(),
            active_at: session.activity.active_at(),
        })
        .collect()
    }
}
