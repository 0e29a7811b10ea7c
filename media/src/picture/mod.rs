//! Pictures made safe, and small.
//!
//! What paints nothing is left out: where and when a picture was taken and by which camera, earlier versions of it, films
//! behind it, whatever a program wrote into it. What it says of which side is up is done instead of said. Nothing else of
//! it changes: a picture that lies the right way keeps every pixel.
//!
//! It is decoded once, to see that it is a picture, with limits on pixels, memory and passes: a small file can unfold
//! into more than any machine has. This takes a core for up to seconds and is not for the threads that wait for sockets.
//!
//! Start at [`prepare`].

mod jpeg; // what of a JPEG is kept

mod png; // of a PNG

mod webp; // of a WebP

mod gif; // of a GIF

use bytes::Bytes;
use chat::Picture;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, ImageResult};
use std::io::Cursor;

/// The longer side of a thumbnail, in pixels: a screen's width on a phone.
pub const THUMBNAIL: u32 = 512;

/// The side of what a blurhash is made of: it holds a few waves and no more.
const BLURRED: u32 = 32;

/// How good a picture stays that has to be written anew, of 100.
const QUALITY: u8 = 90;

/// How good a thumbnail is.
const THUMBNAIL_QUALITY: u8 = 80;

/// What a picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of its file: it is held in memory while it is looked at.
    pub bytes: u64,
    /// Pixels.
    pub pixels: u64,
    /// Bytes of all its pixels together, as it is decoded.
    pub memory: u64,
}

impl Default for Limits {
    /// What a good telephone makes: 40 million pixels, in 20 MiB.
    fn default() -> Limits {
        Limits { bytes: 20 << 20, pixels: 40_000_000, memory: 160 << 20 }
    }
}

/// A picture as it is kept.
pub struct Prepared {
    /// The file.
    pub file: Bytes,
    /// The small one: a JPEG, or a PNG where one can see through it.
    pub thumbnail: Vec<u8>,
    /// How it looks.
    pub picture: Picture,
}

/// Why a picture is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It is broken.
    #[error("it is broken")]
    Broken,
    /// It would unfold into too much.
    #[error("it has more pixels than the {0} that it may have")]
    TooManyPixels(u64),
    /// It is made to be slow.
    #[error("it is painted in too many passes")]
    TooManyPasses,
}

impl From<ImageError> for Unfit {
    fn from(_: ImageError) -> Unfit {
        Unfit::Broken
    }
}

/// Makes a picture of this kind safe, and small.
///
/// # Errors
/// [`Unfit`] for what is none that can be shown.
pub fn prepare(kind: &str, file: Bytes, limits: Limits) -> Result<Prepared, Unfit> {
    let format = ImageFormat::from_mime_type(kind).ok_or(Unfit::Broken)?;
    // Before it is decoded: what is left out is not met by the decoder, and passes are counted.
    let kept = keep(format, &file)?;
    let (seen, orientation, profile) = decode(format, file, limits)?;
    let kept = match orientation {
        Orientation::NoTransforms => kept,
        _ => write(&seen, format, profile)?,
    };
    let small = seen.thumbnail(THUMBNAIL.min(seen.width()), THUMBNAIL.min(seen.height()));
    let picture = Picture { width: seen.width(), height: seen.height(), blurhash: blurhash(&small)?.into() };
    drop(seen);
    Ok(Prepared { file: kept, thumbnail: thumbnail(&small)?, picture })
}

/// The parts of it that paint.
fn keep(format: ImageFormat, file: &Bytes) -> Result<Bytes, Unfit> {
    match format {
        ImageFormat::Jpeg => jpeg::keep(file),
        ImageFormat::Png => png::keep(file),
        ImageFormat::WebP => webp::keep(file),
        ImageFormat::Gif => gif::keep(file),
        _ => Err(Unfit::Broken),
    }
}

/// The picture, upright; how it lay, and what its colours mean.
fn decode(
    format: ImageFormat,
    file: Bytes,
    limits: Limits,
) -> Result<(DynamicImage, Orientation, Option<Vec<u8>>), Unfit> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(limits.memory.saturating_mul(2));
    reader.limits(bounds);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Unfit::Broken);
    }
    if u64::from(width) * u64::from(height) > limits.pixels || decoder.total_bytes() > limits.memory {
        return Err(Unfit::TooManyPixels(limits.pixels));
    }
    let orientation = decoder.orientation()?;
    let profile = decoder.icc_profile()?;
    let mut seen = DynamicImage::from_decoder(decoder)?;
    seen.apply_orientation(orientation);
    Ok((seen, orientation, profile))
}

/// The picture written anew.
fn write(seen: &DynamicImage, format: ImageFormat, profile: Option<Vec<u8>>) -> Result<Bytes, Unfit> {
    let mut out = Vec::new();
    match format {
        ImageFormat::Jpeg => with(JpegEncoder::new_with_quality(&mut out, QUALITY), seen, profile)?,
        ImageFormat::Png => with(PngEncoder::new(&mut out), seen, profile)?,
        ImageFormat::WebP => with(WebPEncoder::new_lossless(&mut out), seen, profile)?,
        _ => return Err(Unfit::Broken),
    }
    Ok(out.into())
}

fn with(mut encoder: impl ImageEncoder, seen: &DynamicImage, profile: Option<Vec<u8>>) -> ImageResult<()> {
    if let Some(profile) = profile {
        // An encoder that has no place for it paints without.
        encoder.set_icc_profile(profile).ok();
    }
    seen.write_with_encoder(encoder)
}

fn thumbnail(small: &DynamicImage) -> Result<Vec<u8>, Unfit> {
    let mut out = Vec::new();
    if small.color().has_alpha() {
        small.to_rgba8().write_with_encoder(PngEncoder::new(&mut out))?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut out, THUMBNAIL_QUALITY);
        small.to_rgb8().write_with_encoder(encoder)?;
    }
    Ok(out)
}

fn blurhash(small: &DynamicImage) -> Result<String, Unfit> {
    let tiny = small.thumbnail(BLURRED, BLURRED).to_rgba8();
    // The longer side has more waves.
    let (across, down) = if tiny.width() >= tiny.height() { (4, 3) } else { (3, 4) };
    blurhash::encode(across, down, tiny.width(), tiny.height(), &tiny).map_err(|_| Unfit::Broken)
}

#[cfg(test)]
mod tests;
