//! Everything that can be wrong with bytes: one rule of the standard for each.

use crate::ReasonCode;

/// What is wrong with the bytes. Each names one rule; none repeats what a client sent, except numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    // The frame.
    /// A length of more than four bytes. `[MQTT5-1.5.5]`
    #[error("a variable length integer takes more than four bytes")]
    Length,
    /// A length in more bytes than it needs; 3.1.1 has no such rule for a packet's length. `[MQTT5-1.5.5-1]`
    #[error("a variable length integer is not written in the shortest way")]
    LengthNotShortest,
    /// A packet of more bytes than we said we take. `[MQTT5-3.2.2-15]`
    #[error("a packet of {bytes} bytes is over the limit of {limit}")]
    TooLarge {
        /// What the header announced, header included.
        bytes: u32,
        /// [`crate::Limits::packet`].
        limit: u32,
    },
    /// A type that this version does not have. `[MQTT5-2.1.2]`
    #[error("packet type {0} does not exist in this version")]
    PacketType(u8),
    /// Flags of the first byte that are not as the standard sets them. `[MQTT5-2.1.3-1]` `[MQTT3-2.2.2-2]`
    #[error("the reserved flags of the first byte are wrong")]
    Flags,
    /// A packet that only the other side sends. `[MQTT5-2.1.2]`
    #[error("only the other side may send this packet")]
    WrongSide,
    /// Something else before CONNECT. `[MQTT5-3.1.0-1]` `[MQTT3-3.1.0-1]`
    #[error("the first packet is not a CONNECT")]
    ConnectExpected,
    /// A second CONNECT. `[MQTT5-3.1.0-2]` `[MQTT3-3.1.0-2]`
    #[error("a second CONNECT on one connection")]
    ConnectRepeated,
    /// A field reaches over the end of its packet. `[MQTT5-4.13.1]`
    #[error("the packet ends inside a field")]
    Truncated,
    /// Bytes after the last field. `[MQTT5-4.13.1]`
    #[error("the packet goes on after its last field")]
    Trailing,

    // Fields of many packets.
    /// `[MQTT5-1.5.4-1]` `[MQTT3-1.5.3-1]`
    #[error("a string is not UTF-8")]
    NotUtf8,
    /// `[MQTT5-1.5.4-2]` `[MQTT3-1.5.3-2]`
    #[error("a string contains U+0000")]
    Nul,
    /// `[MQTT5-2.2.1-3]` `[MQTT3-2.3.1-1]`
    #[error("the packet identifier is 0")]
    PacketIdZero,
    /// A reason code that this packet, from this side, may not carry. `[MQTT5-3.14.2-1]` and its siblings.
    #[error("this packet may not carry the reason code 0x{0:02x}")]
    CodeNotAllowed(u8),

    // Properties.
    /// `[MQTT5-2.2.2.2]`
    #[error("there is no property 0x{0:02x}")]
    PropertyUnknown(u8),
    /// `[MQTT5-2.2.2.2]`: a malformed packet.
    #[error("this packet may not carry the property 0x{0:02x}")]
    PropertyForeign(u8),
    /// `[MQTT5-2.2.2.2]` and each property's own section: a protocol error.
    #[error("the property 0x{0:02x} stands twice")]
    PropertyTwice(u8),
    /// A property that is a yes or no is something else. `[MQTT5-3.1.2.11.6]` and its siblings.
    #[error("the property 0x{0:02x} is neither 0 nor 1")]
    PropertyNotBoolean(u8),
    /// Receive Maximum or Maximum Packet Size. `[MQTT5-3.1.2.11.3]` `[MQTT5-3.1.2.11.4]`
    #[error("the property 0x{0:02x} is 0")]
    PropertyZero(u8),

    // CONNECT.
    /// `[MQTT5-3.1.2-1]` `[MQTT3-3.1.2-1]`
    #[error("the protocol is not called MQTT")]
    ProtocolName,
    /// `[MQTT5-3.1.2-2]` `[MQTT3-3.1.2-2]`
    #[error("protocol version {0} is not spoken here")]
    ProtocolVersion(u8),
    /// `[MQTT5-3.1.2-3]` `[MQTT3-3.1.2-3]`
    #[error("the reserved connect flag is set")]
    ConnectFlags,
    /// `[MQTT5-3.1.2-12]` `[MQTT3-3.1.2-14]`
    #[error("the will QoS is 3")]
    WillQos,
    /// `[MQTT5-3.1.2-11]` `[MQTT5-3.1.2-13]` `[MQTT3-3.1.2-11]`
    #[error("will QoS or will retain without a will")]
    WillMissing,
    /// MQTT 5 allows it. `[MQTT3-3.1.2-22]`
    #[error("a password without a user name")]
    UserNameMissing,
    /// MQTT 5 lets the server give a name. `[MQTT3-3.1.3-8]`
    #[error("an empty client identifier without a clean session")]
    ClientIdMissing,
    /// `[MQTT5-3.1.2.11.10]` `[MQTT5-3.15.2.2.2]`
    #[error("authentication without a method")]
    AuthenticationMethodMissing,

    // CONNACK.
    /// `[MQTT5-3.2.2-1]` `[MQTT3-3.2.2.1]`
    #[error("a reserved acknowledge flag is set")]
    ConnackFlags,
    /// `[MQTT5-3.2.2-6]` `[MQTT3-3.2.2-4]`
    #[error("a refused connection with a session present")]
    SessionOfRefused,

    // Topic names.
    /// `[MQTT5-3.3.1-4]` `[MQTT3-3.3.1-4]`
    #[error("the QoS is 3")]
    Qos,
    /// `[MQTT5-3.3.1-2]` `[MQTT3-3.3.1-2]`
    #[error("QoS 0 and DUP")]
    DupWithoutQos,
    /// `[MQTT5-3.3.2-2]` `[MQTT5-3.3.2-14]` `[MQTT3-3.3.2-2]`
    #[error("a topic name contains a wildcard")]
    TopicWildcard,
    /// `[MQTT5-4.7.3-1]` `[MQTT3-4.7.3-1]`
    #[error("a topic name is empty")]
    TopicEmpty,
    /// `[MQTT5-3.3.2.1]`: a protocol error.
    #[error("neither topic name nor topic alias")]
    TopicMissing,
    /// Legal, but over [`crate::Limits::topic_bytes`].
    #[error("a topic name is longer than {0} bytes")]
    TopicTooLong(usize),
    /// Legal, but over [`crate::Limits::topic_levels`].
    #[error("a topic name has more than {0} levels")]
    TopicTooDeep(usize),
    /// `[MQTT5-3.3.2-8]`
    #[error("the topic alias is 0")]
    AliasZero,
    /// `[MQTT5-3.3.2-9]` `[MQTT5-3.3.2-11]`
    #[error("the topic alias {alias} is over the maximum of {maximum}")]
    AliasTooHigh {
        /// What came.
        alias: u16,
        /// [`crate::Limits::topic_alias_maximum`].
        maximum: u16,
    },
    /// `[MQTT5-3.3.2.3.2]`
    #[error("the payload says that it is UTF-8 and is not")]
    PayloadNotUtf8,
    /// `[MQTT5-3.3.4-6]`
    #[error("a subscription identifier in a client's PUBLISH")]
    SubscriptionIdFromClient,

    // Topic filters.
    /// `[MQTT5-3.8.3-2]` `[MQTT5-3.10.3-2]` `[MQTT3-3.8.3-3]` `[MQTT3-3.10.3-2]`
    #[error("no topic filter")]
    FilterMissing,
    /// Legal, but over [`crate::Limits::filters`].
    #[error("more than {0} topic filters")]
    TooManyFilters(usize),
    /// `[MQTT5-3.8.3-5]` `[MQTT3-3.8.3-4]`
    #[error("reserved subscription options are set")]
    SubscriptionOptions,
    /// `[MQTT5-3.8.3.1]` `[MQTT3-3.8.3-4]`
    #[error("the QoS wanted is 3")]
    SubscriptionQos,
    /// `[MQTT5-3.8.3.1]`
    #[error("retain handling is 3")]
    RetainHandling,
    /// `[MQTT5-3.8.2.1.2]` `[MQTT5-3.3.2.3.8]`
    #[error("the subscription identifier is 0")]
    SubscriptionIdZero,
    /// `[MQTT5-3.8.3-4]`
    #[error("no local on a shared subscription")]
    NoLocalShared,
    /// `[MQTT5-4.7.3-1]` `[MQTT3-4.7.3-1]`
    #[error("a topic filter is empty")]
    FilterEmpty,
    /// `[MQTT5-4.7.1-1]` `[MQTT3-4.7.1-2]`
    #[error("`#` is not alone on the last level of its filter")]
    FilterHash,
    /// `[MQTT5-4.7.1-2]` `[MQTT3-4.7.1-3]`
    #[error("`+` is not alone on its level")]
    FilterPlus,
    /// `[MQTT5-4.8.2-1]` `[MQTT5-4.8.2-2]`
    #[error("not of the form $share/name/filter")]
    FilterShare,
    /// Legal, but over [`crate::Limits::topic_bytes`].
    #[error("a topic filter is longer than {0} bytes")]
    FilterTooLong(usize),
    /// Legal, but over [`crate::Limits::topic_levels`].
    #[error("a topic filter has more than {0} levels")]
    FilterTooDeep(usize),

    // SUBACK, UNSUBACK and DISCONNECT.
    /// `[MQTT5-3.9.3-1]` `[MQTT5-3.11.3-1]` `[MQTT3-3.8.4-5]`
    #[error("an answer without a code")]
    CodeMissing,
    /// `[MQTT5-3.14.2-2]`
    #[error("a session expiry in a server's DISCONNECT")]
    SessionExpiryFromServer,
    /// Only a server knows of other servers. `[MQTT5-3.14.2.3.5]`
    #[error("a server reference in a client's DISCONNECT")]
    ServerReferenceFromClient,
}

