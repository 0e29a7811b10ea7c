//! One message for one device, and the mark by which the application knows it again.

use mqtt::packet::{PacketId, Qos, Version};
use mqtt::{Dress, Frame};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// What the application hears back about a delivery. The broker reads nothing into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark {
    /// Of which log.
    pub log: i64,
    /// Where in it.
    pub position: u64,
    /// Which of the copies that one position may have.
    pub copy: u8,
}

impl Mark {
    /// Of a delivery about which the application wants to hear nothing more: it comes back nowhere.
    pub const UNTRACKED: Mark = Mark { log: i64::MIN, position: 0, copy: 0 };

    /// Whether the application wants to hear of it.
    pub(crate) fn is_tracked(self) -> bool {
        self != Mark::UNTRACKED
    }
}

/// A message on its way to one device. The frame is shared by all who get it; the rest is the device's own.
#[derive(Clone)]
pub struct Delivery {
    /// Topic, payload and what all receivers have in common, encoded once.
    pub frame: Arc<Frame>,
    /// Of this delivery: the lower of what was published and what was granted.
    pub qos: Qos,
    /// It was kept, or the receiver wants the publisher's flag.
    pub retain: bool,
    /// It may have been sent before, in a life of the server that no longer knows the packet id.
    pub dup: bool,
    /// Of the subscriptions it matches; MQTT 5 only.
    pub subscription_ids: Option<Arc<[u32]>>,
    /// From then on it is not sent, and counts as done.
    pub expires_at: Option<SystemTime>,
    /// What the application calls it.
    pub mark: Mark,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("mark", &self.mark).field("qos", &self.qos).finish_non_exhaustive()
    }
}

impl Delivery {
    /// A message that nobody keeps: it is new, never over, and the application hears no more of it.
    #[must_use]
    pub fn untracked(frame: Arc<Frame>, qos: Qos, subscription_ids: Option<Arc<[u32]>>) -> Delivery {
        let mark = Mark::UNTRACKED;
        Delivery { frame, qos, retain: false, dup: false, subscription_ids, expires_at: None, mark }
    }

    /// How the shared frame is dressed for this device. Message Expiry is what is left of it, rounded up, so
    /// that it never becomes 0 before its time. `[MQTT5-3.3.2-6]`
    pub(crate) fn dress(&self, version: Version, packet_id: Option<PacketId>, now: SystemTime) -> Dress<'_> {
        Dress {
            version,
            qos: self.qos,
            dup: self.dup,
            retain: self.retain,
            packet_id,
            subscription_ids: self.subscription_ids.as_deref().unwrap_or_default(),
            message_expiry: self.expires_at.map(|end| seconds_left(end, now)),
            alias: None,
        }
    }

    /// Whether its time is over.
    pub(crate) fn has_expired(&self, now: SystemTime) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// What it weighs in the bounded queue, in bytes.
    pub(crate) fn weight(&self) -> usize {
        self.frame.len_hint() + size_of::<Delivery>()
    }

    /// The bytes of its packet in the largest dress it may get.
    pub(crate) fn packet_size(&self, version: Version) -> usize {
        let packet_id = (self.qos != Qos::AtMostOnce).then_some(PacketId(std::num::NonZeroU16::MAX));
        self.frame.size(&self.dress(version, packet_id, SystemTime::UNIX_EPOCH))
    }
}

fn seconds_left(end: SystemTime, now: SystemTime) -> u32 {
    let left = end.duration_since(now).unwrap_or_default();
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}
