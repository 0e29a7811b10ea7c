//! Where an upload waits until it is whole: a file without a name, sealed.
//!
//! The system takes it away when nobody holds it any more, so a crash leaves nothing. What is written there is sealed
//! with the upload's own key as it will be kept, so the disk never has it in clear, and what is whole is copied as it is.

use crate::error::MediaError;
use std::io::SeekFrom;
use std::path::Path;
use store::seal::PieceSealer;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

/// So much is gathered before it is written.
const GATHERED: usize = 16 * PieceSealer::SEALED;

/// A file on its way in.
pub(crate) struct Spool {
    file: File,
    sealer: PieceSealer,
    /// What is not a whole piece yet.
    rest: Vec<u8>,
    /// Sealed pieces that are not written yet.
    gathered: Vec<u8>,
    pieces: u64,
    bytes: u64,
}

/// A file that is whole.
pub(crate) struct Spooled {
    file: File,
    /// Bytes before they were sealed.
    pub(crate) bytes: u64,
}

impl Spool {
    pub(crate) async fn new(folder: &Path, sealer: PieceSealer) -> Result<Spool, MediaError> {
        let folder = folder.to_owned();
        let made = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await;
        let file = made.map_err(|error| MediaError::Broken(error.to_string()))?;
        let file = File::from_std(file.map_err(|error| MediaError::disk(&error))?);
        Ok(Spool { file, sealer, rest: Vec::new(), gathered: Vec::new(), pieces: 0, bytes: 0 })
    }

    /// Bytes that came so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What came next. Says whether something was written, so that there is less room on the disk.
    pub(crate) async fn add(&mut self, mut bytes: &[u8]) -> Result<bool, MediaError> {
        self.bytes += bytes.len() as u64;
        let mut has_written = false;
        while !bytes.is_empty() {
            // The last piece is known as such only when nothing comes after it.
            if self.rest.len() == PieceSealer::PIECE {
                self.seal(false)?;
                if self.gathered.len() >= GATHERED {
                    self.write().await?;
                    has_written = true;
                }
            }
            let (now, later) = bytes.split_at(bytes.len().min(PieceSealer::PIECE - self.rest.len()));
            self.rest.extend_from_slice(now);
            bytes = later;
        }
        Ok(has_written)
    }

    /// It is whole.
    pub(crate) async fn end(mut self) -> Result<Spooled, MediaError> {
        self.seal(true)?;
        self.write().await?;
        let Spool { mut file, bytes, .. } = self;
        let ready = async {
            file.flush().await?;
            file.seek(SeekFrom::Start(0)).await
        };
        ready.await.map_err(|error| MediaError::disk(&error))?;
        Ok(Spooled { file, bytes })
    }

    fn seal(&mut self, is_last: bool) -> Result<(), MediaError> {
        let mut piece = std::mem::take(&mut self.rest);
        self.sealer.seal(self.pieces, is_last, &mut piece)?;
        self.pieces += 1;
        self.gathered.extend_from_slice(&piece);
        piece.clear();
        self.rest = piece;
        Ok(())
    }

    async fn write(&mut self) -> Result<(), MediaError> {
        self.file.write_all(&self.gathered).await.map_err(|error| MediaError::disk(&error))?;
        self.gathered.clear();
        Ok(())
    }
}

impl Spooled {
    /// The next sealed bytes, at most so many; none at the end.
    pub(crate) async fn next(&mut self, most: usize) -> Result<Vec<u8>, MediaError> {
        let mut bytes = Vec::new();
        let read = (&mut self.file).take(most as u64).read_to_end(&mut bytes).await;
        read.map_err(|error| MediaError::disk(&error))?;
        Ok(bytes)
    }

    /// All of it in clear, for one who may hold it in memory.
    pub(crate) async fn open(mut self, sealer: &PieceSealer) -> Result<Vec<u8>, MediaError> {
        let mut clear = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or(0));
        let last = PieceSealer::pieces(self.bytes) - 1;
        for index in 0..=last {
            let mut piece = self.next(PieceSealer::SEALED).await?;
            sealer.open(index, index == last, &mut piece)?;
            clear.extend_from_slice(&piece);
        }
        Ok(clear)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::seal::FileKey;

    #[tokio::test]
    async fn what_waits_is_sealed_and_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let key = FileKey::fresh().unwrap();
        let piece = PieceSealer::PIECE;
        for len in [1, piece - 1, piece, piece + 1, 40 * piece + 7] {
            let words: Vec<u8> = b"the kettle is on ".iter().copied().cycle().take(len).collect();
            let mut spool = Spool::new(folder.path(), key.part("file").unwrap()).await.unwrap();
            for part in words.chunks(10_007) {
                spool.add(part).await.unwrap();
            }
            let mut spooled = spool.end().await.unwrap();
            let sealed = spooled.next(usize::MAX >> 1).await.unwrap();
            assert_eq!(sealed.len() as u64, PieceSealer::sealed_len(len as u64));
            assert!(!sealed.windows(10).any(|part| part == b"the kettle"));
            spooled.file.seek(SeekFrom::Start(0)).await.unwrap();
            assert_eq!(spooled.open(&key.part("file").unwrap()).await.unwrap(), words);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
