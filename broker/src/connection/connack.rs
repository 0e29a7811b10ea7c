//! What a client is told when it arrives.

use crate::config::Config;
use mqtt::ReasonCode;
use mqtt::packet::{Connack, ConnackProperties, Connect, UserProperties, Version};
use std::num::{NonZeroU16, NonZeroU32};

/// What differs between one welcome and the next.
pub(super) struct Terms {
    pub(super) session_present: bool,
    /// Seconds, as granted.
    pub(super) session_expiry: u32,
    /// The name we gave to a client that came without one.
    pub(super) assigned_client_id: Option<String>,
    pub(super) user_properties: UserProperties,
}

/// The session begins. What is not said is the standard's default.
pub(super) fn welcome(connect: &Connect, terms: Terms, config: &Config) -> Connack {
    let asked = session_expiry(connect);
    let keep_alive = keep_alive(connect, config);
    Connack {
        session_present: terms.session_present,
        code: ReasonCode::Success,
        properties: ConnackProperties {
            session_expiry: (terms.session_expiry != asked).then_some(terms.session_expiry),
            receive_maximum: NonZeroU16::new(config.receive_maximum),
            maximum_packet_size: NonZeroU32::new(config.packets.packet),
            assigned_client_id: terms.assigned_client_id,
            topic_alias_maximum: Some(config.packets.topic_alias_maximum),
            user_properties: terms.user_properties,
            shared_subscriptions: (!config.shared_subscriptions).then_some(false),
            server_keep_alive: (keep_alive != connect.keep_alive).then_some(keep_alive),
            // [MQTT5-4.12.0-5], [MQTT5-4.12.0-6]: said by both or by neither.
            authentication_method: connect.authentication_method.clone(),
            ..ConnackProperties::default()
        },
    }
}

/// No session begins.
pub(super) fn refusal(code: ReasonCode, reason: Option<String>, user_properties: UserProperties) -> Connack {
    let properties = ConnackProperties { reason, user_properties, ..ConnackProperties::default() };
    Connack { session_present: false, code, properties }
}

/// Seconds the session outlives the connection, as asked. A 3.1.1 session without clean session is for ever.
pub(super) fn session_expiry(connect: &Connect) -> u32 {
    match (connect.version, connect.clean_start) {
        (Version::V5, _) => connect.session_expiry.unwrap_or(0),
        (Version::V3, true) => 0,
        (Version::V3, false) => u32::MAX,
    }
}

/// Seconds the client may be silent; 3.1.1 can't be told another figure than its own.
pub(super) fn keep_alive(connect: &Connect, config: &Config) -> u16 {
    match config.maximum_keep_alive {
        Some(most) if connect.version == Version::V5 && connect.keep_alive == 0 => most,
        Some(most) if connect.version == Version::V5 => connect.keep_alive.min(most),
        _ => connect.keep_alive,
    }
}