impl Flaw {
    /// The reason code that MQTT 5 has for it. Bytes that can't be parsed are malformed, parsed ones that break a
    /// rule are a protocol error (`[MQTT5-4.13.1]`), unless the standard says otherwise or has a better word.
    #[must_use]
    pub fn code(&self) -> ReasonCode {
        use Flaw::*;
        match self {
            Length | LengthNotShortest | PacketType(_) | Flags | Truncated | Trailing => {
                ReasonCode::MalformedPacket
            }
            NotUtf8 | Nul | PropertyUnknown(_) | PropertyForeign(_) | ConnectFlags | ConnackFlags => {
                ReasonCode::MalformedPacket
            }
            WillQos | Qos | SubscriptionOptions => ReasonCode::MalformedPacket,
            TooLarge { .. } => ReasonCode::PacketTooLarge,
            ProtocolName | ProtocolVersion(_) => ReasonCode::UnsupportedProtocolVersion,
            ClientIdMissing => ReasonCode::ClientIdentifierNotValid,
            TopicWildcard | TopicEmpty | TopicTooLong(_) | TopicTooDeep(_) => ReasonCode::TopicNameInvalid,
            AliasZero | AliasTooHigh { .. } => ReasonCode::TopicAliasInvalid,
            PayloadNotUtf8 => ReasonCode::PayloadFormatInvalid,
            FilterEmpty | FilterHash | FilterPlus | FilterShare | FilterTooLong(_) | FilterTooDeep(_) => {
                ReasonCode::TopicFilterInvalid
            }
            TooManyFilters(_) => ReasonCode::QuotaExceeded,
            WrongSide | ConnectExpected | ConnectRepeated | PacketIdZero | CodeNotAllowed(_) => {
                ReasonCode::ProtocolError
            }
            PropertyTwice(_) | PropertyNotBoolean(_) | PropertyZero(_) => ReasonCode::ProtocolError,
            WillMissing | UserNameMissing | AuthenticationMethodMissing | SessionOfRefused => {
                ReasonCode::ProtocolError
            }
            DupWithoutQos | TopicMissing | SubscriptionIdFromClient | FilterMissing | SubscriptionQos => {
                ReasonCode::ProtocolError
            }
            RetainHandling | SubscriptionIdZero | NoLocalShared | CodeMissing => ReasonCode::ProtocolError,
            SessionExpiryFromServer | ServerReferenceFromClient => ReasonCode::ProtocolError,
        }
    }
}
