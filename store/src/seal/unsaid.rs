//! A text that was begun and not said: sealed with a key of its own, which goes with it when it is erased.

use super::{MasterKey, SALT_LEN, SenderKey, new_salt};
use crate::Error;
use crate::stored::damaged;
use chat::{RoomId, UserId};

/// A salt, and what is sealed with the key that follows from it and the room's.
///
/// # Errors
/// [`Error::NotAuthentic`] when another master key wrapped the room's, [`Error::Broken`] when the system gives no random
/// bytes.
pub fn seal_unsaid(
    master: &MasterKey,
    (room, user): (RoomId, UserId),
    wrapped: Vec<u8>,
    text: &str,
) -> Result<Vec<u8>, Error> {
    let salt = new_salt()?;
    let sealed = key(master, (room, user), wrapped, &salt)?.0.seal(&place(room, user), text.into())?;
    Ok([&salt[..], &sealed].concat())
}

/// What was begun.
///
/// # Errors
/// [`Error::NotAuthentic`] when it was not sealed so, for this person and room; [`Error::Damaged`] when it is no text.
pub fn open_unsaid(
    master: &MasterKey,
    (room, user): (RoomId, UserId),
    wrapped: Vec<u8>,
    kept: &[u8],
) -> Result<Box<str>, Error> {
    let (salt, sealed) = kept.split_first_chunk::<SALT_LEN>().ok_or(Error::NotAuthentic)?;
    let text = key(master, (room, user), wrapped, salt)?.0.open(&place(room, user), sealed.to_vec())?;
    String::from_utf8(text).map(Into::into).map_err(|_| damaged("text that was begun"))
}

fn key(
    master: &MasterKey,
    (room, user): (RoomId, UserId),
    wrapped: Vec<u8>,
    salt: &[u8; SALT_LEN],
) -> Result<SenderKey, Error> {
    master.open_room_key(room, wrapped)?.sender_key(salt, user)
}

fn place(room: RoomId, user: UserId) -> Vec<u8> {
    [&b"unsaid"[..], &room.0.to_be_bytes(), &user.0.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    #[test]
    fn what_was_begun_is_read_by_its_writer_in_its_room_and_shows_nothing() {
        let master = MasterKey::from_text(KEY).unwrap();
        let (_, wrapped) = master.make_room_key(RoomId(7)).unwrap();
        let ann = (RoomId(7), UserId(1));
        let kept = seal_unsaid(&master, ann, wrapped.clone(), "the kettle").unwrap();
        assert!(!kept.windows(6).any(|part| part == b"kettle"));
        assert_eq!(&*open_unsaid(&master, ann, wrapped.clone(), &kept).unwrap(), "the kettle");
        let bo = open_unsaid(&master, (RoomId(7), UserId(2)), wrapped.clone(), &kept);
        assert!(matches!(bo, Err(Error::NotAuthentic)));
        let cut = open_unsaid(&master, ann, wrapped, &kept[..SALT_LEN - 1]);
        assert!(matches!(cut, Err(Error::NotAuthentic)));
    }
}
