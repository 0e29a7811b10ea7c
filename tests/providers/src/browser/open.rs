//! What was sealed for a browser (RFC 8291, over RFC 8188), opened with its keys.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

/// Bytes of salt, record size and length of the sender's key.
const HEADER: usize = 16 + 4 + 1;
/// Bytes of a key.
const POINT: usize = 65;

/// What a browser keeps for a subscription.
#[derive(Debug)]
pub(super) struct Keys {
    private: PrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

#[derive(Clone, Copy)]
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

impl Keys {
    pub(super) fn new() -> Keys {
        let private = PrivateKey::generate(&ECDH_P256).expect("a key is made");
        let public = private.compute_public_key().expect("it has one").as_ref().to_vec();
        let mut auth = [0; 16];
        aws_lc_rs::rand::fill(&mut auth).expect("there is chance");
        Keys { private, public, auth }
    }

    pub(super) fn public(&self) -> &[u8] {
        &self.public
    }

    pub(super) fn auth(&self) -> &[u8] {
        &self.auth
    }

    /// The words, if it is sealed for us and has one record.
    pub(super) fn open(&self, body: &[u8]) -> Option<Vec<u8>> {
        let (header, rest) = body.split_at_checked(HEADER)?;
        let size = u32::from_be_bytes(header[16..20].try_into().ok()?);
        let (sender, sealed) = rest.split_at_checked(POINT)?;
        if usize::from(header[20]) != POINT || sealed.len() > usize::try_from(size).ok()? {
            return None;
        }
        let shared =
            agree(
                &self.private,
                UnparsedPublicKey::new(&ECDH_P256, sender),
                (),
                |shared| Ok(shared.to_vec()),
            )
            .ok()?;
        let info = [b"WebPush: info\0".as_slice(), &self.public, sender].concat();
        let input = derive(&self.auth, &shared, &info, 32)?;
        let key = derive(&header[..16], &input, b"Content-Encoding: aes128gcm\0", 16)?;
        let nonce = derive(&header[..16], &input, b"Content-Encoding: nonce\0", 12)?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let plain = key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        // 2 ends the last record; zeros after it hide how long it is.
        let end = plain.iter().rposition(|byte| *byte != 0).filter(|end| plain[*end] == 2)?;
        Some(plain[..end].to_vec())
    }
}

fn derive(salt: &[u8], input: &[u8], info: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut derived = vec![0; length];
    let key = Salt::new(HKDF_SHA256, salt).extract(input);
    key.expand(&[info], Bytes(length)).ok()?.fill(&mut derived).ok()?;
    Some(derived)
}
