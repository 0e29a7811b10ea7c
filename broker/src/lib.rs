//! The MQTT broker: it keeps connections and sessions, and carries messages between them.
//!
//! It knows packets, topics and who may use them. It does not know what a room is or what a message says; the
//! application does. Modules stand in the order in which a packet meets them.

pub mod application; // whom the broker asks

pub mod outbound; // what waits to be written to one connection
