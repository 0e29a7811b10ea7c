//! CONNECT, after its fixed header.

use super::sink::{Section, Sink};
use super::words;
use crate::packet::{Connect, Version, Will, WillProperties};
use crate::property::Property;

pub(super) fn connect(connect: &Connect, sink: &mut impl Sink) {
    sink.binary(b"MQTT");
    sink.byte(match connect.version {
        Version::V3 => 4,
        Version::V5 => 5,
    });
    sink.byte(flags(connect));
    sink.two(connect.keep_alive);
    if connect.version == Version::V5 {
        sink.section(connect);
    }
    sink.binary(connect.client_id.as_bytes());
    if let Some(will) = &connect.will {
        write_will(will, connect.version, sink);
    }
    if let Some(name) = &connect.user_name {
        sink.binary(name.as_bytes());
    }
    if let Some(password) = &connect.password {
        sink.binary(&password.0);
    }
}

fn flags(connect: &Connect) -> u8 {
    let will = connect.will.as_ref().map_or(0, |will| {
        let retain = u8::from(will.retain);
        1 << 2 | (will.qos as u8) << 3 | retain << 5
    });
    let clean = u8::from(connect.clean_start);
    let password = u8::from(connect.password.is_some());
    let name = u8::from(connect.user_name.is_some());
    clean << 1 | will | password << 6 | name << 7
}

fn write_will(will: &Will, version: Version, sink: &mut impl Sink) {
    if version == Version::V5 {
        sink.section(&will.properties);
    }
    sink.binary(will.topic.as_bytes());
    sink.binary(&will.payload);
}

impl Section for &Connect {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.four_property(Property::SessionExpiry, self.session_expiry);
        sink.two_property(Property::ReceiveMaximum, self.receive_maximum.map(|number| number.get()));
        sink.four_property(Property::MaximumPacketSize, self.maximum_packet_size.map(|number| number.get()));
        sink.two_property(Property::TopicAliasMaximum, self.topic_alias_maximum);
        sink.boolean_property(Property::RequestResponseInformation, self.request_response_information);
        sink.boolean_property(Property::RequestProblemInformation, self.request_problem_information);
        sink.user_properties(words(&self.user_properties));
        sink.text_property(Property::AuthenticationMethod, self.authentication_method.as_deref());
        sink.binary_property(Property::AuthenticationData, self.authentication_data.as_deref());
    }
}

impl Section for &WillProperties {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.four_property(Property::WillDelay, self.delay);
        sink.byte_property(Property::PayloadFormat, self.payload_format);
        sink.four_property(Property::MessageExpiry, self.message_expiry);
        sink.text_property(Property::ContentType, self.content_type.as_deref());
        sink.text_property(Property::ResponseTopic, self.response_topic.as_deref());
        sink.binary_property(Property::CorrelationData, self.correlation_data.as_deref());
        sink.user_properties(words(&self.user_properties));
    }
}
