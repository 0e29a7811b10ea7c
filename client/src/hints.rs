//! What a server advises when it refuses or ends a connection: how long to stay away, and where else to go.
//!
//! Start at [`Hints::of`].

use crate::property::property;
use rumqttc::{ConnAck, Disconnect, Packet};
use std::time::Duration;

/// The longest that a server's word keeps anybody away: a slip of one server must not silence its clients for days.
const LONGEST: Duration = Duration::from_secs(600);

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Hints {
    /// The user property `retry_after_ms`.
    pub(crate) retry_after: Duration,
    /// The first server of the Server Reference. `[MQTT5-4.13.2]`
    pub(crate) server: Option<Server>,
}

/// A host and its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Hints {
    /// Reads a CONNACK or a DISCONNECT. A reference that names no port means the usual one.
    pub(crate) fn of(packet: &Packet, usual_port: u16) -> Hints {
        let (words, reference) = match packet {
            Packet::ConnAck(ConnAck { properties: Some(told), .. }) => {
                (&told.user_properties, &told.server_reference)
            }
            Packet::Disconnect(Disconnect { properties: Some(told), .. }) => {
                (&told.user_properties, &told.server_reference)
            }
            _ => return Hints::default(),
        };
        let ms = property(words, "retry_after_ms").and_then(|ms| ms.parse().ok());
        let retry_after = Duration::from_millis(ms.unwrap_or(0)).min(LONGEST);
        let of = |reference| Server::of(reference, usual_port);
        let server = reference.as_deref().and_then(|reference| reference.split(' ').find_map(of));
        Hints { retry_after, server }
    }
}

impl Server {
    /// `host`, `host:port` or `[address]:port`.
    fn of(reference: &str, usual_port: u16) -> Option<Server> {
        let (host, port) = match reference.rsplit_once(':') {
            Some((host, port)) if !reference.ends_with(']') => (host, port.parse().ok()?),
            _ => (reference, usual_port),
        };
        (!host.is_empty()).then(|| Server { host: host.to_owned(), port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumqttc::{DisconnectProperties, DisconnectReasonCode};

    fn hints(words: &[(&str, &str)], reference: Option<&str>) -> Hints {
        let properties = DisconnectProperties {
            session_expiry_interval: None,
            reason_string: None,
            user_properties: words.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            server_reference: reference.map(str::to_owned),
        };
        let reason_code = DisconnectReasonCode::ServerShuttingDown;
        Hints::of(&Packet::Disconnect(Disconnect { reason_code, properties: Some(properties) }), 1883)
    }

    #[test]
    fn the_time_to_stay_away_is_read_and_has_a_limit() {
        assert_eq!(hints(&[("retry_after_ms", "1234")], None).retry_after, Duration::from_millis(1234));
        assert_eq!(hints(&[("retry_after_ms", "86400000")], None).retry_after, LONGEST);
        assert_eq!(hints(&[("retry_after_ms", "soon")], None), Hints::default());
    }

    #[test]
    fn the_first_readable_server_of_a_reference_is_taken() {
        let server = |reference| hints(&[], Some(reference)).server.map(|server| (server.host, server.port));
        assert_eq!(server("tea.example"), Some(("tea.example".to_owned(), 1883)));
        assert_eq!(server("tea.example:8883 other"), Some(("tea.example".to_owned(), 8883)));
        assert_eq!(server(":1 tea.example:x [fe80::1]:1884"), Some(("[fe80::1]".to_owned(), 1884)));
        assert_eq!(server("[fe80::1]"), Some(("[fe80::1]".to_owned(), 1883)));
        assert_eq!(server(""), None);
        let by_tls = Server::of("tea.example", 8883).map(|server| server.port);
        assert_eq!(by_tls, Some(8883), "the usual port is that of the connection");
    }
}
