//! What was uploaded, sealed piece by piece, so that any stretch of it can be read without the rest.
//!
//! Each upload has a random key of its own, which lies wrapped in its row: when the row is gone nobody can read the
//! bytes any more, wherever copies of them are. The pieces lie one behind the other; each has its number and whether it
//! is the last one bound to it, so none can be left out, moved or cut off unseen.

use super::keys::{derive, random, root};
use crate::Error;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hkdf::Prk;

const KEY_LEN: usize = 32;
const TAG_LEN: usize = 16;

/// The key of one upload. It never prints itself.
#[derive(Clone)]
pub struct FileKey {
    bytes: [u8; KEY_LEN],
    root: Prk,
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey")
    }
}

impl FileKey {
    /// A fresh one.
    ///
    /// # Errors
    /// [`Error::Broken`] when the system gives no random bytes.
    pub fn fresh() -> Result<FileKey, Error> {
        random().map(|bytes| FileKey::from_bytes(&bytes))
    }

    pub(super) fn from_bytes(bytes: &[u8; KEY_LEN]) -> FileKey {
        FileKey { bytes: *bytes, root: root(bytes) }
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_LEN] {
        &self.bytes
    }

    /// What seals the bytes of one part of it, such as `file`. A part is written once under one key: another writing
    /// is another upload.
    ///
    /// # Errors
    /// [`Error::Broken`] when the key can't be derived, which no input brings about.
    pub fn part(&self, part: &str) -> Result<PieceSealer, Error> {
        let bytes = derive(&self.root, &[b"part", part.as_bytes()])?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes);
        let key = key.map_err(|_| Error::Broken("the cipher does not take its key".into()))?;
        Ok(PieceSealer(LessSafeKey::new(key)))
    }

    /// What makes a link to this upload one of ours: it follows from the key and from what the link says.
    ///
    /// # Errors
    /// As [`FileKey::part`].
    pub fn signature(&self, link: &str) -> Result<[u8; KEY_LEN], Error> {
        derive(&self.root, &[b"link", link.as_bytes()])
    }

    /// Whether a link is one of ours. It takes the same time for every wrong signature.
    ///
    /// # Errors
    /// As [`FileKey::part`].
    pub fn has_signed(&self, link: &str, signature: &[u8]) -> Result<bool, Error> {
        Ok(verify_slices_are_equal(&self.signature(link)?, signature).is_ok())
    }
}

/// Seals and opens the pieces of one part.
pub struct PieceSealer(LessSafeKey);

impl std::fmt::Debug for PieceSealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PieceSealer")
    }
}

impl PieceSealer {
    /// Bytes of a piece before it is sealed; only the last may have fewer. What a reader of one byte has to open too.
    pub const PIECE: usize = 64 * 1024;

    /// Bytes of a whole piece when it is sealed.
    pub const SEALED: usize = PieceSealer::PIECE + TAG_LEN;

    /// How many pieces so many bytes are; at least one.
    #[must_use]
    pub const fn pieces(bytes: u64) -> u64 {
        let pieces = bytes.div_ceil(PieceSealer::PIECE as u64);
        if pieces == 0 { 1 } else { pieces }
    }

    /// How many bytes so many are when they are sealed.
    #[must_use]
    pub const fn sealed_len(bytes: u64) -> u64 {
        bytes + PieceSealer::pieces(bytes) * TAG_LEN as u64
    }

    /// Seals a piece where it is.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, which no piece brings about.
    pub fn seal(&self, index: u64, is_last: bool, piece: &mut Vec<u8>) -> Result<(), Error> {
        let (nonce, bound) = (nonce(index), [u8::from(is_last)]);
        let sealed = self.0.seal_in_place_append_tag(nonce, Aad::from(bound), piece);
        sealed.map_err(|_| Error::Broken("the cipher does not seal".into()))
    }

    /// Opens a piece where it is.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when it is not this piece as it was sealed.
    pub fn open(&self, index: u64, is_last: bool, piece: &mut Vec<u8>) -> Result<(), Error> {
        let (nonce, bound) = (nonce(index), [u8::from(is_last)]);
        let plain = self.0.open_in_place(nonce, Aad::from(bound), piece);
        let len = plain.map_err(|_| Error::NotAuthentic)?.len();
        piece.truncate(len);
        Ok(())
    }
}

/// A piece's number is its nonce: a key seals each number once.
fn nonce(index: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[NONCE_LEN - 8..].copy_from_slice(&index.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &FileKey, index: u64, is_last: bool, text: &str) -> Vec<u8> {
        let mut piece = text.as_bytes().to_vec();
        key.part("file").unwrap().seal(index, is_last, &mut piece).unwrap();
        piece
    }

    #[test]
    fn a_piece_opens_where_it_was_sealed_and_nowhere_else() {
        let key = FileKey::fresh().unwrap();
        let piece = sealed(&key, 3, false, "the kettle");
        let opens = |key: &FileKey, part, index, is_last| {
            let mut piece = piece.clone();
            key.part(part).unwrap().open(index, is_last, &mut piece).map(|()| piece)
        };
        assert_eq!(opens(&key, "file", 3, false).unwrap(), b"the kettle");
        for (part, index, is_last) in [("file", 4, false), ("file", 3, true), ("thumb", 3, false)] {
            assert!(matches!(opens(&key, part, index, is_last), Err(Error::NotAuthentic)));
        }
        assert!(opens(&FileKey::fresh().unwrap(), "file", 3, false).is_err());
    }

    #[test]
    fn so_many_bytes_are_so_many_pieces() {
        let piece = PieceSealer::PIECE as u64;
        assert_eq!([0, 1, piece, piece + 1].map(PieceSealer::pieces), [1, 1, 1, 2]);
        assert_eq!(PieceSealer::sealed_len(piece + 1), piece + 1 + 32);
    }

    #[test]
    fn a_link_is_good_for_what_it_says_and_for_its_file() {
        let (key, other) = (FileKey::fresh().unwrap(), FileKey::fresh().unwrap());
        let signature = key.signature("7 file 1000").unwrap();
        assert!(key.has_signed("7 file 1000", &signature).unwrap());
        assert!(!key.has_signed("7 file 2000", &signature).unwrap());
        assert!(!key.has_signed("7 file 1000", &signature[1..]).unwrap());
        assert!(!other.has_signed("7 file 1000", &signature).unwrap());
    }
}
