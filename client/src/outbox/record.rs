//! The bytes of the outbox file: frames of records, each with its length and checksums.
//!
//! A frame is what was written and synced at once, so only the last one of a file can be torn by a crash. Its
//! header is the length of the body, the checksum of the body, and the checksum of these two: a length that is
//! damaged is not believed.
//!
//! Start at [`frames`] and [`next_frame`].

use super::{Change, Outgoing, Turn};
use bytes::Bytes;
use chat::Draft;
use crc::{CRC_32_ISO_HDLC, Crc};
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use uuid::Uuid;

const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

const HEADER: usize = 12;

/// Bytes after which the rest goes into another frame: what is read at once, and checked, has to fit into memory.
const ENOUGH: usize = 64 << 20;

/// Bytes of the longest frame that is read: enough and the largest packet of MQTT [MQTT5-1.5.5], several times.
const LONGEST: u64 = 1 << 30;

/// One thing that happened. Fields are only ever added behind, as new kinds.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub(super) enum Record<'a> {
    /// Whose messages these are. The first record of a file, and nowhere else.
    Owner { user: &'a str },
    /// It was put in.
    Put { turn: u64, draft: Option<[u8; 16]>, topic: &'a str, payload: &'a [u8] },
    /// It was answered, and the answer was taken.
    Settled { turn: u64 },
}

impl<'a> Record<'a> {
    pub(super) fn put(turn: Turn, outgoing: &'a Outgoing) -> Record<'a> {
        let Outgoing { topic, draft, payload } = outgoing;
        Record::Put { turn: turn.0, draft: draft.map(Draft::bytes), topic, payload }
    }

    pub(super) fn of(change: &'a Change) -> Record<'a> {
        match change {
            Change::Put(turn, outgoing) => Record::put(*turn, outgoing),
            Change::Settled(turn) => Record::Settled { turn: turn.0 },
        }
    }
}

/// What a `Put` holds.
pub(super) fn outgoing(draft: Option<[u8; 16]>, topic: &str, payload: &[u8]) -> Outgoing {
    let draft = draft.map(|bytes| Draft(Uuid::from_bytes(bytes)));
    Outgoing { topic: topic.into(), draft, payload: Bytes::copy_from_slice(payload) }
}

/// Records as frames, one unless they are very many.
pub(super) fn frames<'a>(records: impl Iterator<Item = Record<'a>>) -> io::Result<Vec<Vec<u8>>> {
    let (mut frames, mut bytes) = (Vec::new(), vec![0; HEADER]);
    for record in records {
        bytes = postcard::to_extend(&record, bytes).map_err(io::Error::other)?;
        if bytes.len() > ENOUGH {
            frames.push(finished(std::mem::replace(&mut bytes, vec![0; HEADER]))?);
        }
    }
    if bytes.len() > HEADER {
        frames.push(finished(bytes)?);
    }
    Ok(frames)
}

/// A frame with its header.
fn finished(mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    let body = &bytes[HEADER..];
    let len = u32::try_from(body.len()).map_err(io::Error::other)?;
    let mut head = [len.to_le_bytes(), CHECKSUM.checksum(body).to_le_bytes()].concat();
    head.extend(CHECKSUM.checksum(&head).to_le_bytes());
    bytes[..HEADER].copy_from_slice(&head);
    Ok(bytes)
}

/// Bytes of the frame with this body.
pub(super) fn frame_len(body: &[u8]) -> u64 {
    (HEADER + body.len()) as u64
}

/// What stands next in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Frame(Vec<u8>),
    /// A frame that was not written to its end, and nothing behind it; or nothing.
    End,
    /// Bytes that were once on the disk are not as they were.
    Damaged,
}

