//! The properties of MQTT 5: one table of what each is called, what it holds and which packets may carry it.
//!
//! Both the decoder and the encoder read this table, so they can't disagree. `[MQTT5-2.2.2.2]`

/// A property's identifier on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Property {
    PayloadFormat = 0x01,
    MessageExpiry = 0x02,
    ContentType = 0x03,
    ResponseTopic = 0x08,
    CorrelationData = 0x09,
    SubscriptionId = 0x0b,
    SessionExpiry = 0x11,
    AssignedClientId = 0x12,
    ServerKeepAlive = 0x13,
    AuthenticationMethod = 0x15,
    AuthenticationData = 0x16,
    RequestProblemInformation = 0x17,
    WillDelay = 0x18,
    RequestResponseInformation = 0x19,
    ResponseInformation = 0x1a,
    ServerReference = 0x1c,
    ReasonString = 0x1f,
    ReceiveMaximum = 0x21,
    TopicAliasMaximum = 0x22,
    TopicAlias = 0x23,
    MaximumQos = 0x24,
    RetainAvailable = 0x25,
    User = 0x26,
    MaximumPacketSize = 0x27,
    WildcardSubscriptions = 0x28,
    SubscriptionIdentifiers = 0x29,
    SharedSubscriptions = 0x2a,
}

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Byte,
    Two,
    Four,
    Variable,
    Text,
    Binary,
    Pair,
}

/// Where a property section stands. The four acknowledgements of PUBLISH carry the same properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Carrier {
    Connect = 1 << 0,
    Will = 1 << 1,
    Connack = 1 << 2,
    Publish = 1 << 3,
    Acknowledge = 1 << 4,
    Subscribe = 1 << 5,
    Suback = 1 << 6,
    Unsubscribe = 1 << 7,
    Unsuback = 1 << 8,
    Disconnect = 1 << 9,
    Auth = 1 << 10,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) property: Property,
    pub(crate) kind: Kind,
    carriers: u16,
}

impl Row {
    /// The row of the property with this number. Every number is below 128, so the variable length integer
    /// that it is on the wire is always this one byte.
    pub(crate) fn of(number: u8) -> Option<&'static Row> {
        ROWS.get(usize::from(*PLACES.get(usize::from(number))?))
    }

    pub(crate) const fn may_stand_in(&self, carrier: Carrier) -> bool {
        self.carriers & carrier as u16 != 0
    }

    /// User properties may repeat, and in a PUBLISH subscription identifiers: one for each subscription it
    /// matched.
    pub(crate) fn may_repeat_in(&self, carrier: Carrier) -> bool {
        self.property == Property::User
            || (self.property == Property::SubscriptionId && carrier == Carrier::Publish)
    }
}

const CONNECT: u16 = Carrier::Connect as u16;
const WILL: u16 = Carrier::Will as u16;
const CONNACK: u16 = Carrier::Connack as u16;
const PUBLISH: u16 = Carrier::Publish as u16;
const SUBSCRIBE: u16 = Carrier::Subscribe as u16;
const DISCONNECT: u16 = Carrier::Disconnect as u16;
const AUTH: u16 = Carrier::Auth as u16;
const ANSWERS: u16 = CONNACK
    | Carrier::Acknowledge as u16
    | Carrier::Suback as u16
    | Carrier::Unsuback as u16
    | DISCONNECT
    | AUTH;
const ALL: u16 = (1 << 11) - 1;

static ROWS: [Row; 27] = [
    row(Property::PayloadFormat, Kind::Byte, PUBLISH | WILL),
    row(Property::MessageExpiry, Kind::Four, PUBLISH | WILL),
    row(Property::ContentType, Kind::Text, PUBLISH | WILL),
    row(Property::ResponseTopic, Kind::Text, PUBLISH | WILL),
    row(Property::CorrelationData, Kind::Binary, PUBLISH | WILL),
    row(Property::SubscriptionId, Kind::Variable, PUBLISH | SUBSCRIBE),
    row(Property::SessionExpiry, Kind::Four, CONNECT | CONNACK | DISCONNECT),
    row(Property::AssignedClientId, Kind::Text, CONNACK),
    row(Property::ServerKeepAlive, Kind::Two, CONNACK),
    row(Property::AuthenticationMethod, Kind::Text, CONNECT | CONNACK | AUTH),
    row(Property::AuthenticationData, Kind::Binary, CONNECT | CONNACK | AUTH),
    row(Property::RequestProblemInformation, Kind::Byte, CONNECT),
    row(Property::WillDelay, Kind::Four, WILL),
    row(Property::RequestResponseInformation, Kind::Byte, CONNECT),
    row(Property::ResponseInformation, Kind::Text, CONNACK),
    row(Property::ServerReference, Kind::Text, CONNACK | DISCONNECT),
    row(Property::ReasonString, Kind::Text, ANSWERS),
    row(Property::ReceiveMaximum, Kind::Two, CONNECT | CONNACK),
    row(Property::TopicAliasMaximum, Kind::Two, CONNECT | CONNACK),
    row(Property::TopicAlias, Kind::Two, PUBLISH),
    row(Property::MaximumQos, Kind::Byte, CONNACK),
    row(Property::RetainAvailable, Kind::Byte, CONNACK),
    row(Property::User, Kind::Pair, ALL),
    row(Property::MaximumPacketSize, Kind::Four, CONNECT | CONNACK),
    row(Property::WildcardSubscriptions, Kind::Byte, CONNACK),
    row(Property::SubscriptionIdentifiers, Kind::Byte, CONNACK),
    row(Property::SharedSubscriptions, Kind::Byte, CONNACK),
];

const fn row(property: Property, kind: Kind, carriers: u16) -> Row {
    Row { property, kind, carriers }
}

/// Where in [`ROWS`] the property with each number stands; a place past the end for numbers without one.
static PLACES: [u8; 0x2b] = {
    let mut places = [u8::MAX; 0x2b];
    let mut place = 0;
    while place < ROWS.len() {
        places[ROWS[place].property as usize] = place as u8;
        place += 1;
    }
    places
};
