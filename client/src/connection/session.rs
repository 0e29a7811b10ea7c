//! Tells `rumqttc` that nothing is in flight.
//!
//! A new event loop that meets a session on the server must know what it had in flight there, or it may not
//! publish. Here the outbox knows that, and what it sends again it sends as new packets under the same drafts. So
//! the checkpoint to go on from is an empty one, and none is ever saved.

use rumqttc::{
    MqttOptions, PersistedAckMode, PersistedSession, SessionStore, SessionStoreError, SessionStoreKey,
};
use std::pin::Pin;

/// The version of the checkpoint's model, as `rumqttc` 0.34 reads it.
const FORMAT: u16 = 1;

/// A store whose checkpoint is empty.
#[derive(Debug)]
pub(super) struct Nothing(PersistedSession);

/// The empty checkpoint for these options, which must be complete.
pub(super) fn nothing_in_flight(options: &MqttOptions) -> Nothing {
    Nothing(PersistedSession {
        format_version: FORMAT,
        client_id: options.client_id(),
        clean_start: options.clean_start(),
        session_expiry_interval: options.session_expiry_interval(),
        outgoing_inflight_upper_limit: options.get_outgoing_inflight_upper_limit(),
        ack_mode: PersistedAckMode::Manual,
        last_pkid: 0,
        last_puback: 0,
        replay: Vec::new(),
        incoming_qos2: Vec::new(),
    })
}

type Done<'a, T> = Pin<Box<dyn Future<Output = Result<T, SessionStoreError>> + Send + 'a>>;

impl SessionStore for Nothing {
    fn load<'a>(&'a self, _: &'a SessionStoreKey) -> Done<'a, Option<PersistedSession>> {
        Box::pin(async { Ok(Some(self.0.clone())) })
    }

    fn save<'a>(&'a self, _: &'a SessionStoreKey, _: &'a PersistedSession) -> Done<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn clear<'a>(&'a self, _: &'a SessionStoreKey) -> Done<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}
