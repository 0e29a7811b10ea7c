//! Whole evenings of packets, played by chance.

use super::window::Window;
use super::{Admission, Answer, Limits, Mark, Outbound};
use crate::application::Outcome;
use bytes::{Bytes, BytesMut};
use mqtt::packet::{Packet, PacketId, Publish, PublishProperties, Qos, Side, Version};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::SystemTime;

fn mark(position: u64) -> Mark {
    Mark { log: 1, position, copy: 0 }
}

proptest! {
    #[test]
    fn a_packet_id_is_never_given_twice_while_it_is_in_use(
        first in 1_u16..=u16::MAX,
        again in proptest::collection::hash_set(1_u16..=u16::MAX, 0..20),
        steps in proptest::collection::vec(any::<Option<prop::sample::Index>>(), 0..600),
    ) {
        let mut window = Window::new(64);
        window.begin_at(PacketId::new(first).unwrap());
        let mut in_use: Vec<PacketId> = again.into_iter().filter_map(PacketId::new).collect();
        in_use.iter().for_each(|id| window.send_again(*id, mark(0)));
        for step in steps {
            match step {
                // A message more, while there is room.
                None if window.is_full() => {}
                None => {
                    let id = window.send(mark(1), None);
                    prop_assert!(!in_use.contains(&id));
                    in_use.push(id);
                }
                // An acknowledgement, in any order.
                Some(which) if !in_use.is_empty() => {
                    let id = in_use.remove(which.index(in_use.len()));
                    prop_assert!(window.finish(id).is_some());
                    prop_assert!(window.finish(id).is_none());
                }
                Some(_) => {}
            }
            prop_assert_eq!(window.iter().count(), in_use.len());
        }
    }

    #[test]
    fn acknowledgements_are_the_unbroken_prefix_of_the_answers(
        steps in proptest::collection::vec(any::<Option<prop::sample::Index>>(), 0..400),
    ) {
        let outbound = Outbound::new(Limits::new(Version::V3));
        let mut open: Vec<(u16, Answer)> = Vec::new();
        let mut line: VecDeque<u16> = VecDeque::new();
        let mut given: HashSet<u16> = HashSet::new();
        let mut next = 1;
        for step in steps {
            match step {
                None => {
                    let Admission::HandOver(answer) = outbound.admit(&publish(next)) else { break };
                    open.push((next, answer));
                    line.push_back(next);
                    next += 1;
                }
                Some(which) if !open.is_empty() => {
                    let (number, answer) = open.remove(which.index(open.len()));
                    answer.give(Outcome::success());
                    given.insert(number);
                }
                Some(_) => {}
            }
            let mut expected = Vec::new();
            while line.front().is_some_and(|number| given.contains(number)) {
                expected.extend(line.pop_front());
            }
            prop_assert_eq!(written(&outbound), expected);
        }
        // Tickets that are still out must not end a connection that is about to be dropped anyway.
        open.into_iter().for_each(|(_, answer)| answer.give(Outcome::success()));
    }
}

#[test]
fn packet_ids_wrap_around_without_zero() {
    let mut window = Window::new(2);
    let mut seen: BTreeMap<u16, u32> = BTreeMap::new();
    for _ in 0..3 * 65_535 {
        let id = window.send(mark(1), None);
        *seen.entry(id.get()).or_default() += 1;
        assert_eq!(window.finish(id), Some(mark(1)));
    }
    assert_eq!(seen.len(), 65_535);
    assert!(seen.values().all(|times| *times == 3));
}

fn publish(number: u16) -> Publish {
    Publish {
        dup: false,
        qos: Qos::AtLeastOnce,
        retain: false,
        topic: "rooms/tea/say".into(),
        packet_id: PacketId::new(number),
        payload: Bytes::new(),
        properties: PublishProperties::default(),
    }
}

/// The packet ids of the PUBACKs that leave now.
fn written(outbound: &Outbound) -> Vec<u16> {
    let mut bytes = BytesMut::new();
    outbound.0.fill(&mut bytes, SystemTime::UNIX_EPOCH);
    let mut rest = &bytes[..];
    let mut ids = Vec::new();
    while let Some((packet, used)) =
        mqtt::decode(rest, Side::Server, Version::V3, &mqtt::Limits::default()).unwrap()
    {
        let Packet::Puback(puback) = packet else { panic!("expected a PUBACK, got {packet:?}") };
        ids.push(puback.packet_id.get());
        rest = &rest[used..];
    }
    ids
}
