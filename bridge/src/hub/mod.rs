//! Rooms that somebody on this node listens to, and how a committed entry reaches them.
//!
//! The promise: a session that is level hears every entry once and in order; one that is behind hears nothing
//! here, because it reads the log, until it is level again under the hub's lock. The lock order is hub, then
//! session, then its outbound queue.

mod gate; // entries pass in order or wait for the log

mod managers; // who hears what few do

mod directory; // which hubs there are

pub(crate) use directory::Hubs;
pub(crate) use gate::{Ears, Hub, Passed};
