//! Whatever the client does not like about its server ends the program.
//!
//! mqtt5 has no switch for that. It holds packets against the standard always, answers a wrong one with DISCONNECT and
//! its reason code, and says so by a warning or an error in `tracing`: here nobody may overlook it. Version 0.49 sees
//! malformed packets and properties, topic aliases and subscription identifiers that may not be, more at once than its
//! Receive Maximum, a session that should not be there, answers out of their order, and a reason string that it did not
//! ask for. It takes a packet id of 0, a topic with a wildcard, a second CONNACK and the answer to nothing.

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// The server is being killed: connections end, which is no fault of its.
static IS_KILLED: AtomicBool = AtomicBool::new(false);

/// From now on a complaint ends the program.
pub(crate) fn begin() {
    tracing::subscriber::set_global_default(Complaints).expect("it is the first");
}

/// Whether the server is being killed just now.
pub(crate) fn is_killed() -> bool {
    IS_KILLED.load(Ordering::SeqCst)
}

/// From here on it is, or is not.
pub(crate) fn kills(begins: bool) {
    IS_KILLED.store(begins, Ordering::SeqCst);
}

/// Ends the program with these words.
pub(crate) fn fail(what: impl std::fmt::Display) -> ! {
    eprintln!("{what}");
    std::process::exit(1)
}

struct Complaints;

impl Subscriber for Complaints {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(event.metadata().target().to_owned());
        event.record(&mut words);
        match is_killed() {
            true => eprintln!("meanwhile: {}", words.0),
            false => fail(format_args!("the client complains: {}", words.0)),
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// All that an event says.
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }
}
