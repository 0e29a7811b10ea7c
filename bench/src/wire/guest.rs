//! Who connects, and with which words.

use crate::folk::Person;
use mqtt::packet::{Connect, Packet, PacketId, Qos, RetainHandling, Subscribe, Subscription, Version};
use std::num::NonZeroU16;

/// Seconds of silence the server shall bear: longer than any run, so that nobody has to send PINGREQ. Not 0, which
/// some servers take for no time at all.
const KEEP_ALIVE: u16 = u16::MAX;

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
}

impl Guest {
    /// The only device of a person, which speaks MQTT 5.
    pub(crate) fn of(person: &Person, number: usize) -> Guest {
        let client_id = format!("bench-{number}");
        Guest { number, client_id, person: Some(person.clone()), version: Version::V5 }
    }

    /// Its CONNECT.
    pub(super) fn connect(&self) -> Packet {
        Packet::Connect(Box::new(Connect {
            version: self.version,
            clean_start: true,
            keep_alive: KEEP_ALIVE,
            client_id: self.client_id.clone(),
            user_name: self.person.as_ref().map(|person| person.name.clone()),
            password: self.person.as_ref().map(|person| person.password.clone()),
            will: None,
            session_expiry: None,
            receive_maximum: None,
            maximum_packet_size: None,
            topic_alias_maximum: None,
            request_response_information: None,
            request_problem_information: None,
            user_properties: Vec::new(),
            authentication_method: None,
            authentication_data: None,
        }))
    }
}

/// A SUBSCRIBE to one filter.
pub(super) fn subscribe(filter: &str, qos: Qos) -> Packet {
    Packet::Subscribe(Box::new(Subscribe {
        packet_id: PacketId(NonZeroU16::MIN),
        subscriptions: vec![Subscription {
            filter: filter.to_owned(),
            qos,
            no_local: false,
            retain_as_published: false,
            retain_handling: RetainHandling::Never,
        }],
        subscription_id: None,
        user_properties: Vec::new(),
    }))
}
