//! The whole system by its promises: what the tests in `tests/tests` stand on.
//!
//! A [`World`] is the real program on a folder of its own, reached as users reach it: by its command line and
//! by MQTT. Nothing here looks inside. People are called by name: a [`Person`] speaks through a client library
//! that nobody here wrote, a [`Device`] connects to a [`Wire`] where a test must see every packet. Whoever
//! waits says for what, and not for ever.

#![expect(clippy::print_stdout, reason = "a failing test shows what was printed")]

mod patience; // waiting, with words

mod settings; // how a server is started

mod process; // a program that runs

mod world; // a server with its people and rooms

mod device; // how somebody connects

mod wire; // every packet, as it comes

mod websocket; // the same through a browser's door

mod packets; // packets in few words

mod entry; // what was heard

mod person; // somebody who chats

mod program; // programs that others wrote

mod network; // a way to a server that fails

mod chance; // randomness that can be replayed

mod postgres; // a database that can be killed

pub use chance::chance;
pub use device::Device;
pub use entry::Entry;
pub use network::Network;
pub use packets::{filter, properties, publish, publish_at, retained, say, subscribe};
pub use patience::{PATIENCE, within, within_time};
pub use person::{Person, Receipt};
pub use postgres::Postgres;
pub use process::Process;
pub use program::{haproxy, mosquitto, mosquitto_at, mqtt5, node, python};
pub use providers::Authority;
pub use settings::Settings;
pub use websocket::WebSocket;
pub use wire::Wire;
pub use world::{Room, World, natter_program, own_address};

/// Whether the long variants are wanted (`tests/run --long`).
#[must_use]
pub fn is_long() -> bool {
    std::env::var_os("NATTER_LONG").is_some_and(|value| !value.is_empty() && value != "0")
}
