//! The MQTT broker: it keeps connections and sessions, and carries messages between them.
//!
//! It knows packets, topics and who may use them. It does not know what a room is or what a message says; the
//! application does. Modules stand in the order in which a packet meets them.

mod config; // how much of everything

mod counters; // what happened how often

mod broker; // what the rest of the program holds

mod addresses; // how many from one place

pub mod port; // connections come in here

mod listener; // and become those of MQTT

pub mod websocket; // browsers come in here

mod connection; // bytes become packets, packets become calls

mod seats; // one connection for each device

mod retry; // when to come back

pub mod application; // whom the broker asks

pub mod outbound; // what waits to be written to one connection

pub use broker::Broker;
pub use config::Config;
pub use counters::{Counters, Event, Traffic};
pub use port::Port;
