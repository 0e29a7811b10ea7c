//! CONNACK, after its fixed header.

use super::sink::{Section, Sink};
use super::words;
use crate::packet::{Connack, ConnackProperties, Version};
use crate::property::Property;
use crate::return_code;

pub(super) fn connack(connack: &Connack, version: Version, sink: &mut impl Sink) {
    // [MQTT5-3.2.2-6]: a refusal never has a session.
    sink.byte(u8::from(connack.session_present && !connack.code.is_refusal()));
    match version {
        Version::V3 => sink.byte(return_code::nearest(connack.code)),
        Version::V5 => {
            sink.code(connack.code);
            sink.section(&connack.properties);
        }
    }
}

impl Section for &ConnackProperties {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.four_property(Property::SessionExpiry, self.session_expiry);
        sink.two_property(Property::ReceiveMaximum, self.receive_maximum.map(|number| number.get()));
        sink.byte_property(Property::MaximumQos, self.maximum_qos);
        sink.boolean_property(Property::RetainAvailable, self.retain_available);
        sink.four_property(Property::MaximumPacketSize, self.maximum_packet_size.map(|number| number.get()));
        sink.text_property(Property::AssignedClientId, self.assigned_client_id.as_deref());
        sink.two_property(Property::TopicAliasMaximum, self.topic_alias_maximum);
        sink.text_property(Property::ReasonString, self.reason.as_deref());
        sink.user_properties(words(&self.user_properties));
        sink.boolean_property(Property::WildcardSubscriptions, self.wildcard_subscriptions);
        sink.boolean_property(Property::SubscriptionIdentifiers, self.subscription_identifiers);
        sink.boolean_property(Property::SharedSubscriptions, self.shared_subscriptions);
        sink.two_property(Property::ServerKeepAlive, self.server_keep_alive);
        sink.text_property(Property::ResponseInformation, self.response_information.as_deref());
        sink.text_property(Property::ServerReference, self.server_reference.as_deref());
        sink.text_property(Property::AuthenticationMethod, self.authentication_method.as_deref());
        sink.binary_property(Property::AuthenticationData, self.authentication_data.as_deref());
    }
}
