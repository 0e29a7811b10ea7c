//! A will in its column, sealed. Those of the first form know nothing of topics beside chat, where a will may stay at its
//! topic and carry more.

use super::{FORM, open, unpack};
use crate::seal::SessionKey;
use crate::stored::damaged;
use crate::{Error, StoredWill};
use serde::Deserialize;

/// The form in which wills are written.
const WHOLE: u8 = 2;

/// A will of the first form.
#[derive(Deserialize)]
struct Short {
    topic: String,
    payload: Vec<u8>,
    qos: u8,
    delay: u32,
    properties: Vec<(String, String)>,
}

/// Packs and seals a will.
///
/// # Errors
/// [`Error::Broken`] when the cipher refuses, which no input brings about.
pub fn seal_will(key: &SessionKey, will: &StoredWill) -> Result<Vec<u8>, Error> {
    let packed = postcard::to_extend(will, vec![WHOLE]);
    key.seal("will", packed.map_err(|_| Error::Broken("a will can't be packed".into()))?)
}

/// Finds a will again. One that does not open any more is lost, and told.
///
/// # Errors
/// [`Error::Damaged`] when it is none.
pub fn open_will(key: &SessionKey, sealed: Vec<u8>) -> Result<Option<StoredWill>, Error> {
    open(key, "will", sealed)?.map(|packed| unpack_will(&packed)).transpose()
}

fn unpack_will(packed: &[u8]) -> Result<StoredWill, Error> {
    match packed.split_first() {
        Some((&WHOLE, rest)) => postcard::from_bytes(rest).map_err(|_| damaged("will")),
        Some((&FORM, _)) => {
            let Short { topic, payload, qos, delay, properties } = unpack(packed)?;
            Ok(StoredWill { topic, payload, qos, delay, properties, retain: false, said: Vec::new() })
        }
        _ => Err(damaged("will")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SessionId;
    use crate::packed::pack;
    use crate::seal::MasterKey;

    fn key() -> SessionKey {
        let master = MasterKey::from_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
        master.session_key(SessionId(7)).unwrap()
    }

    fn will() -> StoredWill {
        StoredWill {
            topic: "gone".into(),
            payload: b"bye".to_vec(),
            qos: 1,
            delay: 5,
            properties: vec![("why".into(), "supper".into())],
            retain: true,
            said: b"text/plain".to_vec(),
        }
    }

    #[test]
    fn a_will_keeps_all_that_it_says() {
        let sealed = seal_will(&key(), &will()).unwrap();
        assert_eq!(open_will(&key(), sealed).unwrap(), Some(will()));
    }

    #[test]
    fn a_will_of_an_earlier_program_is_read() {
        let StoredWill { topic, payload, qos, delay, properties, .. } = will();
        let short = pack(&(topic, payload, qos, delay, properties)).unwrap();
        let sealed = key().seal("will", short).unwrap();
        let found = open_will(&key(), sealed).unwrap();
        assert_eq!(found, Some(StoredWill { retain: false, said: Vec::new(), ..will() }));
    }

    #[test]
    fn a_will_of_a_later_program_is_told() {
        let sealed = key().seal("will", vec![3, 0]).unwrap();
        assert!(matches!(open_will(&key(), sealed), Err(Error::Damaged(_))));
    }
}
