//! What a device leaves behind: a row with its place in every room. No queue hangs on it.

mod packed; // lists in one column

mod open; // a device takes its seat

mod save; // it moves on, and goes

mod end; // it is forgotten

mod wills; // what it wanted said

mod broken; // the process went before it did

pub(crate) use broken::BrokenOff;
use chat::Timestamp;
pub(crate) use end::{End, Expire, Release};
pub(crate) use open::{Crowded, Open};
pub(crate) use save::{Close, SaveCursors, SaveSubscriptions};
use store::SessionId;
pub(crate) use wills::TakeWills;

/// The key of a packet's inbound row.
pub(crate) fn inbound_id(session: SessionId, packet_id: u16) -> i64 {
    session.0 << 16 | i64::from(packet_id)
}

/// The clock of this machine, for rows that are saved without a caller's.
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}
