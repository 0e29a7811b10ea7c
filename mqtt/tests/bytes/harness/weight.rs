//! How much memory a packet holds, reserved room included.

use bytes::Bytes;
use mqtt::packet::{ConnackProperties, Connect, Packet, Publish, UserProperties, Will};
use std::mem::size_of_val;

/// Bytes on the heap.
pub(crate) fn of(packet: &Packet) -> usize {
    match packet {
        Packet::Connect(connect) => of_connect(connect),
        Packet::Connack(connack) => size_of_val(&**connack) + of_connack(&connack.properties),
        Packet::Publish(publish) => of_publish(publish),
        Packet::Puback(answer)
        | Packet::Pubrec(answer)
        | Packet::Pubrel(answer)
        | Packet::Pubcomp(answer) => text(&answer.reason) + pairs(&answer.user_properties),
        Packet::Subscribe(subscribe) => {
            let filters = subscribe.subscriptions.iter().map(|subscription| subscription.filter.capacity());
            size_of_val(&**subscribe)
                + list(&subscribe.subscriptions)
                + filters.sum::<usize>()
                + pairs(&subscribe.user_properties)
        }
        Packet::Suback(answer) => {
            size_of_val(&**answer)
                + list(&answer.codes)
                + text(&answer.reason)
                + pairs(&answer.user_properties)
        }
        Packet::Unsubscribe(unsubscribe) => {
            let filters = unsubscribe.filters.iter().map(String::capacity);
            size_of_val(&**unsubscribe)
                + list(&unsubscribe.filters)
                + filters.sum::<usize>()
                + pairs(&unsubscribe.user_properties)
        }
        Packet::Unsuback(answer) => {
            size_of_val(&**answer)
                + list(&answer.codes)
                + text(&answer.reason)
                + pairs(&answer.user_properties)
        }
        Packet::Pingreq | Packet::Pingresp => 0,
        Packet::Disconnect(disconnect) => {
            size_of_val(&**disconnect)
                + text(&disconnect.reason)
                + text(&disconnect.server_reference)
                + pairs(&disconnect.user_properties)
        }
        Packet::Auth(auth) => {
            size_of_val(&**auth)
                + text(&auth.method)
                + binary(&auth.data)
                + text(&auth.reason)
                + pairs(&auth.user_properties)
        }
    }
}

fn of_connect(connect: &Connect) -> usize {
    size_of_val(connect)
        + connect.client_id.capacity()
        + text(&connect.user_name)
        + connect.password.as_ref().map_or(0, |password| password.0.len())
        + connect.will.as_deref().map_or(0, of_will)
        + pairs(&connect.user_properties)
        + text(&connect.authentication_method)
        + binary(&connect.authentication_data)
}

fn of_will(will: &Will) -> usize {
    let properties = &will.properties;
    size_of_val(will)
        + will.topic.capacity()
        + will.payload.len()
        + text(&properties.content_type)
        + text(&properties.response_topic)
        + binary(&properties.correlation_data)
        + pairs(&properties.user_properties)
}

fn of_connack(properties: &ConnackProperties) -> usize {
    text(&properties.assigned_client_id)
        + text(&properties.reason)
        + pairs(&properties.user_properties)
        + text(&properties.response_information)
        + text(&properties.server_reference)
        + text(&properties.authentication_method)
        + binary(&properties.authentication_data)
}

fn of_publish(publish: &Publish) -> usize {
    let properties = &publish.properties;
    size_of_val(publish)
        + publish.topic.capacity()
        + publish.payload.len()
        + text(&properties.response_topic)
        + binary(&properties.correlation_data)
        + pairs(&properties.user_properties)
        + list(&properties.subscription_ids)
        + text(&properties.content_type)
}

fn text(text: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::capacity)
}

fn binary(bytes: &Option<Bytes>) -> usize {
    bytes.as_ref().map_or(0, Bytes::len)
}

fn list<T>(list: &Vec<T>) -> usize {
    list.capacity() * size_of::<T>()
}

fn pairs(pairs: &UserProperties) -> usize {
    list(pairs) + pairs.iter().map(|(name, value)| name.capacity() + value.capacity()).sum::<usize>()
}
