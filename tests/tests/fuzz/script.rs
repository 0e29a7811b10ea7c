//! What one connection sends, in which pieces, and how it ends.

use crate::mutate::mutate;
use crate::packets::Author;
use bytes::BytesMut;
use fastrand::Rng;
use mqtt::Limits;
use mqtt::packet::Version;
use std::num::NonZeroU32;

/// Packets of one connection at most.
const PACKETS: usize = 24;

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// As soon as all is said, with whatever came still unread.
    Abrupt,
    /// When nothing more comes for a moment.
    Lingering,
    /// Then too, first on one side and later on the other.
    Orderly,
}

/// What one connection does.
#[derive(Debug)]
pub(crate) struct Script {
    /// What it is written in.
    pub(crate) version: Version,
    /// Writes, each at once.
    pub(crate) pieces: Vec<Vec<u8>>,
    /// What it said that it takes, if its CONNECT is as it should be: then what comes back must be, too.
    pub(crate) takes: Option<Limits>,
    pub(crate) end: End,
}

impl Script {
    /// The script with this number.
    pub(crate) fn new(seed: u64, number: u64, token: &str) -> Script {
        let mut chance = Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let version = if chance.bool() { Version::V3 } else { Version::V5 };
        let mut packets = packets(&mut chance, version, token);
        let greeting = packets[0].clone();
        if chance.u32(..3) > 0 {
            mutate(&mut chance, &mut packets);
        }
        let takes = takes(&packets[0]).filter(|_| packets[0] == greeting);
        let end = [End::Abrupt, End::Lingering, End::Orderly, End::Lingering][chance.usize(..4)];
        Script { version, pieces: pieces(&mut chance, packets), takes, end }
    }
}

/// What a client takes that says hello like this.
fn takes(greeting: &[u8]) -> Option<Limits> {
    let (connect, _) = mqtt::decode_greeting(greeting, &Limits::default()).ok().flatten()?;
    let packet = connect.maximum_packet_size.map_or(u32::MAX, NonZeroU32::get);
    let topic_alias_maximum = connect.topic_alias_maximum.unwrap_or(0);
    Some(Limits { packet, topic_alias_maximum, ..Limits::default() })
}

/// A CONNECT, and then anything.
fn packets(chance: &mut Rng, version: Version, token: &str) -> Vec<Vec<u8>> {
    let count = chance.usize(..PACKETS);
    let mut author = Author { chance, version, token };
    let greeting = if author.once_in(12) { author.packet() } else { author.connect() };
    let rest: Vec<_> = (0..count).map(|_| author.packet()).collect();
    std::iter::once(greeting)
        .chain(rest)
        .map(|packet| {
            let mut bytes = BytesMut::new();
            mqtt::encode(&packet, version, &mut bytes);
            bytes.to_vec()
        })
        .collect()
}

/// All in one write, one write for each packet, or cut anywhere.
fn pieces(chance: &mut Rng, packets: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    match chance.u32(..3) {
        0 => vec![packets.concat()],
        1 => packets,
        _ => {
            let all = packets.concat();
            let mut pieces = Vec::new();
            let mut rest = &all[..];
            while !rest.is_empty() {
                let (piece, more) = rest.split_at(chance.usize(1..=rest.len().min(40)));
                pieces.push(piece.to_vec());
                rest = more;
            }
            pieces.truncate(200);
            pieces
        }
    }
}
