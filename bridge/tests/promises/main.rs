//! What the bridge promises a device, tried on the embedded store and without a socket.

#![allow(clippy::unwrap_used, reason = "where a helper of a test can't go on, the test has failed")]

mod company; // people, rooms and devices

mod chat; // what is said is heard

mod handover; // from the log to live and back, whatever happens in between

mod sessions; // what a device finds when it is back
