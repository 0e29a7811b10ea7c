//! What somebody says of being there: sealed with a key of its own, which goes with it when it is erased.

use super::keys::Sealer;
use super::{MasterKey, SALT_LEN, new_salt};
use crate::Error;
use crate::stored::damaged;
use chat::{PresenceText, UserId};

/// A salt, and what is sealed with the key that follows from it.
///
/// # Errors
/// [`Error::Broken`] when the system gives no random bytes.
pub fn seal_presence(master: &MasterKey, user: UserId, text: &PresenceText) -> Result<Vec<u8>, Error> {
    let salt = new_salt()?;
    let sealed = key(master, user, &salt)?.seal(b"text", text.as_str().as_bytes().to_vec())?;
    Ok([&salt[..], &sealed].concat())
}

/// What they say.
///
/// # Errors
/// [`Error::NotAuthentic`] when it was not sealed so, for this person; [`Error::Damaged`] when it is no such text.
pub fn open_presence(master: &MasterKey, user: UserId, kept: &[u8]) -> Result<PresenceText, Error> {
    let (salt, sealed) = kept.split_first_chunk::<SALT_LEN>().ok_or(Error::NotAuthentic)?;
    let text = key(master, user, salt)?.open(b"text", sealed.to_vec())?;
    let text = String::from_utf8(text).ok();
    text.and_then(|text| PresenceText::new(&text).ok()).ok_or_else(|| damaged("text beside a state"))
}

fn key(master: &MasterKey, user: UserId, salt: &[u8; SALT_LEN]) -> Result<Sealer, Error> {
    master.derived(&[b"presence", salt, &user.0.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_says_of_being_there_is_read_for_them_and_shows_nothing() {
        let master = MasterKey::from_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
        let text = PresenceText::new("at the kettle").unwrap();
        let kept = seal_presence(&master, UserId(1), &text).unwrap();
        assert!(!kept.windows(6).any(|part| part == b"kettle"));
        assert_eq!(open_presence(&master, UserId(1), &kept).unwrap(), text);
        for (user, kept) in [(UserId(2), &kept[..]), (UserId(1), &kept[..SALT_LEN - 1])] {
            assert!(matches!(open_presence(&master, user, kept), Err(Error::NotAuthentic)));
        }
    }
}
