//! Bytes the standard forbids, and what to answer.

use crate::packet::Version;
use crate::{Flaw, ReasonCode};

/// Why bytes were not accepted as a packet, and how the connection ends because of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{flaw}")]
pub struct Rejection {
    /// What is wrong.
    pub flaw: Flaw,
    /// What the other side is told before the connection closes.
    pub answer: Answer,
}

/// What is sent before the connection closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A CONNACK of MQTT 5 with this code.
    Connack5(ReasonCode),
    /// A CONNACK of 3.1.1 with this return code, 1 to 5.
    Connack3(u8),
    /// A DISCONNECT of MQTT 5 with this code.
    Disconnect(ReasonCode),
    /// Nothing: 3.1.1 has no word for it, or the sender is no MQTT client at all.
    Close,
}

impl Rejection {
    /// Of a packet after the CONNECT. 3.1.1 gives the server no way to say why. `[MQTT3-4.8.0-1]`
    pub(crate) fn of_packet(flaw: Flaw, version: Version) -> Rejection {
        let answer = match version {
            Version::V5 => Answer::Disconnect(flaw.code()),
            Version::V3 => Answer::Close,
        };
        Rejection { flaw, answer }
    }

    /// Of a CONNECT whose version is known. 3.1.1 has a return code for one flaw only. `[MQTT3-3.1.3-8]`
    pub(crate) fn of_connect(flaw: Flaw, version: Version) -> Rejection {
        let answer = match (version, &flaw) {
            (Version::V5, _) => Answer::Connack5(flaw.code()),
            (Version::V3, Flaw::ClientIdMissing) => Answer::Connack3(2),
            (Version::V3, _) => Answer::Close,
        };
        Rejection { flaw, answer }
    }

    /// Of something that is no CONNECT of either version: nothing would be understood.
    pub(crate) fn of_stranger(flaw: Flaw) -> Rejection {
        Rejection { flaw, answer: Answer::Close }
    }
}
