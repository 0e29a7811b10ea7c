//! What must hold for any bytes at all. The property tests and the fuzz target both call [`check`].

mod weight;

use bytes::BytesMut;
use mqtt::packet::{Connect, Packet, Side, Version};
use mqtt::{Limits, decode, decode_greeting, encode};

/// Bytes of memory for each byte that came: the smallest user property, 5 bytes, becomes two empty strings of
/// 24 bytes in a list that may have doubled.
const MEMORY_PER_BYTE: usize = 20;

/// The packet itself, with room for the smallest lists.
const MEMORY_PER_PACKET: usize = 1024;

/// Who may have sent bytes, in which version.
pub(crate) const SENDERS: [(Side, Version); 4] = [
    (Side::Client, Version::V3),
    (Side::Client, Version::V5),
    (Side::Server, Version::V3),
    (Side::Server, Version::V5),
];

/// Reads the bytes as every sender's.
///
/// # Panics
/// If something that must hold does not.
pub(crate) fn check(bytes: &[u8]) {
    if let Ok(Some((connect, consumed))) = decode_greeting(bytes, &Limits::default()) {
        let version = connect.version;
        let packet = Packet::Connect(Box::new(connect));
        check_memory(&packet, consumed, bytes);
        assert_eq!(greet(&written(&packet, version)), packet);
    }
    for (side, version) in SENDERS {
        if let Ok(Some((packet, consumed))) = decode(bytes, side, version, &Limits::default()) {
            check_memory(&packet, consumed, bytes);
            assert_eq!(read(&written(&packet, version), side, version), packet);
        }
    }
}

/// The packet's bytes, which are as many as announced.
pub(crate) fn written(packet: &Packet, version: Version) -> BytesMut {
    let mut out = BytesMut::new();
    encode(packet, version, &mut out);
    assert_eq!(out.len(), encode::size(packet, version));
    out
}

/// The packet that these bytes are, all of them.
pub(crate) fn read(bytes: &[u8], side: Side, version: Version) -> Packet {
    let (packet, consumed) = decode(bytes, side, version, &Limits::default())
        .expect("what was encoded is accepted")
        .expect("what was encoded is complete");
    assert_eq!(consumed, bytes.len());
    packet
}

/// The CONNECT that these bytes are, all of them.
pub(crate) fn greet(bytes: &[u8]) -> Packet {
    let (connect, consumed): (Connect, usize) = decode_greeting(bytes, &Limits::default())
        .expect("what was encoded is accepted")
        .expect("what was encoded is complete");
    assert_eq!(consumed, bytes.len());
    Packet::Connect(Box::new(connect))
}

fn check_memory(packet: &Packet, consumed: usize, bytes: &[u8]) {
    assert!(consumed <= bytes.len(), "{consumed} of {} bytes consumed", bytes.len());
    let weight = weight::of(packet);
    let bound = MEMORY_PER_PACKET + MEMORY_PER_BYTE * consumed;
    assert!(weight <= bound, "{consumed} bytes became {weight} in memory");
}
