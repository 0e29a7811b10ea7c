//! Keys below the master key: one for each room, each sender in it, and each session.

use crate::Error;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use aws_lc_rs::rand;
use chat::{RoomId, UserId};

/// Bytes of a salt.
pub const SALT_LEN: usize = 32;
const KEY_LEN: usize = 32;

/// The key of one room's bodies; it seals nothing itself.
#[derive(Clone)]
pub struct RoomKey(Prk);

/// The key of one sender's bodies in one room.
pub struct SenderKey(pub(super) Sealer);

/// The key of what one session left behind: answers not heard yet and its will.
pub struct SessionKey(pub(super) Sealer);

/// AES-256-GCM with a random nonce that stands before what it sealed.
pub(super) struct Sealer(RandomizedNonceKey);

/// A fresh salt for a sender's key.
///
/// # Errors
/// [`Error::Broken`] when the system gives no random bytes.
pub fn new_salt() -> Result<[u8; SALT_LEN], Error> {
    random()
}

/// Fresh random bytes.
pub(super) fn random() -> Result<[u8; KEY_LEN], Error> {
    let mut bytes = [0; KEY_LEN];
    rand::fill(&mut bytes).map_err(|_| Error::Broken("the system gives no random bytes".into()))?;
    Ok(bytes)
}

impl RoomKey {
    pub(super) fn from_bytes(bytes: &[u8; KEY_LEN]) -> RoomKey {
        RoomKey(Prk::new_less_safe(HKDF_SHA256, bytes))
    }

    /// The key of `sender` in this room.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher does not take the key, which no input brings about.
    pub fn sender_key(&self, salt: &[u8; SALT_LEN], sender: UserId) -> Result<SenderKey, Error> {
        Ok(SenderKey(Sealer::derive(&self.0, &[b"sender", salt, &sender.0.to_be_bytes()])?))
    }
}

impl SessionKey {
    /// Seals one field of the session.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, which no input brings about.
    pub fn seal(&self, field: &str, plain: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.0.seal(field.as_bytes(), plain)
    }

    /// Opens what [`SessionKey::seal`] sealed for the same field.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when it is not that.
    pub fn open(&self, field: &str, sealed: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.0.open(field.as_bytes(), sealed)
    }
}

/// The bytes that follow from a secret and what they are for.
pub(super) fn derive(secret: &Prk, purpose: &[&[u8]]) -> Result<[u8; KEY_LEN], Error> {
    let mut bytes = [0; KEY_LEN];
    let okm = secret.expand(purpose, HKDF_SHA256);
    okm.and_then(|okm| okm.fill(&mut bytes))
        .map_err(|_| Error::Broken("a key could not be derived".into()))?;
    Ok(bytes)
}

/// A secret that derives, out of random bytes.
pub(super) fn root(bytes: &[u8; KEY_LEN]) -> Prk {
    Salt::new(HKDF_SHA256, b"natter").extract(bytes)
}

impl Sealer {
    pub(super) fn derive(secret: &Prk, purpose: &[&[u8]]) -> Result<Sealer, Error> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &derive(secret, purpose)?);
        Ok(Sealer(key.map_err(|_| Error::Broken("the cipher does not take its key".into()))?))
    }

    /// Nonce, ciphertext, tag. `place` is bound to it and not stored in it.
    pub(super) fn seal(&self, place: &[u8], mut plain: Vec<u8>) -> Result<Vec<u8>, Error> {
        let nonce = self.0.seal_in_place_append_tag(Aad::from(place), &mut plain);
        let nonce = nonce.map_err(|_| Error::Broken("the cipher does not seal".into()))?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len());
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&plain);
        Ok(sealed)
    }

    pub(super) fn open(&self, place: &[u8], mut sealed: Vec<u8>) -> Result<Vec<u8>, Error> {
        let (nonce, rest) = sealed.split_at_mut_checked(NONCE_LEN).ok_or(Error::NotAuthentic)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::NotAuthentic)?;
        let plain = self.0.open_in_place(nonce, Aad::from(place), rest).map_err(|_| Error::NotAuthentic)?;
        let len = plain.len();
        sealed.drain(..NONCE_LEN);
        sealed.truncate(len);
        Ok(sealed)
    }
}

/// What is bound to a wrapped room key.
pub(super) fn room_place(room: RoomId) -> [u8; 8] {
    room.0.to_be_bytes()
}