/// Reads the next frame of a file that has `left` bytes more.
pub(super) fn next_frame(file: &mut impl Read, left: u64) -> io::Result<Next> {
    if left < HEADER as u64 {
        return Ok(Next::End);
    }
    let mut head = [0; HEADER];
    file.read_exact(&mut head)?;
    let number =
        |at: usize| head[at..at + 4].iter().rev().fold(0, |number: u32, byte| number << 8 | u32::from(*byte));
    let (len, checksum) = (u64::from(number(0)), number(4));
    if number(8) != CHECKSUM.checksum(&head[..8]) {
        // A file may have grown before it was written: then there is nothing but zeros.
        return if is_zero(&head) && rest_is_zero(file)? { Ok(Next::End) } else { Ok(Next::Damaged) };
    }
    let behind = left - HEADER as u64;
    if len > behind {
        return Ok(Next::End);
    }
    if len > LONGEST {
        return Ok(Next::Damaged);
    }
    let mut body = Vec::new();
    file.take(len).read_to_end(&mut body)?;
    Ok(match CHECKSUM.checksum(&body) == checksum {
        true => Next::Frame(body),
        false if len == behind => Next::End,
        false => Next::Damaged,
    })
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

fn rest_is_zero(file: &mut impl Read) -> io::Result<bool> {
    let mut part = [0; 4096];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(true),
            read if is_zero(&part[..read]) => {}
            _ => return Ok(false),
        }
    }
}

/// The records of a frame; none if they can't be read.
pub(super) fn records(mut body: &[u8]) -> Option<Vec<Record<'_>>> {
    let mut records = Vec::new();
    while !body.is_empty() {
        let (record, rest) = postcard::take_from_bytes(body).ok()?;
        records.push(record);
        body = rest;
    }
    Some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_frames() -> (Vec<u8>, usize) {
        let put = Record::Put { turn: 7, draft: Some([9; 16]), topic: "rooms/tea/say", payload: b"hello" };
        let mut bytes = frames([Record::Owner { user: "ann" }].into_iter()).unwrap().concat();
        let first = bytes.len();
        bytes.extend(frames([put, Record::Settled { turn: 7 }].into_iter()).unwrap().concat());
        (bytes, first)
    }

    /// How many whole frames there are, and how it ends.
    fn read(mut bytes: &[u8]) -> (usize, Next) {
        for count in 0.. {
            let left = bytes.len() as u64;
            match next_frame(&mut bytes, left).unwrap() {
                Next::Frame(body) => assert!(records(&body).is_some()),
                other => return (count, other),
            }
        }
        unreachable!("bytes end")
    }

    #[test]
    fn what_was_written_is_read() {
        let (bytes, first) = two_frames();
        assert_eq!(read(&bytes), (2, Next::End));
        let Next::Frame(body) = next_frame(&mut &bytes[first..], (bytes.len() - first) as u64).unwrap()
        else {
            panic!("the second frame is there")
        };
        let put = Record::Put { turn: 7, draft: Some([9; 16]), topic: "rooms/tea/say", payload: b"hello" };
        assert_eq!(records(&body), Some(vec![put, Record::Settled { turn: 7 }]));
    }

    #[test]
    fn more_than_one_frame_should_hold_is_several() {
        let payload = vec![7; ENOUGH / 2];
        let puts = || {
            (0..3).map(|turn| Record::Put { turn, draft: None, topic: "rooms/tea/read", payload: &payload })
        };
        let written = frames(puts()).unwrap();
        assert_eq!(written.len(), 2);
        assert_eq!(read(&written.concat()), (2, Next::End));
        let Next::Frame(body) = next_frame(&mut &written[0][..], written[0].len() as u64).unwrap() else {
            panic!("the first frame is there")
        };
        assert_eq!(records(&body), Some(puts().take(2).collect()));
        assert_eq!(frames(std::iter::empty()).unwrap(), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn wherever_the_last_frame_is_torn_those_before_it_are_read() {
        let (bytes, first) = two_frames();
        for end in first..bytes.len() {
            assert_eq!(read(&bytes[..end]), (1, Next::End), "torn at {end}");
        }
        let grown = [&bytes[..first], &[0; 10_000]].concat();
        assert_eq!(read(&grown), (1, Next::End));
    }

    #[test]
    fn a_bit_that_turned_in_what_was_synced_is_found() {
        let (bytes, first) = two_frames();
        for bit in 0..first * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&bytes), (0, Next::Damaged), "bit {bit}");
        }
    }
}
