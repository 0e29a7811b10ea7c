//! What of a WebP is kept: what paints, moves, and what its colours mean.

use super::Unfit;
use bytes::{Bytes, BytesMut};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;

const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// In the first byte of `VP8X`: that there are words of EXIF or XMP somewhere.
const SAYS_THAT_THERE_ARE_WORDS: u8 = 0x08 | 0x04;

pub(super) fn keep(file: &Bytes) -> Result<Bytes, Unfit> {
    let mut webp = WebP::from_bytes(file.clone()).map_err(|_| Unfit::Broken)?;
    let chunks = webp.chunks_mut();
    chunks.retain(|chunk| KEPT.contains(&&chunk.id()));
    for chunk in chunks.iter_mut().filter(|chunk| chunk.id() == *b"VP8X") {
        let flags = chunk.content().data().cloned().ok_or(Unfit::Broken)?;
        let mut flags = BytesMut::from(&flags[..]);
        *flags.first_mut().ok_or(Unfit::Broken)? &= !SAYS_THAT_THERE_ARE_WORDS;
        *chunk = RiffChunk::new(*b"VP8X", RiffContent::Data(flags.freeze()));
    }
    Ok(webp.encoder().bytes())
}
