//! Who connects, and with which words.

use super::Broken;
use crate::folk::Person;
use mqtt::ReasonCode;
use mqtt::packet::{
    Connack, Connect, Packet, PacketId, Qos, RetainHandling, Subscribe, Subscription, UserProperties, Version,
};
use std::num::NonZeroU16;

/// Seconds of silence the server shall bear: longer than any run, so that nobody has to send PINGREQ. Not 0, which
/// some servers take for no time at all.
const KEEP_ALIVE: u16 = u16::MAX;

/// How long a session that shall be found again is kept, in seconds: longer than anybody is away.
const KEPT: u32 = 3_600;

/// Where a user hears what is said in all their rooms.
pub(crate) const EVERYTHING: &str = "rooms/+/said";

/// What becomes of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Session {
    /// It ends with the connection.
    Ends,
    /// It begins anew, and outlives the connection.
    Begins,
    /// It began before.
    GoesOn,
}

/// One who connects.
#[derive(Debug, Clone)]
pub(crate) struct Guest {
    /// Counted over all of the load: it chooses the source address.
    pub(crate) number: usize,
    /// The device.
    pub(crate) client_id: String,
    /// Who it is, where the server wants to know.
    pub(crate) person: Option<Person>,
    /// The version it speaks.
    pub(crate) version: Version,
    /// What becomes of its session.
    pub(crate) session: Session,
}

impl Guest {
    /// The only device of a person, which speaks MQTT 5.
    pub(crate) fn of(person: &Person, number: usize, session: Session) -> Guest {
        let client_id = format!("bench-{number}");
        Guest { number, client_id, person: Some(person.clone()), version: Version::V5, session }
    }

    /// Another device of a person, to say something in a room.
    pub(crate) fn to_say(person: &Person, number: usize, room: u32) -> Guest {
        let client_id = format!("bench-say-{room}");
        Guest { client_id, ..Guest::of(person, number, Session::Ends) }
    }

    /// The same device when it comes back.
    pub(crate) fn again(&self) -> Guest {
        Guest { session: Session::GoesOn, ..self.clone() }
    }

    /// Its CONNECT.
    pub(crate) fn connect(&self) -> Packet {
        let (clean_start, session_expiry) = match (self.session, self.version) {
            (Session::Ends, _) => (true, None),
            (Session::Begins, Version::V5) => (true, Some(KEPT)),
            // In 3.1.1 a clean session ends with its connection: one that is kept can't begin anew.
            (Session::Begins, Version::V3) => (false, None),
            (Session::GoesOn, version) => (false, (version == Version::V5).then_some(KEPT)),
        };
        Packet::Connect(Box::new(Connect {
            clean_start,
            keep_alive: KEEP_ALIVE,
            user_name: self.person.as_ref().map(|person| person.name.clone()),
            password: self.person.as_ref().map(|person| person.password.clone()),
            session_expiry,
            ..Connect::new(self.version, self.client_id.clone())
        }))
    }

    /// The answer to it. A session that shall go on must be found.
    pub(crate) fn welcomed(&self, answer: Packet) -> Result<Connack, Broken> {
        match answer {
            Packet::Connack(connack) if connack.code != ReasonCode::Success => {
                Err(Broken::Refused(connack.code as u8))
            }
            Packet::Connack(connack) if self.session == Session::GoesOn && !connack.session_present => {
                Err(Broken::Forgotten)
            }
            Packet::Connack(connack) => Ok(*connack),
            _ => Err(Broken::Nonsense),
        }
    }
}

/// The answer to a SUBSCRIBE of so many filters with this QoS. A server that grants another bears another load.
pub(crate) fn granted(answer: &Packet, filters: usize, qos: Qos) -> Result<(), Broken> {
    let Packet::Suback(suback) = answer else { return Err(Broken::Nonsense) };
    let other = suback.codes.iter().map(|&code| code as u8).find(|&code| code != qos as u8);
    match other {
        Some(code) => Err(Broken::Refused(code)),
        None if suback.codes.len() == filters => Ok(()),
        None => Err(Broken::Nonsense),
    }
}

/// A SUBSCRIBE to these filters.
pub(crate) fn subscribe(filters: &[impl AsRef<str>], qos: Qos) -> Packet {
    wishing(filters, qos, Vec::new())
}

/// A SUBSCRIBE to one room, from the beginning of its log (`topics.md`, "Subscribing").
pub(crate) fn hear_again(filter: &str) -> Packet {
    wishing(&[filter], Qos::AtLeastOnce, vec![("since".to_owned(), "0".to_owned())])
}

fn wishing(filters: &[impl AsRef<str>], qos: Qos, user_properties: UserProperties) -> Packet {
    let subscription = |filter: &str| Subscription {
        filter: filter.to_owned(),
        qos,
        no_local: false,
        retain_as_published: false,
        retain_handling: RetainHandling::Never,
    };
    Packet::Subscribe(Box::new(Subscribe {
        packet_id: PacketId(NonZeroU16::MIN),
        subscriptions: filters.iter().map(|filter| subscription(filter.as_ref())).collect(),
        subscription_id: None,
        user_properties,
    }))
}
