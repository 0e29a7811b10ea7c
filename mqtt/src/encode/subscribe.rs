//! SUBSCRIBE and UNSUBSCRIBE, after their fixed header.

use super::sink::{Section, Sink};
use super::words;
use crate::packet::{Subscribe, Subscription, Unsubscribe, UserProperties, Version};
use crate::property::Property;

pub(super) fn subscribe(subscribe: &Subscribe, version: Version, sink: &mut impl Sink) {
    sink.packet_id(subscribe.packet_id);
    if version == Version::V5 {
        sink.section(subscribe);
    }
    for subscription in &subscribe.subscriptions {
        sink.binary(subscription.filter.as_bytes());
        sink.byte(options(subscription, version));
    }
}

const fn options(subscription: &Subscription, version: Version) -> u8 {
    let qos = subscription.qos as u8;
    match version {
        Version::V3 => qos,
        Version::V5 => {
            qos | (subscription.no_local as u8) << 2
                | (subscription.retain_as_published as u8) << 3
                | (subscription.retain_handling as u8) << 4
        }
    }
}

pub(super) fn unsubscribe(unsubscribe: &Unsubscribe, version: Version, sink: &mut impl Sink) {
    sink.packet_id(unsubscribe.packet_id);
    if version == Version::V5 {
        sink.section(&unsubscribe.user_properties);
    }
    for filter in &unsubscribe.filters {
        sink.binary(filter.as_bytes());
    }
}

impl Section for &Subscribe {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.variable_property(Property::SubscriptionId, self.subscription_id);
        sink.user_properties(words(&self.user_properties));
    }
}

impl Section for &UserProperties {
    fn write(&self, sink: &mut (impl Sink + ?Sized)) {
        sink.user_properties(words(self));
    }
}
