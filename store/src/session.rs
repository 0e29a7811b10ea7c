//! What a device leaves behind when it goes: its session, which is a cursor and not a queue.

use bytes::Bytes;
use chat::{RoomId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A stored session, by a small number of its own (it is the upper part of the inbound rows' key, so below 2^47).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub i64);

impl SessionId {
    /// The key of a packet's inbound row.
    #[must_use]
    pub fn packet(self, packet_id: u16) -> i64 {
        self.0 << 16 | i64::from(packet_id)
    }

    /// The keys that the inbound rows of its packets can have, the first and the last.
    #[must_use]
    pub fn packets(self) -> (i64, i64) {
        (self.packet(0), self.packet(u16::MAX))
    }
}

/// How far a device is in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Where replay goes on: the end of the unbroken prefix. A client may rewind it.
    pub resume: u64,
    /// What the device is known to have acknowledged. It only grows.
    pub delivered: u64,
}

/// One subscription, as it is found again at resume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSubscription {
    /// The filter as the client wrote it.
    pub filter: String,
    /// The QoS it was granted, 0 or 1.
    pub qos: u8,
    /// Not what this client itself publishes.
    pub no_local: bool,
    /// Leave the retain flag as it was.
    pub retain_as_published: bool,
    /// The client's number for it.
    pub id: Option<u32>,
}

/// A message that was sent and not acknowledged when the connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// The number it was sent with and will be sent with again.
    pub packet_id: u16,
    /// Whose log. Negative where it is in none: what else a session sends is numbered by the bridge, and it knows alone when
    /// that is done.
    pub room: i64,
    /// Which entry.
    pub seq: u64,
    /// Which of the copies the device gets (by format), as the bridge numbers them.
    pub copy: u8,
    /// The entry before it on the device's path, as it was told the first time.
    pub prev: u64,
}

/// At or below it lies no room: what else may be in flight counts from the least number upwards.
const NO_ROOM: i64 = i64::MIN + 1_024;

impl InFlight {
    /// Whether it is no entry of a room's log.
    #[must_use]
    pub fn is_in_no_room(&self) -> bool {
        self.room <= NO_ROOM
    }
}

/// A will that waits for its time.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredWill {
    /// Where to.
    pub topic: String,
    /// What. Sealed at rest like every body.
    pub payload: Vec<u8>,
    /// 0, 1 or 2.
    pub qos: u8,
    /// Seconds after the end of the connection.
    pub delay: u32,
    /// User properties.
    pub properties: Vec<(String, String)>,
    /// Whether its topic retains it.
    pub retain: bool,
    /// What else its PUBLISH will carry (content type, expiry and the like), as the bridge packs it.
    pub said: Vec<u8>,
}

/// What it says stays unsaid: a will is a message like any other.
impl fmt::Debug for StoredWill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StoredWill { topic, qos, delay, .. } = self;
        f.debug_struct("StoredWill")
            .field("topic", topic)
            .field("qos", qos)
            .field("delay", delay)
            .finish_non_exhaustive()
    }
}

/// The changing part of a session.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SessionState {
    /// What it listens to.
    pub subscriptions: Vec<SavedSubscription>,
    /// Where it is in each room it may hear. A room that is missing starts at its membership.
    pub cursors: Vec<(RoomId, Cursor)>,
    /// Sent, not acknowledged, in the order of sending; at most 256.
    pub in_flight: Vec<InFlight>,
    /// Refusals and answers not delivered yet, oldest first; at most 64.
    pub replies: Vec<Bytes>,
}

/// Of replies only how many there are.
impl fmt::Debug for SessionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionState")
            .field("subscriptions", &self.subscriptions)
            .field("cursors", &self.cursors)
            .field("in_flight", &self.in_flight)
            .field("replies", &self.replies.len())
            .finish()
    }
}

/// A session found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopened {
    /// What it left.
    pub state: SessionState,
    /// QoS 2 packets of the client that wait for their PUBREL, and where they are in the log.
    pub unreleased: Vec<(u16, RoomId, Seq)>,
    /// The log's incarnation when it was saved; another one now means that cursors may point past the end.
    pub incarnation: u64,
    /// Whether it was saved at an orderly end. If not, what was sent since is unknown.
    pub clean: bool,
    /// When it was last saved.
    pub saved_at: Timestamp,
}

/// A device that takes its seat.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// Whose device.
    pub user: UserId,
    /// The MQTT client id.
    pub client_id: &'a str,
    /// Forget the earlier session.
    pub clean_start: bool,
    /// Seconds the session outlives its connection; `u32::MAX` for ever, absent for not at all.
    pub keep: Option<u32>,
    /// How many sessions with a row the user may have. One more takes the place of the one that was away longest; of those that
    /// are pushed to only where there is no other.
    pub devices: u32,
    /// Said if the connection never ends in order because the process died. Only a session with a row keeps it.
    pub will: Option<&'a StoredWill>,
    /// Now.
    pub now: Timestamp,
}

/// The answer to a device that takes its seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The row; absent for a session that ends with its connection.
    pub id: Option<SessionId>,
    /// Counts the openings of this row: a later one fences the writes of an earlier one.
    pub epoch: u64,
    /// What an earlier connection left; Session Present says whether it is there.
    pub found: Option<Reopened>,
    /// A will of the session before this opening that is due now: a clean start ended it, or its time had come.
    pub orphaned_will: Option<StoredWill>,
    /// Another device's session, which is over because this one took its place.
    pub crowded_out: Option<SessionId>,
}

/// How a connection of a stored session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEnd {
    /// Which session.
    pub id: SessionId,
    /// Which opening; an older epoch than the row's writes nothing.
    pub epoch: u64,
    /// Where it stands now.
    pub state: SessionState,
    /// When it may be forgotten; absent for never.
    pub expires_at: Option<Timestamp>,
    /// A will that waits for its delay, and when it is due.
    pub will: Option<(StoredWill, Timestamp)>,
    /// Now.
    pub at: Timestamp,
}
