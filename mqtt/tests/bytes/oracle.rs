//! A codec that others wrote, rmqtt-codec, reads and writes what we accept, and nothing is different then.
//!
//! It accepts more than we do, which says nothing. Where it is the one that errs or forgets, the list is
//! [`is_refused_by_the_oracle`] and [`as_the_oracle_keeps`].

use crate::harness::{greet, read, written};
use crate::round_trip::{Slip, cases, greeting, sent, slip, version_of};
use bytes::BytesMut;
use mqtt::packet::{ConnackProperties, Connect, Packet, Side, Version};
use mqtt::{Limits, decode, decode_greeting};
use proptest::collection::vec;
use proptest::prelude::*;
use rmqtt_codec::{v3, v5};
use std::num::NonZeroU16;
use tokio_util::codec::{Decoder, Encoder};

/// The bytes after the oracle has read and written them.
fn through_the_oracle(bytes: &[u8], version: Version) -> Result<BytesMut, String> {
    let mut from = BytesMut::from(bytes);
    let mut out = BytesMut::new();
    match version {
        Version::V3 => {
            let mut codec = v3::Codec::new(0);
            let read = codec.decode(&mut from).map_err(|error| format!("{error:?}"))?;
            let (packet, _) = read.ok_or("incomplete")?;
            codec.encode(packet, &mut out).map_err(|error| format!("{error:?}"))?;
        }
        Version::V5 => {
            let read = v5::Codec::default().decode(&mut from).map_err(|error| format!("{error:?}"))?;
            let (packet, _) = read.ok_or("incomplete")?;
            v5::Codec::default().encode(packet, &mut out).map_err(|error| format!("{error:?}"))?;
        }
    }
    Ok(out)
}

/// Legal, and refused by the oracle all the same.
fn is_refused_by_the_oracle(packet: &Packet) -> bool {
    match packet {
        // [MQTT5-3.1.3-6]: the server gives a name, whatever clean start says.
        Packet::Connect(connect) => {
            connect.client_id.is_empty() && !connect.clean_start
                || connect.will.as_ref().is_some_and(|will| will.properties.message_expiry == Some(0))
        }
        // No section of the standard forbids a message to expire at once.
        Packet::Publish(publish) => publish.properties.message_expiry == Some(0),
        _ => false,
    }
}

/// The packet without what the oracle does not keep: whether a default was said or meant.
fn as_the_oracle_keeps(mut packet: Packet) -> Packet {
    match &mut packet {
        Packet::Connect(connect) => forget_in_connect(connect),
        Packet::Connack(connack) => forget_in_connack(&mut connack.properties),
        Packet::Publish(publish) => forget(&mut publish.properties.payload_format, 0),
        _ => {}
    }
    packet
}

fn forget<T: PartialEq>(said: &mut Option<T>, default: T) {
    said.take_if(|said| *said == default);
}

fn forget_in_connect(connect: &mut Connect) {
    forget(&mut connect.session_expiry, 0);
    forget(&mut connect.topic_alias_maximum, 0);
    forget(&mut connect.request_response_information, false);
    forget(&mut connect.request_problem_information, true);
}

fn forget_in_connack(connack: &mut ConnackProperties) {
    forget(&mut connack.receive_maximum, NonZeroU16::MAX);
    forget(&mut connack.topic_alias_maximum, 0);
    forget(&mut connack.retain_available, true);
    forget(&mut connack.wildcard_subscriptions, true);
    forget(&mut connack.subscription_identifiers, true);
    forget(&mut connack.shared_subscriptions, true);
}

/// That the oracle agrees with what we read from these bytes.
fn compare(packet: &Packet, bytes: &[u8], version: Version, read: impl Fn(&[u8]) -> Packet) {
    if is_refused_by_the_oracle(packet) {
        return;
    }
    let again = match through_the_oracle(bytes, version) {
        Ok(again) => again,
        Err(error) => panic!("the oracle says {error} of {packet:?}: {bytes:02x?}"),
    };
    assert_eq!(as_the_oracle_keeps(read(&again)), as_the_oracle_keeps(packet.clone()));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_oracle_reads_every_packet_as_we_do((packet, side, version) in sent()) {
        compare(&packet, &written(&packet, version), version, |bytes| read(bytes, side, version));
    }

    #[test]
    fn the_oracle_reads_every_greeting_as_we_do(packet in greeting()) {
        let version = version_of(&packet);
        compare(&packet, &written(&packet, version), version, greet);
    }

    #[test]
    fn the_oracle_reads_every_packet_with_slips_that_we_accept(
        (packet, side, version) in sent(),
        slips in vec(slip(), 1..4),
    ) {
        let bytes = with_slips(&written(&packet, version), &slips);
        if let Ok(Some((packet, consumed))) = decode(&bytes, side, version, &Limits::default()) {
            compare(&packet, &bytes[..consumed], version, |bytes| read(bytes, side, version));
        }
    }

    #[test]
    fn the_oracle_reads_every_greeting_with_slips_that_we_accept(
        packet in greeting(),
        slips in vec(slip(), 1..4),
    ) {
        let bytes = with_slips(&written(&packet, version_of(&packet)), &slips);
        if let Ok(Some((connect, consumed))) = decode_greeting(&bytes, &Limits::default()) {
            let version = connect.version;
            compare(&Packet::Connect(Box::new(connect)), &bytes[..consumed], version, greet);
        }
    }
}

fn with_slips(bytes: &[u8], slips: &[Slip]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    slips.iter().for_each(|slip| slip.happen_to(&mut bytes));
    bytes
}

#[test]
fn the_oracle_accepts_what_the_corpus_calls_valid() {
    for row in crate::corpus::rows().iter().filter(|row| row.valid) {
        let packet = match row.from {
            "greeting" => greet(&row.bytes),
            "client" => read(&row.bytes, Side::Client, row.version),
            _ => read(&row.bytes, Side::Server, row.version),
        };
        let read = |bytes: &[u8]| match row.from {
            "greeting" => greet(bytes),
            "client" => read(bytes, Side::Client, row.version),
            _ => read(bytes, Side::Server, row.version),
        };
        compare(&packet, &row.bytes, row.version, read);
    }
}
