//! On the way out: a stretch at a time, however slowly somebody reads.
//!
//! Each stretch is a call of its own to the place where the bytes lie, with its own time limit: no connection to a bucket
//! waits for a reader, and a reader takes as long as they like.

use super::{Desk, Part};
use crate::depot::Depot;
use crate::error::MediaError;
use bytes::Bytes;
use chat::MediaId;
use futures_util::Stream;
use std::ops::Range;
use store::StoredMedia;
use store::seal::PieceSealer;

const PIECE: u64 = PieceSealer::PIECE as u64;
const SEALED: u64 = PieceSealer::SEALED as u64;

/// Pieces in one stretch: 1 MiB. So much is in memory for each reader, and a bucket is asked a hundred times for the largest
/// file.
const STRETCH: u64 = 16;

/// More than any thumbnail has: 512 by 512 points of four bytes, sealed.
const THUMBNAIL_MOST: u64 = 2 << 20;

impl Desk {
    /// The whole of a thumbnail: it is small.
    ///
    /// # Errors
    /// [`MediaError::NotFound`] for what has none; [`MediaError::Away`].
    pub async fn thumbnail(&self, found: &StoredMedia) -> Result<Bytes, MediaError> {
        if found.media.picture.is_none() {
            return Err(MediaError::NotFound);
        }
        // How long it is stands nowhere; a thumbnail of 512 pixels has less than a few pieces.
        let whole = self.depot.read(found.media.id, Part::Thumbnail, 0..THUMBNAIL_MOST).await?;
        opened(&found.key.part(Part::Thumbnail.word())?, &whole)
    }

    /// Bytes of the file from the first to the last of a range that lies inside it, as they come.
    ///
    /// # Errors
    /// [`MediaError::Away`], and [`MediaError::NotFound`] for a file that is gone.
    pub async fn read(
        &self,
        found: &StoredMedia,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, MediaError>> + Send + use<>, MediaError> {
        let size = found.media.size;
        let mut reading = Reading {
            depot: self.depot.clone(),
            id: found.media.id,
            sealer: found.key.part(Part::File.word())?,
            size,
            index: range.start / PIECE,
            here: Bytes::new(),
            range,
        };
        // That it is gone, or away, is said before anything of it is.
        reading.fetch().await?;
        Ok(futures_util::stream::try_unfold(reading, async |mut reading| {
            Ok(reading.next().await?.map(|bytes| (bytes, reading)))
        }))
    }
}

fn opened(sealer: &PieceSealer, bytes: &[u8]) -> Result<Bytes, MediaError> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut pieces = (0..).zip(bytes.chunks(PieceSealer::SEALED)).peekable();
    while let Some((index, piece)) = pieces.next() {
        let mut piece = piece.to_vec();
        sealer.open(index, pieces.peek().is_none(), &mut piece)?;
        out.extend_from_slice(&piece);
    }
    Ok(out.into())
}

/// A part of a file on its way out.
struct Reading {
    depot: Depot,
    id: MediaId,
    sealer: PieceSealer,
    /// Bytes of the file.
    size: u64,
    /// The piece that comes next.
    index: u64,
    /// Sealed pieces that were fetched.
    here: Bytes,
    range: Range<u64>,
}

impl Reading {
    /// The next stretch of what is wanted; nothing at its end.
    async fn fetch(&mut self) -> Result<(), MediaError> {
        let end = PieceSealer::pieces(self.range.end).min(self.index + STRETCH);
        let to = (end * SEALED).min(PieceSealer::sealed_len(self.size));
        let from = self.index * SEALED;
        if from < to && self.index * PIECE < self.range.end {
            self.here = self.depot.read(self.id, Part::File, from..to).await?;
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<Bytes>, MediaError> {
        if self.index * PIECE >= self.range.end {
            return Ok(None);
        }
        if self.here.is_empty() {
            self.fetch().await?;
        }
        let mut piece = self.here.split_to(self.here.len().min(PieceSealer::SEALED)).to_vec();
        let is_last = self.index + 1 == PieceSealer::pieces(self.size);
        self.sealer.open(self.index, is_last, &mut piece)?;
        let start = self.index * PIECE;
        self.index += 1;
        let from = usize::try_from(self.range.start.saturating_sub(start)).unwrap_or(usize::MAX);
        let to = usize::try_from(self.range.end - start).unwrap_or(usize::MAX).min(piece.len());
        Ok(Some(Bytes::from(piece).slice(from.min(to)..to)))
    }
}
