//! What becomes of packets on a bad day: each change is small, and several may meet.

use fastrand::Rng;

/// Bytes at which lengths and flags turn over.
const EDGES: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xc0, 0xfe, 0xff];

/// Changes the packets of a connection, one after the other; the first is its CONNECT.
pub(crate) fn mutate(chance: &mut Rng, packets: &mut Vec<Vec<u8>>) {
    for _ in 0..chance.usize(1..4) {
        let place = chance.usize(..packets.len());
        match chance.u32(..13) {
            0..3 => flip(chance, &mut packets[place]),
            3 | 4 => edge(chance, &mut packets[place]),
            5 => first(chance, &mut packets[place]),
            6 | 7 => length(chance, &mut packets[place]),
            8 => truncate(chance, &mut packets[place]),
            9 => insert(chance, &mut packets[place]),
            10 => {
                let again = packets[place].clone();
                packets.insert(place, again);
            }
            11 => {
                let other = chance.usize(..packets.len());
                packets.swap(place, other);
            }
            _ => splice(chance, packets, place),
        }
    }
}

fn flip(chance: &mut Rng, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        bytes[chance.usize(..bytes.len())] ^= 1 << chance.u32(..8);
    }
}

fn edge(chance: &mut Rng, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        bytes[chance.usize(..bytes.len())] = EDGES[chance.usize(..EDGES.len())];
    }
}

/// Another packet of the same length, or other flags.
fn first(chance: &mut Rng, bytes: &mut [u8]) {
    if let Some(first) = bytes.first_mut() {
        *first = chance.u8(..);
    }
}

/// The packet announces another length than it has.
fn length(chance: &mut Rng, bytes: &mut Vec<u8>) {
    match chance.u32(..3) {
        0 => bytes.get_mut(1).into_iter().for_each(|length| *length = length.wrapping_add(1)),
        1 => bytes.get_mut(1).into_iter().for_each(|length| *length = length.wrapping_sub(1)),
        _ if bytes.len() > 1 => {
            bytes.splice(1..2, [chance.u8(0x80..), chance.u8(0x80..), chance.u8(..)]);
        }
        _ => {}
    }
}

fn truncate(chance: &mut Rng, bytes: &mut Vec<u8>) {
    bytes.truncate(chance.usize(..=bytes.len()));
}

fn insert(chance: &mut Rng, bytes: &mut Vec<u8>) {
    let place = chance.usize(..=bytes.len());
    let count = chance.usize(1..9);
    bytes.splice(place..place, std::iter::repeat_with(|| chance.u8(..)).take(count));
}

/// The front of one and the back of another.
fn splice(chance: &mut Rng, packets: &mut [Vec<u8>], place: usize) {
    let other = packets[chance.usize(..packets.len())].clone();
    let (cut, from) = (chance.usize(..=packets[place].len()), chance.usize(..=other.len()));
    packets[place].truncate(cut);
    packets[place].extend_from_slice(&other[from..]);
}
