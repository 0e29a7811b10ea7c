//! DISCONNECT and AUTH, after their fixed header.

use super::sink::{Section, Sink, count};
use super::words;
use crate::ReasonCode;
use crate::packet::{Auth, Disconnect, Version};
use crate::property::Property;

/// A normal end without a word has no body. `[MQTT5-3.14.2.1]` A code could stand without the length of properties
/// that are not there; it is written all the same, because clients are in use that wait for it.
pub(super) fn disconnect(disconnect: &Disconnect, version: Version, sink: &mut impl Sink) {
    if version == Version::V3 || (disconnect.code == ReasonCode::Success && is_empty(&disconnect)) {
        return;
    }
    sink.code(disconnect.code);
    sink.section(disconnect);
}

/// Only success without a word has no body. `[MQTT5-3.15.2.1]`
pub(super) fn auth(auth: &Auth, version: Version, sink: &mut impl Sink) {
    assert_eq!(version, Version::V5, "3.1.1 has no AUTH");
    if auth.code == ReasonCode::Success && is_empty(&auth) {
        return;
    }
    sink.code(auth.code);
    sink.section(auth);
}

fn is_empty(properties: &impl Section) -> bool {
    count(|sum| properties.write(sum)) == 0
}

impl Section for &Disconnect {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.four_property(Property::SessionExpiry, self.session_expiry);
        sink.text_property(Property::ReasonString, self.reason.as_deref());
        sink.user_properties(words(&self.user_properties));
        sink.text_property(Property::ServerReference, self.server_reference.as_deref());
    }
}

impl Section for &Auth {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.text_property(Property::AuthenticationMethod, self.method.as_deref());
        sink.binary_property(Property::AuthenticationData, self.data.as_deref());
        sink.text_property(Property::ReasonString, self.reason.as_deref());
        sink.user_properties(words(&self.user_properties));
    }
}
