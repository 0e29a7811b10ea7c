//! Why, in MQTT's own numbers.

/// The reason codes of MQTT 5, named as in its section 2.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum ReasonCode {
    /// It went well; also normal disconnection and QoS 0 granted.
    Success = 0x00,
    /// Subscribed at QoS 1.
    GrantedQos1 = 0x01,
    /// Subscribed at QoS 2.
    GrantedQos2 = 0x02,
    /// The client leaves and wants its will published.
    DisconnectWithWill = 0x04,
    /// Accepted, and nobody listens.
    NoMatchingSubscribers = 0x10,
    /// There was nothing to unsubscribe.
    NoSubscriptionExisted = 0x11,
    /// Another step, please.
    ContinueAuthentication = 0x18,
    /// Begin again.
    Reauthenticate = 0x19,
    /// No better word.
    UnspecifiedError = 0x80,
    /// Bytes that are no packet.
    MalformedPacket = 0x81,
    /// A packet that may not be.
    ProtocolError = 0x82,
    /// Valid, but not here.
    ImplementationSpecificError = 0x83,
    /// Another version, please.
    UnsupportedProtocolVersion = 0x84,
    /// Not this client id.
    ClientIdentifierNotValid = 0x85,
    /// Who?
    BadUserNameOrPassword = 0x86,
    /// Not you.
    NotAuthorized = 0x87,
    /// Not now.
    ServerUnavailable = 0x88,
    /// Busy; later.
    ServerBusy = 0x89,
    /// Never again.
    Banned = 0x8a,
    /// The server leaves.
    ServerShuttingDown = 0x8b,
    /// Not this method.
    BadAuthenticationMethod = 0x8c,
    /// Silence for too long.
    KeepAliveTimeout = 0x8d,
    /// The same client connected again.
    SessionTakenOver = 0x8e,
    /// Well formed, but not a filter here.
    TopicFilterInvalid = 0x8f,
    /// Well formed, but not a topic here.
    TopicNameInvalid = 0x90,
    /// That number is taken.
    PacketIdentifierInUse = 0x91,
    /// That number is not known.
    PacketIdentifierNotFound = 0x92,
    /// More unacknowledged messages than agreed.
    ReceiveMaximumExceeded = 0x93,
    /// Not an alias here.
    TopicAliasInvalid = 0x94,
    /// More bytes than agreed.
    PacketTooLarge = 0x95,
    /// Too fast.
    MessageRateTooHigh = 0x96,
    /// Too much.
    QuotaExceeded = 0x97,
    /// Somebody decided it.
    AdministrativeAction = 0x98,
    /// The payload is not what it says.
    PayloadFormatInvalid = 0x99,
    /// Nothing is kept here.
    RetainNotSupported = 0x9a,
    /// Not at this QoS.
    QosNotSupported = 0x9b,
    /// Elsewhere, for now.
    UseAnotherServer = 0x9c,
    /// Elsewhere, for good.
    ServerMoved = 0x9d,
    /// No sharing here.
    SharedSubscriptionsNotSupported = 0x9e,
    /// Too many connections too fast.
    ConnectionRateExceeded = 0x9f,
    /// The time of this connection is over.
    MaximumConnectTime = 0xa0,
    /// No identifiers here.
    SubscriptionIdentifiersNotSupported = 0xa1,
    /// No wildcards here.
    WildcardSubscriptionsNotSupported = 0xa2,
}

impl ReasonCode {
    /// Every code, in order.
    pub const ALL: [ReasonCode; 43] = [
        ReasonCode::Success,
        ReasonCode::GrantedQos1,
        ReasonCode::GrantedQos2,
        ReasonCode::DisconnectWithWill,
        ReasonCode::NoMatchingSubscribers,
        ReasonCode::NoSubscriptionExisted,
        ReasonCode::ContinueAuthentication,
        ReasonCode::Reauthenticate,
        ReasonCode::UnspecifiedError,
        ReasonCode::MalformedPacket,
        ReasonCode::ProtocolError,
        ReasonCode::ImplementationSpecificError,
        ReasonCode::UnsupportedProtocolVersion,
        ReasonCode::ClientIdentifierNotValid,
        ReasonCode::BadUserNameOrPassword,
        ReasonCode::NotAuthorized,
        ReasonCode::ServerUnavailable,
        ReasonCode::ServerBusy,
        ReasonCode::Banned,
        ReasonCode::ServerShuttingDown,
        ReasonCode::BadAuthenticationMethod,
        ReasonCode::KeepAliveTimeout,
        ReasonCode::SessionTakenOver,
        ReasonCode::TopicFilterInvalid,
        ReasonCode::TopicNameInvalid,
        ReasonCode::PacketIdentifierInUse,
        ReasonCode::PacketIdentifierNotFound,
        ReasonCode::ReceiveMaximumExceeded,
        ReasonCode::TopicAliasInvalid,
        ReasonCode::PacketTooLarge,
        ReasonCode::MessageRateTooHigh,
        ReasonCode::QuotaExceeded,
        ReasonCode::AdministrativeAction,
        ReasonCode::PayloadFormatInvalid,
        ReasonCode::RetainNotSupported,
        ReasonCode::QosNotSupported,
        ReasonCode::UseAnotherServer,
        ReasonCode::ServerMoved,
        ReasonCode::SharedSubscriptionsNotSupported,
        ReasonCode::ConnectionRateExceeded,
        ReasonCode::MaximumConnectTime,
        ReasonCode::SubscriptionIdentifiersNotSupported,
        ReasonCode::WildcardSubscriptionsNotSupported,
    ];

    /// The code with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<ReasonCode> {
        let place = ReasonCode::ALL.binary_search_by_key(&number, |code| *code as u8).ok()?;
        Some(ReasonCode::ALL[place])
    }

    /// Whether it says no: 0x80 and above.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        self as u8 >= 0x80
    }
}
