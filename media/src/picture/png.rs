//! What of a PNG is kept: what paints, moves, and what its colours mean.

use super::Unfit;
use bytes::Bytes;
use img_parts::png::Png;

const KEPT: [&[u8; 4]; 16] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP",
    b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

pub(super) fn keep(file: &Bytes) -> Result<Bytes, Unfit> {
    let mut png = Png::from_bytes(file.clone()).map_err(|_| Unfit::Broken)?;
    let chunks = png.chunks_mut();
    let end = chunks.iter().position(|chunk| chunk.kind() == *b"IEND").ok_or(Unfit::Broken)?;
    chunks.truncate(end + 1);
    chunks.retain(|chunk| KEPT.contains(&&chunk.kind()));
    Ok(png.encoder().bytes())
}
