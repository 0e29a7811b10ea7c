//! Why there is no connection.

use crate::hints::Hints;
use crate::outbox::journal::OutboxError;
use crate::tls::TlsError;
use rumqttc::{ConnectReturnCode, ConnectionError, DisconnectReasonCode, StateError};
use std::fmt::Display;
use std::io;

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Offline {
    /// The server doesn't let this user in with this token or password.
    #[error("the server does not accept this user and proof")]
    NotAuthorized,
    /// The token, or the certificate of this side, has run out while it was connected. With
    /// [`Options::renewing`](crate::Options::renewing) the next connection has another; and with a certificate whose
    /// files were renewed.
    #[error("the token, or our certificate, has run out")]
    ProofEnded,
    /// The provider of proofs gave none; in its words.
    #[error("there is no proof to connect with: {0}")]
    NoProof(String),
    /// The server refused the connection otherwise; the name of CONNACK's reason code.
    #[error("the server refuses the connection: {0}")]
    Refused(String),
    /// The server refused to tell what is said.
    #[error("the server refuses the subscription: {0}")]
    NotSubscribed(String),
    /// The same device connected somewhere else. This client stays away: two that take turns would help nobody.
    ///
    /// `rumqttc` 0.34 reads a DISCONNECT only where a length of properties follows its reason code, which a server
    /// may leave out `[MQTT5-3.14.2.2.1]`. Natter writes it; from a server that does not, the end is seen as
    /// [`Offline::Lost`], and then it is the growing wait between attempts that keeps two programs from chasing each
    /// other.
    #[error("the same device connected somewhere else")]
    TakenOver,
    /// The server ended the connection; the name of DISCONNECT's reason code.
    #[error("the server ended the connection: {0}")]
    Ended(String),
    /// The server gave no sign of life for longer than [`Options::patience`](crate::Options::patience) allows.
    #[error("the server does not answer")]
    Silent,
    /// The network, or the server's process.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// There is no TLS with this server: it can't be trusted, or does not speak it; or a file of this side can't be used.
    /// Like a proof that is not taken it is told after every attempt, and tried again: certificates are renewed.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// What the server sent is not what `topics.md` promises.
    #[error("not a server that keeps the contract: {0}")]
    Contract(String),
    /// The outbox file can't be used, so nothing was started.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The client was closed.
    #[error("the client was closed")]
    Closed,
}

/// How a connection ended, and what the server advised.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) why: Offline,
    pub(crate) hints: Hints,
    /// Whether the server had accepted the connection.
    pub(crate) was_accepted: bool,
}

impl From<Offline> for Ended {
    fn from(why: Offline) -> Ended {
        Ended { why, hints: Hints::default(), was_accepted: false }
    }
}

impl Offline {
    pub(crate) fn of(error: ConnectionError) -> Offline {
        match error {
            ConnectionError::ConnectionRefused(code)
            | ConnectionError::MqttState(StateError::ConnFail { reason: code }) => Offline::refused(code),
            ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, .. }) => {
                Offline::ended(reason_code)
            }
            error => match of_the_socket(&error).and_then(TlsError::within) {
                Some(why) => Offline::Tls(why),
                None => Offline::lost(error),
            },
        }
    }

    /// In the words of whatever noticed it.
    pub(crate) fn lost(error: impl Display) -> Offline {
        Offline::Lost(error.to_string())
    }

    fn refused(code: ConnectReturnCode) -> Offline {
        match code {
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
                Offline::NotAuthorized
            }
            code => Offline::Refused(format!("{code:?}")),
        }
    }

    fn ended(code: DisconnectReasonCode) -> Offline {
        match code {
            DisconnectReasonCode::SessionTakenOver => Offline::TakenOver,
            DisconnectReasonCode::MaximumConnectTime => Offline::ProofEnded,
            code => Offline::Ended(format!("{code:?}")),
        }
    }

    /// Whether another attempt makes sense.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Offline::TakenOver | Offline::Closed)
    }
}

/// What the socket said, wherever `rumqttc` 0.34 keeps it.
fn of_the_socket(error: &ConnectionError) -> Option<&io::Error> {
    match error {
        ConnectionError::Io(error)
        | ConnectionError::MqttState(
            StateError::Io(error) | StateError::Deserialization(rumqttc::Error::Io(error)),
        ) => Some(error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_takeover_and_a_close_are_final() {
        let ended = |reason_code| {
            Offline::of(StateError::ServerDisconnect { reason_code, reason_string: None }.into())
        };
        assert_eq!(ended(DisconnectReasonCode::SessionTakenOver), Offline::TakenOver);
        assert_eq!(ended(DisconnectReasonCode::MaximumConnectTime), Offline::ProofEnded);
        assert!(Offline::TakenOver.is_final() && Offline::Closed.is_final());
        let drained = ended(DisconnectReasonCode::ServerShuttingDown);
        assert_eq!(drained, Offline::Ended("ServerShuttingDown".to_owned()));
        // A proof may be right again, and a server back.
        assert!(!drained.is_final() && !Offline::NotAuthorized.is_final());
    }
}
