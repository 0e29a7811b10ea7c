//! What of a JPEG is kept: what paints, and what its colours mean.

use super::Unfit;
use bytes::{BufMut as _, Bytes, BytesMut};
use img_parts::jpeg::{Jpeg, JpegSegment, markers};

/// Scans of one picture. Cameras make one, programs ten; with thousands a small file keeps a core busy for hours.
const SCANS: usize = 64;

/// The parts that paint, up to the end of the picture: behind it telephones put films, and their places.
pub(super) fn keep(file: &Bytes) -> Result<Bytes, Unfit> {
    let jpeg = Jpeg::from_bytes(file.clone()).map_err(|_| Unfit::Broken)?;
    let mut out = BytesMut::with_capacity(file.len());
    out.put_slice(&[markers::P, markers::SOI]);
    let (last, before) = jpeg.segments().split_last().ok_or(Unfit::Broken)?;
    for segment in before.iter().filter(|segment| paints(segment)) {
        match segment.marker() {
            markers::APP0 => put(&mut out, markers::APP0, &without_thumbnail(segment.contents())?),
            marker => put(&mut out, marker, segment.contents()),
        }
    }
    if last.marker() != markers::SOS {
        return Err(Unfit::Broken);
    }
    put(&mut out, last.marker(), last.contents());
    scans(&mut out, &scanned(file, last)?)?;
    Ok(out.freeze())
}

/// The head of JFIF may hold a small picture, of what was cut away later.
fn without_thumbnail(head: &[u8]) -> Result<[u8; 14], Unfit> {
    let mut kept = *head.first_chunk::<14>().ok_or(Unfit::Broken)?;
    kept[12..].fill(0);
    Ok(kept)
}

/// What comes after the head of the first scan.
fn scanned(file: &Bytes, first: &JpegSegment) -> Result<Bytes, Unfit> {
    // Its contents are a part of the file, so where they end is known.
    let start = first.contents().as_ptr_range().end as usize;
    let at = start.checked_sub(file.as_ptr() as usize).filter(|at| *at <= file.len());
    at.map(|at| file.slice(at..)).ok_or(Unfit::Broken)
}

/// Pixels, marker by marker, until the end of the picture.
fn scans(out: &mut BytesMut, rest: &[u8]) -> Result<(), Unfit> {
    let (mut at, mut scans) = (0, 1);
    loop {
        let next = rest[at..].iter().position(|byte| *byte == markers::P).ok_or(Unfit::Broken)?;
        out.put_slice(&rest[at..at + next]);
        at += next;
        match *rest.get(at + 1).ok_or(Unfit::Broken)? {
            // A byte that only looks like a marker, and places to begin again.
            marker @ (0 | 0xD0..=0xD7) => {
                out.put_slice(&[markers::P, marker]);
                at += 2;
            }
            markers::P => at += 1,
            markers::EOI => {
                out.put_slice(&[markers::P, markers::EOI]);
                return Ok(());
            }
            marker => {
                let length = rest.get(at + 2..at + 4).ok_or(Unfit::Broken)?;
                let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                let contents = rest.get(at + 4..at + 2 + length.max(2)).ok_or(Unfit::Broken)?;
                scans += usize::from(marker == markers::SOS);
                if scans > SCANS {
                    return Err(Unfit::TooManyPasses);
                }
                if is_needed(marker) {
                    put(out, marker, contents);
                }
                at += 2 + length.max(2);
            }
        }
    }
}

fn paints(segment: &JpegSegment) -> bool {
    let begins = |word: &[u8]| segment.contents().starts_with(word);
    match segment.marker() {
        markers::APP0 => begins(b"JFIF\0"),
        markers::APP2 => begins(b"ICC_PROFILE\0"),
        markers::APP14 => begins(b"Adobe"),
        marker => is_needed(marker),
    }
}

/// Tables, frames and scans; neither comments nor what applications write for themselves.
fn is_needed(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF | 0xDA..=0xDD)
}

fn put(out: &mut BytesMut, marker: u8, contents: &[u8]) {
    out.put_slice(&[markers::P, marker]);
    // A segment that was read has a length that fits.
    out.put_u16(u16::try_from(contents.len() + 2).unwrap_or(u16::MAX));
    out.put_slice(contents);
}
