//! Whatever may be said can be written and read again, and no bytes at all do harm.

use crate::harness::{SENDERS, check, greet, read, written};
use crate::strategies::{connect, sent_by_client, sent_by_server};
use mqtt::packet::{Packet, Side, Version};
use mqtt::{Limits, decode, decode_greeting};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Enough to reach every branch many times, and few enough for every run of the tests.
pub(crate) fn cases() -> ProptestConfig {
    ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() }
}

fn sender() -> impl Strategy<Value = (Side, Version)> {
    select(&SENDERS[..])
}

pub(crate) fn sent() -> impl Strategy<Value = (Packet, Side, Version)> {
    sender().prop_flat_map(|(side, version)| {
        let packet = match side {
            Side::Client => sent_by_client(version),
            Side::Server => sent_by_server(version),
        };
        (packet, Just(side), Just(version))
    })
}

pub(crate) fn greeting() -> impl Strategy<Value = Packet> {
    prop_oneof![connect(Version::V3), connect(Version::V5)]
        .prop_map(|connect| Packet::Connect(Box::new(connect)))
}

/// The bytes of any packet, greetings included.
fn valid_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => sent().prop_map(|(packet, _, version)| written(&packet, version).to_vec()),
        1 => greeting().prop_map(|packet| written(&packet, version_of(&packet)).to_vec()),
    ]
}

pub(crate) fn version_of(packet: &Packet) -> Version {
    match packet {
        Packet::Connect(connect) => connect.version,
        other => panic!("no greeting: {other:?}"),
    }
}

/// A slip of a sender, or of somebody who means it.
#[derive(Debug, Clone)]
pub(crate) enum Slip {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
}

impl Slip {
    pub(crate) fn happen_to(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let place = |index: &Index| index.index(bytes.len());
        match self {
            Slip::Set(index, byte) => {
                let place = place(index);
                bytes[place] = *byte;
            }
            Slip::Insert(index, byte) => bytes.insert(place(index), *byte),
            Slip::Remove(index) => drop(bytes.remove(place(index))),
            Slip::Cut(index) => bytes.truncate(place(index)),
        }
    }
}

pub(crate) fn slip() -> impl Strategy<Value = Slip> {
    let byte = || prop_oneof![any::<u8>(), 0..=0x30u8];
    prop_oneof![
        4 => (any::<Index>(), byte()).prop_map(|(index, byte)| Slip::Set(index, byte)),
        1 => (any::<Index>(), byte()).prop_map(|(index, byte)| Slip::Insert(index, byte)),
        1 => any::<Index>().prop_map(Slip::Remove),
        1 => any::<Index>().prop_map(Slip::Cut),
    ]
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_packet_can_be_written_and_read_again((packet, side, version) in sent()) {
        prop_assert_eq!(read(&written(&packet, version), side, version), packet);
    }

    #[test]
    fn every_greeting_can_be_written_and_read_again(packet in greeting()) {
        prop_assert_eq!(greet(&written(&packet, version_of(&packet))), packet);
    }

    #[test]
    fn a_packet_that_is_still_coming_is_waited_for((packet, side, version) in sent(), cut in any::<Index>()) {
        let bytes = written(&packet, version);
        let come = &bytes[..cut.index(bytes.len())];
        prop_assert_eq!(decode(come, side, version, &Limits::default()), Ok(None));
    }

    #[test]
    fn a_greeting_that_is_still_coming_is_waited_for(packet in greeting(), cut in any::<Index>()) {
        let bytes = written(&packet, version_of(&packet));
        let come = &bytes[..cut.index(bytes.len())];
        prop_assert_eq!(decode_greeting(come, &Limits::default()), Ok(None));
    }

    #[test]
    fn bytes_with_slips_do_no_harm(mut bytes in valid_bytes(), slips in vec(slip(), 1..4)) {
        slips.iter().for_each(|slip| slip.happen_to(&mut bytes));
        check(&bytes);
    }

    #[test]
    fn any_bytes_do_no_harm(first in any::<u8>(), mut bytes in vec(any::<u8>(), 0..120)) {
        // A length that fits lets them be read to the end.
        bytes.splice(..0, [first, bytes.len() as u8]);
        check(&bytes);
    }
}

#[test]
fn many_small_fields_take_memory_in_measure() {
    // One more than a power of two is when a list has just doubled.
    for count in (0..16).map(|power| (1 << power) + 1) {
        let pairs = [0x26, 0, 0, 0, 0].repeat(count);
        let body = [&[0, 1, b'a'], &length(pairs.len())[..], &pairs].concat();
        let publish = [&[0x30], &length(body.len())[..], &body].concat();
        check(&publish);
        assert!(
            decode(&publish, Side::Client, Version::V5, &Limits::default()).is_ok_and(|read| read.is_some())
        );
    }
}

/// A variable byte integer of four bytes at most.
fn length(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
