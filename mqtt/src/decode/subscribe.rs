//! SUBSCRIBE and UNSUBSCRIBE, after their fixed header.

use super::properties::Properties;
use super::publish::subscription_id;
use super::reader::Reader;
use super::topic;
use crate::packet::{Qos, RetainHandling, Subscribe, Subscription, Unsubscribe, Version};
use crate::property::{Carrier, Property};
use crate::{Flaw, Limits};

const QOS: u8 = 0b0000_0011;
const NO_LOCAL: u8 = 0b0000_0100;
const RETAIN_AS_PUBLISHED: u8 = 0b0000_1000;
const RETAIN_HANDLING: u8 = 0b0011_0000;
const RESERVED: u8 = 0b1100_0000;

pub(super) fn subscribe(body: &[u8], version: Version, limits: &Limits) -> Result<Subscribe, Flaw> {
    let mut reader = Reader::new(body);
    let packet_id = reader.packet_id()?;
    let mut subscribe = Subscribe {
        packet_id,
        subscriptions: Vec::new(),
        subscription_id: None,
        user_properties: Vec::new(),
    };
    if version == Version::V5 {
        subscribe_properties(&mut reader, &mut subscribe)?;
    }
    while !reader.is_empty() {
        room_for_one_more(subscribe.subscriptions.len(), limits)?;
        subscribe.subscriptions.push(subscription(&mut reader, version, limits)?);
    }
    if subscribe.subscriptions.is_empty() { Err(Flaw::FilterMissing) } else { Ok(subscribe) }
}

pub(super) fn unsubscribe(body: &[u8], version: Version, limits: &Limits) -> Result<Unsubscribe, Flaw> {
    let mut reader = Reader::new(body);
    let packet_id = reader.packet_id()?;
    let mut unsubscribe = Unsubscribe { packet_id, filters: Vec::new(), user_properties: Vec::new() };
    if version == Version::V5 {
        let mut properties = Properties::take(&mut reader, Carrier::Unsubscribe)?;
        while let Some(found) = properties.next()? {
            unsubscribe.user_properties.push(found.pair()?);
        }
    }
    while !reader.is_empty() {
        room_for_one_more(unsubscribe.filters.len(), limits)?;
        unsubscribe.filters.push(filter(&mut reader, version, limits)?.to_owned());
    }
    if unsubscribe.filters.is_empty() { Err(Flaw::FilterMissing) } else { Ok(unsubscribe) }
}

const fn room_for_one_more(filters: usize, limits: &Limits) -> Result<(), Flaw> {
    if filters < limits.filters { Ok(()) } else { Err(Flaw::TooManyFilters(limits.filters)) }
}

fn filter<'a>(reader: &mut Reader<'a>, version: Version, limits: &Limits) -> Result<&'a str, Flaw> {
    let filter = reader.text()?;
    topic::filter(filter, version, limits)?;
    Ok(filter)
}

fn subscription(reader: &mut Reader<'_>, version: Version, limits: &Limits) -> Result<Subscription, Flaw> {
    let filter = filter(reader, version, limits)?;
    let options = reader.byte()?;
    let allowed = match version {
        Version::V5 => !RESERVED,
        Version::V3 => QOS,
    };
    if options & !allowed != 0 {
        return Err(Flaw::SubscriptionOptions);
    }
    let qos = Qos::from_number(options & QOS).ok_or(Flaw::SubscriptionQos)?;
    let no_local = options & NO_LOCAL != 0;
    if no_local && topic::shared(filter, version).is_some() {
        return Err(Flaw::NoLocalShared);
    }
    Ok(Subscription {
        filter: filter.to_owned(),
        qos,
        no_local,
        retain_as_published: options & RETAIN_AS_PUBLISHED != 0,
        retain_handling: retain_handling(options)?,
    })
}

const fn retain_handling(options: u8) -> Result<RetainHandling, Flaw> {
    match (options & RETAIN_HANDLING) >> 4 {
        0 => Ok(RetainHandling::Always),
        1 => Ok(RetainHandling::IfNew),
        2 => Ok(RetainHandling::Never),
        _ => Err(Flaw::RetainHandling),
    }
}

fn subscribe_properties(reader: &mut Reader<'_>, subscribe: &mut Subscribe) -> Result<(), Flaw> {
    let mut properties = Properties::take(reader, Carrier::Subscribe)?;
    while let Some(found) = properties.next()? {
        match found.property {
            Property::SubscriptionId => subscribe.subscription_id = Some(subscription_id(&found)?),
            Property::User => subscribe.user_properties.push(found.pair()?),
            _ => return Err(found.foreign()),
        }
    }
    Ok(())
}
