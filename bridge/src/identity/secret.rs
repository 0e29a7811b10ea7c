//! Secrets that we make: random bytes behind a few letters that say what they are good for.
//!
//! `nd_` is a device's token, `nk_` a program's key, `nr_` a refresh token, `ni_` an invitation, `nl_` a link for who
//! lost a password. Those of a credential begin with its number, so that one look-up finds it; the rest is 32 random
//! bytes, of which the store has only SHA-256. That is enough: nobody guesses random bytes, and so there is nothing to
//! slow down as with passwords.

use super::IdentityError;
use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use store::{CredentialId, CredentialKind, SecretHash};

const DEVICE: &str = "nd_";
const KEY: &str = "nk_";
const REFRESH: &str = "nr_";
/// What an invitation begins with.
pub(crate) const INVITATION: &str = "ni_";
/// What a link for a lost password begins with.
pub(crate) const LINK: &str = "nl_";

const ID: usize = 8;
const RANDOM: usize = 32;
/// What all refresh tokens of a login have in common.
const FAMILY: usize = 16;

/// A secret that was made, for the eyes of its owner only, and what the store keeps of it.
pub(crate) struct Fresh {
    pub(crate) text: SecretString,
    pub(crate) hash: SecretHash,
}

/// A device's token or a program's key, as somebody shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) kind: CredentialKind,
    pub(crate) id: CredentialId,
    hash: SecretHash,
}

/// A refresh token, as somebody shows it.
pub(crate) struct ShownRefresh {
    pub(crate) id: CredentialId,
    family_bytes: [u8; FAMILY],
    pub(crate) family: SecretHash,
    pub(crate) hash: SecretHash,
}

/// A token for a device, or a key for a program.
pub(crate) fn credential(kind: CredentialKind, id: CredentialId) -> Result<Fresh, IdentityError> {
    let letters = if kind == CredentialKind::DeviceToken { DEVICE } else { KEY };
    let random: [u8; RANDOM] = random()?;
    Ok(fresh(letters, &[&id.0.to_be_bytes(), &random]))
}

/// An invitation or a link.
pub(crate) fn ticket(letters: &'static str) -> Result<Fresh, IdentityError> {
    let random: [u8; RANDOM] = random()?;
    Ok(fresh(letters, &[&random]))
}

/// The first refresh token of a login, and what all of them will have in common.
pub(crate) fn first_refresh(id: CredentialId) -> Result<(Fresh, SecretHash), IdentityError> {
    let family: [u8; FAMILY] = random()?;
    Ok((refresh(id, &family)?, hash(&family)))
}

fn refresh(id: CredentialId, family: &[u8; FAMILY]) -> Result<Fresh, IdentityError> {
    let random: [u8; RANDOM] = random()?;
    Ok(fresh(REFRESH, &[&id.0.to_be_bytes(), family, &random]))
}

fn fresh(letters: &str, parts: &[&[u8]]) -> Fresh {
    let bytes = parts.concat();
    let text = format!("{letters}{}", URL_SAFE_NO_PAD.encode(&bytes));
    Fresh { hash: hash(&bytes), text: text.into() }
}

/// What an invitation or a link hashes to; nothing for a text that can be none.
pub(crate) fn ticket_hash(letters: &str, text: &str) -> Option<SecretHash> {
    let bytes: [u8; RANDOM] = bytes(letters, text)?;
    Some(hash(&bytes))
}

impl Shown {
    /// Reads it; nothing for a text that is something else, such as a password.
    pub(crate) fn read(text: &str) -> Option<Shown> {
        let (kind, letters) = match text.get(..3)? {
            DEVICE => (CredentialKind::DeviceToken, DEVICE),
            KEY => (CredentialKind::ApiKey, KEY),
            _ => return None,
        };
        let bytes: [u8; ID + RANDOM] = bytes(letters, text)?;
        Some(Shown { kind, id: id(&bytes), hash: hash(&bytes) })
    }

    /// Whether it is the secret of this hash.
    pub(crate) fn fits(&self, stored: &SecretHash) -> bool {
        constant_time::verify_slices_are_equal(&self.hash.0, &stored.0).is_ok()
    }
}

impl ShownRefresh {
    /// Reads it.
    pub(crate) fn read(text: &str) -> Option<ShownRefresh> {
        let bytes: [u8; ID + FAMILY + RANDOM] = bytes(REFRESH, text)?;
        let family_bytes: [u8; FAMILY] = bytes[ID..ID + FAMILY].try_into().ok()?;
        Some(ShownRefresh { id: id(&bytes), family: hash(&family_bytes), family_bytes, hash: hash(&bytes) })
    }

    /// The one that follows it.
    pub(crate) fn next(&self) -> Result<Fresh, IdentityError> {
        refresh(self.id, &self.family_bytes)
    }
}

fn bytes<const N: usize>(letters: &str, text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let read = URL_SAFE_NO_PAD.decode_slice(text.strip_prefix(letters)?, &mut bytes).ok()?;
    (read == N).then_some(bytes)
}

fn id(bytes: &[u8]) -> CredentialId {
    CredentialId(i64::from_be_bytes(bytes.first_chunk().copied().unwrap_or_default()))
}

/// What stands for a secret.
pub(super) fn hash(bytes: &[u8]) -> SecretHash {
    let digest = digest::digest(&digest::SHA256, bytes);
    SecretHash(digest.as_ref().first_chunk().copied().unwrap_or_default())
}

fn random<const N: usize>() -> Result<[u8; N], IdentityError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| IdentityError::Random)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_secret_is_read_as_what_it_was_made_for() {
        let id = CredentialId(7_000_000_000_000);
        for kind in [CredentialKind::DeviceToken, CredentialKind::ApiKey] {
            let fresh = credential(kind, id).unwrap();
            let shown = Shown::read(fresh.text.expose_secret()).unwrap();
            assert_eq!((shown.kind, shown.id), (kind, id));
            assert!(shown.fits(&fresh.hash));
            assert!(!shown.fits(&credential(kind, id).unwrap().hash));
            assert!(ShownRefresh::read(fresh.text.expose_secret()).is_none());
        }
        for text in ["", "n", "nd_", "nd_AAAA", "nd_!", "tea at four", "日本語"] {
            assert!(Shown::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn refresh_tokens_of_a_login_are_known_by_what_they_have_in_common() {
        let (first, family) = first_refresh(CredentialId(7)).unwrap();
        let shown = ShownRefresh::read(first.text.expose_secret()).unwrap();
        assert_eq!((shown.id, shown.family, shown.hash), (CredentialId(7), family, first.hash));
        let next = ShownRefresh::read(shown.next().unwrap().text.expose_secret()).unwrap();
        assert_eq!((next.id, next.family), (shown.id, family));
        assert_ne!(next.hash, shown.hash);
    }

    #[test]
    fn an_invitation_is_no_link() {
        let made = ticket(INVITATION).unwrap();
        assert_eq!(ticket_hash(INVITATION, made.text.expose_secret()), Some(made.hash));
        assert_eq!(ticket_hash(LINK, made.text.expose_secret()), None);
    }
}
