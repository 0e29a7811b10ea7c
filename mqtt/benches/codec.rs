//! Nanoseconds for each packet: this crate's decoder beside rmqtt-codec, and a frame beside the encoder.
//!
//! `cargo bench -p mqtt`; the figures that a decision rests on are in `docs/decisions/0002-mqtt-codec.md`.
#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use bytes::BytesMut;
use mqtt::packet::{Packet, PacketId, Side, Version};
use mqtt::{Alias, Content, Dress, Frame, Limits, ReasonCode, decode, decode_greeting, encode};
use rmqtt_codec::{v3, v5};
use std::hint::black_box;
use std::num::NonZeroU16;
use std::time::{Duration, Instant};
use tokio_util::codec::Decoder;

/// Packets in a buffer, as many as a busy connection sends between two reads.
const PACKETS: usize = 100;

/// Rows of the corpus that are measured.
const ROWS: [(&str, &str); 7] = [
    ("5", "CONNECT full"),
    ("5", "PUBLISH q0"),
    ("5", "PUBLISH q1 props"),
    ("5", "SUBSCRIBE"),
    ("5", "PUBACK short"),
    ("3.1.1", "pub q1 dup"),
    ("3.1.1", "sub"),
];

fn main() {
    println!("{:<26} {:>8} {:>12}", "decode, ns", "ours", "rmqtt-codec");
    for (version, name) in ROWS {
        let bytes = row(version, name);
        let version = if version == "5" { Version::V5 } else { Version::V3 };
        println!("{name:<26} {:>8.0} {:>12.0}", ours(&bytes, version), theirs(&bytes, version));
    }
    write();
}

fn row(version: &str, name: &str) -> Vec<u8> {
    let line = include_str!("../tests/packets.tsv")
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .find(|columns| columns[0] == version && columns.get(2) == Some(&name))
        .expect("the corpus has this row");
    let digits = line[3].as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).expect("ASCII"), 16).expect("hex")).collect()
}

fn ours(bytes: &[u8], version: Version) -> f64 {
    let buffer = bytes.repeat(PACKETS);
    let limits = Limits::default();
    let greeting = bytes[0] == 0x10;
    best(|| {
        let start = Instant::now();
        let mut left = &buffer[..];
        while !left.is_empty() {
            let consumed = if greeting {
                decode_greeting(black_box(left), &limits)
                    .map(|read| read.map(|(packet, n)| (drop(packet), n).1))
            } else {
                decode(black_box(left), Side::Client, version, &limits)
                    .map(|read| read.map(|(packet, n)| (drop(packet), n).1))
            };
            left = &left[consumed.expect("valid").expect("complete")..];
        }
        start.elapsed()
    })
}

fn theirs(bytes: &[u8], version: Version) -> f64 {
    best(|| {
        let mut buffer = BytesMut::from(&bytes.repeat(PACKETS)[..]);
        match version {
            Version::V3 => drain(&mut v3::Codec::new(0), &mut buffer),
            Version::V5 => drain(&mut v5::Codec::default(), &mut buffer),
        }
    })
}

fn drain<C: Decoder>(codec: &mut C, buffer: &mut BytesMut) -> Duration {
    let start = Instant::now();
    while !buffer.is_empty() {
        black_box(codec.decode(buffer).ok().flatten().is_some());
    }
    start.elapsed()
}

fn write() {
    let Ok(Some((Packet::Publish(publish), _))) =
        decode(&row("5", "PUBLISH q1 props"), Side::Client, Version::V5, &Limits::default())
    else {
        panic!("the row is a PUBLISH");
    };
    let frame =
        Frame::new(publish.topic.clone(), publish.payload.clone(), Content::from(publish.properties.clone()));
    let packet = Packet::Publish(publish);
    println!("\n{:<26} {:>8}", "write, ns", "ours");
    report("PUBLISH by encode", |out| encode(black_box(&packet), Version::V5, out));
    report("PUBLISH by frame, 5", |out| frame.write(black_box(&dress(Version::V5)), out));
    report("PUBLISH by frame, 3.1.1", |out| frame.write(black_box(&dress(Version::V3)), out));
    let id = PacketId::new(7).expect("not zero");
    report("PUBACK", |out| {
        let (kind, none) = (encode::AcknowledgeKind::Puback, encode::Remarks::NONE);
        encode::write_acknowledge(kind, black_box(id), ReasonCode::Success, none, Version::V5, u32::MAX, out);
    });
}

fn dress(version: Version) -> Dress<'static> {
    Dress {
        version,
        qos: mqtt::packet::Qos::AtLeastOnce,
        dup: false,
        retain: false,
        packet_id: PacketId::new(7),
        subscription_ids: &[1],
        message_expiry: Some(60),
        alias: NonZeroU16::new(1).map(Alias::Known),
    }
}

fn report(name: &str, mut write: impl FnMut(&mut BytesMut)) {
    let mut out = BytesMut::with_capacity(64 * 1024);
    let nanoseconds = best(|| {
        out.clear();
        let start = Instant::now();
        (0..PACKETS).for_each(|_| write(&mut out));
        start.elapsed()
    });
    println!("{name:<26} {nanoseconds:>8.0}");
}

/// The best of many rounds, for one packet: what the code costs when nobody else has the core.
fn best(mut round: impl FnMut() -> Duration) -> f64 {
    let shortest = (0..3000).map(|_| round()).min().unwrap_or_default();
    shortest.as_nanos() as f64 / PACKETS as f64
}
