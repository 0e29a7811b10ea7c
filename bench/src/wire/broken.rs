//! Why a connection came to its end too early.

/// The reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The system says so.
    #[error("{0}")]
    Socket(std::io::ErrorKind),
    /// TLS was not agreed on; why not.
    #[error("TLS was not agreed on: {0}")]
    Handshake(String),
    /// The server closed it.
    #[error("the server closed it")]
    Closed,
    /// The server said goodbye, with this code of MQTT 5.
    #[error("the server ended it with code 0x{0:02x}")]
    Dismissed(u8),
    /// The server refused it, with this code of MQTT 5.
    #[error("the server refused it with code 0x{0:02x}")]
    Refused(u8),
    /// The server does not know the session that it was to keep.
    #[error("the server has forgotten its session")]
    Forgotten,
    /// Where a WebSocket was wanted there is none, but this status of HTTP.
    #[error("the server answered the WebSocket with {0}")]
    NoWebSocket(u16),
    /// What came is no MQTT, or not to be expected.
    #[error("the server sent something that does not belong there")]
    Nonsense,
    /// It took too long.
    #[error("the server took too long")]
    Late,
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Broken {
        match error.kind() {
            // By TLS, where an end without a goodbye is an error.
            std::io::ErrorKind::UnexpectedEof => Broken::Closed,
            kind => Broken::Socket(kind),
        }
    }
}
