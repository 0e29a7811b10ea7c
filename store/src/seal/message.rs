//! A message on a topic that is none of chat's. It belongs to no room, and has a key that follows from its number.

use super::MasterKey;
use super::keys::Sealer;
use crate::Error;
use bytes::Bytes;

/// The usual form: how long the properties are, the properties, the payload.
const FORM: u8 = 1;
/// Bytes before the properties: the form, and how long they are.
const HEAD: usize = 5;

/// The key of one message.
pub struct MessageKey(pub(super) Sealer);

impl MessageKey {
    /// Seals what a message says. It opens on this topic and on no other.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, which no message brings about.
    pub fn seal(&self, topic: &str, payload: &[u8], properties: &[u8]) -> Result<Vec<u8>, Error> {
        let length = u32::try_from(properties.len());
        let length = length.map_err(|_| Error::Broken("properties are longer than any packet".into()))?;
        let plain = [&[FORM], &length.to_be_bytes()[..], properties, payload].concat();
        self.0.seal(topic.as_bytes(), plain)
    }

    /// Opens what [`MessageKey::seal`] sealed: payload and properties.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when it is not that, [`Error::Damaged`] when it is in a form this program does not know.
    pub fn open(&self, topic: &str, sealed: Vec<u8>) -> Result<(Bytes, Vec<u8>), Error> {
        let plain = Bytes::from(self.0.open(topic.as_bytes(), sealed)?);
        let damaged = || Error::Damaged("a message is packed in no form this program knows".into());
        let (head, rest) = plain.split_at_checked(HEAD).ok_or_else(damaged)?;
        let [FORM, length @ ..] = head else { return Err(damaged()) };
        let length = length.try_into().map_err(|_| damaged())?;
        let (properties, payload) =
            rest.split_at_checked(u32::from_be_bytes(length) as usize).ok_or_else(damaged)?;
        Ok((plain.slice_ref(payload), properties.to_vec()))
    }
}

impl MasterKey {
    /// The key of a message. Each has one of its own, so that no key seals more than one however many there are.
    ///
    /// # Errors
    /// [`Error::Broken`] when it can't be derived, which no input brings about.
    pub fn message_key(&self, id: i64) -> Result<MessageKey, Error> {
        Ok(MessageKey(Sealer::derive(&self.root, &[b"message", &id.to_be_bytes()])?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master() -> MasterKey {
        MasterKey::from_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap()
    }

    #[test]
    fn a_message_opens_under_its_number_and_on_its_topic_only() {
        let sealed = master().message_key(7).unwrap().seal("apps/oven", b"220 degrees", b"said").unwrap();
        assert!(!sealed.windows(7).any(|part| part == b"degrees"));
        let open = |id, topic| master().message_key(id).unwrap().open(topic, sealed.clone());
        let (payload, properties) = open(7, "apps/oven").unwrap();
        assert_eq!((&payload[..], &properties[..]), (&b"220 degrees"[..], &b"said"[..]));
        assert!(matches!(open(8, "apps/oven"), Err(Error::NotAuthentic)));
        assert!(matches!(open(7, "apps/lamp"), Err(Error::NotAuthentic)));
    }

    #[test]
    fn a_message_of_nothing_is_one() {
        let sealed = master().message_key(7).unwrap().seal("t", b"", b"").unwrap();
        assert_eq!(master().message_key(7).unwrap().open("t", sealed).unwrap(), (Bytes::new(), Vec::new()));
    }

    #[test]
    fn a_form_of_a_later_program_is_told() {
        let key = master().message_key(7).unwrap();
        for plain in [vec![], vec![2, 0, 0, 0, 0], vec![1, 0, 0, 0, 9]] {
            let sealed = key.0.seal(b"t", plain).unwrap();
            assert!(matches!(key.open("t", sealed), Err(Error::Damaged(_))));
        }
    }
}
